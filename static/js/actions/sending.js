// Writing: what the person does with messages of their own.

import { call, freshId } from "../core/connection.js";
import { isSeen } from "../i18n/i18n.js";
import { beginning } from "../lib/hidden.js";
import { withoutBlanks } from "../lib/seen.js";
import { silenced } from "../lib/silent.js";
import { textOf } from "../state/compose.js";
import { openOf } from "../state/screen.js";
import { dispatch, getState } from "../core/store.js";
import { passOn } from "./files.js";
import { attempt } from "./notice.js";
import { flow } from "./outbox.js";

// The message stands in the conversation at once; the agent gives it its place. While one of one's own is being edited, its
// words become these.
export function send(/** @type {string} */ written) {
  const text = withoutBlanks(written);
  const state = getState();
  const it = openOf(state);
  if (!isSeen(text) || state.alarm || !it) return false;
  const { chat } = it;
  const editing = state.editing[chat]?.message;
  if (editing) {
    change(editing, text);
    return true;
  }
  const id = freshId();
  const answered = state.answering[chat];
  const reply = answered ? { ...answered, text: beginning(answered.text, 200), missing: false, blocked: false } : null;
  dispatch({ type: "sending", chat, id, text, reply, now: Date.now() });
  flow(chat);
  return true;
}

/** What is written in the open conversation, so that nobody is disturbed by it. */
export function sendSilently() {
  const state = getState();
  const it = openOf(state);
  if (it) send(silenced(withoutBlanks(textOf(state, it.chat))));
}

/** What is typed from now on is the draft again; what is refused comes back. @param {Page.Sent} message @param {string} text */
async function change(message, text) {
  const { chat, order } = message;
  const asked = text === message.text || attempt(call("edit_message", { chat, order, text }));
  dispatch({ type: "edit", chat, message: null });
  if (!(await asked) && !getState().editing[chat]) dispatch({ type: "edit", chat, message, text });
}

/** As another message, where the agent has given it up; what is being written, or changed, stays as it is. */
export function sendAgain(/** @type {Page.Message} */ message) {
  const { chat, id, text, order, why, reply, file } = message;
  if (why === "mail_gone") return attempt(call("leave_again", { chat })); // with all others of theirs that went unread
  if (order !== null && file) return attempt(passOn(chat, /** @type {Page.Filed} */ (message), text));
  if (order !== null) {
    dispatch({ type: "sending", chat, id: freshId(), text, reply, now: Date.now(), aside: true });
    return flow(chat);
  }
  dispatch({ type: "changed", chat, id, change: { state: "waiting", why: null, refusal: null } });
  return flow(chat);
}

/** What was changed of a message, and isn’t certain to have arrived: said anew, or left as it is shown here.
 * @param {"say_again" | "let_be"} how @param {Page.Message} message */
export const settleChange = (how, { chat, order }) => order !== null && attempt(call(how, { chat, order }));

export const discard = (/** @type {Page.Message} */ { chat, id }) => dispatch({ type: "taken_back", chat, id });
