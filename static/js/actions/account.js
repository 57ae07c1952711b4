// Joining, making an account, logging in and out: everything that changes who is here.

import { Refusal, call, refusalOf, setToken, token } from "../core/connection.js";
import { forgetFaces } from "../core/faces.js";
import { remember } from "../core/notifications.js";
import { keepName } from "../core/lastname.js";
import { dispatch, getState } from "../core/store.js";
import { groupLinkIn } from "../state/place.js";
import { keepMissed, keepNow } from "./chats.js";
import { showUploads } from "./files.js";
import { attempt } from "./notice.js";
import { flowAll } from "./outbox.js";
import { askAgain, forgetRead } from "./reading.js";
import { offerKit, offerKitFor } from "./recovery.js";

export function begin(/** @type {string} */ given) {
  dispatch({ type: "session", on: true });
  setToken(given);
}

export function end() {
  setToken(null);
  forgetRead();
  forgetFaces();
  dispatch({ type: "session", on: false });
}

export const showForm = (/** @type {Page.State["form"]} */ form) => dispatch({ type: "form", form });

/** A group's link is what many newcomers are given first: they are told what comes before it. */
export async function join(/** @type {Record<string, string>} */ { link }) {
  if (groupLinkIn(link)) throw new Refusal({ code: "group_link_first", field: "link" });
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

export async function joinFound(/** @type {string} */ id) {
  await call("join_found", { id });
  await joined();
}

/** @param {Record<string, string>} values @param {boolean} isOwner */
export async function signUp({ email, username, password, password_confirm, invitation }, isOwner) {
  if (password !== password_confirm) throw new Refusal({ code: "password_mismatch", field: "password_confirm" });
  const account = { email: email.trim(), username: username.trim(), password, password_confirm };
  const made = isOwner ? call("create_super_admin", account) : call("sign_up", { ...account, invitation: invitation ?? null });
  const entered = await made;
  offerKitFor(password);
  begin(entered.token);
}

export async function logIn(/** @type {Record<string, string>} */ { username, password }) {
  begin((await call("login", { username: username.trim(), password })).token);
}

/** Another password, by the recovery kit. @param {Record<string, string>} values */
export async function openWithKit({ kit, new_password, new_password_confirm }) {
  if (new_password !== new_password_confirm) {
    throw new Refusal({ code: "password_mismatch", field: "new_password_confirm" });
  }
  const entered = await call("open_with_kit", { kit, new_password, new_password_confirm });
  showForm(null);
  begin(entered.token);
}

/** A ticket that is used up, or a vault that isn't open: the front door knows what to do then. @param {string} ticket */
export async function launch(ticket) {
  try {
    begin((await call("launch", { token: ticket })).token);
  } catch (error) {
    refusalOf(error);
    await refresh();
  }
}

// The session's end may be pushed before the answer has come, and then the line that it would have come by is cut.
async function leave(/** @type {"lock" | "log_out"} */ name) {
  try {
    await call(name);
  } catch (error) {
    if (refusalOf(error) && token()) throw error;
  }
  if (token()) end();
}

export async function lock() {
  await keepNow();
  await leave("lock");
}

/** Whoever comes back after that begins with the list. */
export async function logOut() {
  await keepNow();
  await leave("log_out");
  history.replaceState(null, "", location.pathname);
}

// Where the agent stands, and everything it knows if this page may see it.
export async function refresh() {
  const status = await call("status");
  dispatch({ type: "status", status });
  if (!token()) return;
  if (status.stage !== "ready") return end(); // locked while the line was made: whoever was told of it, this page wasn't
  const snapshot = await call("snapshot");
  dispatch({ type: "snapshot", snapshot, now: Date.now() });
  remember(snapshot.conversations);
  keepName(status.vault, snapshot.me.name);
  const { open, conversations, talks } = getState();
  if (open && conversations[open] && !talks[open]?.asking) await askAgain(open); // else it was opened just now
  await offerKit();
  await keepMissed();
  await showUploads();
  await flowAll();
}
