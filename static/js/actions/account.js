// Joining, making an account, logging in and out: everything that changes who is here.

import { Refusal, call, setToken, token } from "../core/connection.js";
import { remember } from "../core/notifications.js";
import { dispatch, getState } from "../core/store.js";
import { showUploads } from "./files.js";
import { attempt } from "./notice.js";
import { flowAll } from "./outbox.js";
import { askAgain, forgetRead } from "./reading.js";

export function begin(given) {
  dispatch({ type: "session", on: true });
  setToken(given);
}

export function end() {
  setToken(null);
  forgetRead();
  dispatch({ type: "session", on: false });
}

export const showForm = (form) => dispatch({ type: "form", form });

export async function join({ link }) {
  await call("join", { link: link.trim() });
  await joined();
}

async function joined() {
  showForm(null);
  await refresh();
}

// What announces itself on this network from now on is pushed.
export const lookAround = () =>
  attempt(call("discovered").then(({ authorities }) => dispatch({ type: "found", authorities })));

export async function joinFound(id) {
  await call("join_found", { id });
  await joined();
}

export async function signUp({ email, username, password, password_confirm, invitation }, isOwner) {
  if (password !== password_confirm) throw new Refusal({ code: "password_mismatch", field: "password_confirm" });
  const { token: given } = await call(isOwner ? "create_super_admin" : "sign_up", {
    email: email.trim(),
    username: username.trim(),
    password,
    password_confirm,
    ...(isOwner ? {} : { invitation: invitation ?? null }),
  });
  begin(given);
}

export async function logIn({ username, password }) {
  const { token: given } = await call("login", { username: username.trim(), password });
  begin(given);
}

// A ticket that is used up, or a vault that isn't open: the front door knows what to do then.
export async function launch(ticket) {
  try {
    const { token: given } = await call("launch", { token: ticket });
    begin(given);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await refresh();
  }
}

// The session's end may be pushed before the answer has come, and then the line that it would have come by is cut.
async function leave(name) {
  try {
    await call(name);
  } catch (error) {
    if (!(error instanceof Refusal) || token()) throw error;
  }
  if (token()) end();
}

export const lock = () => leave("lock");
export const logOut = () => leave("log_out");

// Where the agent stands, and everything it knows if this page may see it.
export async function refresh() {
  const { ok: _, ...status } = await call("status");
  dispatch({ type: "status", status });
  if (!token()) return;
  const { ok: __, ...snapshot } = await call("snapshot");
  dispatch({ type: "snapshot", snapshot, now: Date.now() });
  remember(snapshot.conversations);
  const { open, conversations } = getState();
  if (open && conversations[open]) await askAgain(open);
  await showUploads();
  await flowAll();
}
