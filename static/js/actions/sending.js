// Writing: what the person does with messages of their own.

import { call } from "../core/connection.js";
import { openOf } from "../state/screen.js";
import { dispatch, getState } from "../core/store.js";
import { attempt } from "./notice.js";
import { flow } from "./outbox.js";

const freshId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// A message of one's own gets its place in a group only later.
const asItIs = (message) => getState().talks[message.chat]?.messages.find(({ id }) => id === message.id) ?? message;

// The message stands in the conversation at once; the agent's answer gives it its place. While one of one's own is being edited,
// its words become these.
export function send(text) {
  const state = getState();
  const it = openOf(state);
  if (!text.trim() || state.alarm || !it) return false;
  const { chat } = it;
  const editing = state.editing[chat]?.message;
  if (editing) {
    change(editing, text);
    return true;
  }
  const id = freshId();
  const answered = state.answering[chat] && asItIs(state.answering[chat]);
  const reply = answered && { id: answered.id, from: answered.from, order: answered.order, kind: answered.kind, text: answered.text.slice(0, 200), missing: false };
  dispatch({ type: "sending", chat, id, text, reply: reply ?? null, now: Date.now() });
  flow(chat);
  return true;
}

// What is refused stays in the composer.
async function change(message, text) {
  const { chat } = message;
  const { order } = asItIs(message);
  const done = text === message.text || (await attempt(call("edit_message", { chat, order, text })));
  if (done && getState().editing[chat]?.message.id === message.id) dispatch({ type: "edit", chat, message: null });
}

export function sendAgain({ chat, id, text, order, why }) {
  if (why === "mail_gone") return attempt(call("leave_again", { chat })); // with all others of theirs that went unread
  if (order !== null) return send(text);
  dispatch({ type: "changed", chat, id, change: { state: "waiting", why: null, refusal: null } });
  return flow(chat);
}

export const discard = ({ chat, id }) => dispatch({ type: "taken_back", chat, id });
