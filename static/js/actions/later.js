// Messages that are to be sent at a time.

import { call } from "../core/connection.js";
import { closeDialog, dispatch, getState, openDialog } from "../core/store.js";
import { withoutBlanks } from "../lib/seen.js";
import { textOf } from "../state/compose.js";
import { keepDraft, putBack, write } from "./compose.js";
import { attempt } from "./notice.js";

export const askLater = (/** @type {string} */ chat) => openDialog({ kind: "later", chat });

/** What is written in a conversation, as an answer to what it answers, goes at this time; it leaves the field. Asked again under the same id it
 * is the same. @param {string} chat @param {number} at ms @param {string} id */
export async function sendLater(chat, at, id) {
  const state = getState();
  await call("send_later", { chat, text: withoutBlanks(textOf(state, chat)), at, id, reply_to: state.answering[chat]?.order ?? null });
  keepDraft(chat, "");
  dispatch({ type: "answer", chat, message: null });
  closeDialog();
}

/** Back into the field, behind what is written there, to be sent now, changed or dropped. @param {string} chat @param {string} id */
export async function takeOut(chat, id) {
  const found = { text: /** @type {string | null} */ (null), reply_to: /** @type {number | null} */ (null) };
  if (!(await attempt(call("drop_later", { id }).then((said) => Object.assign(found, said))))) return;
  if (!found.text) return;
  putBack(chat, found.text);
  const { answering, editing, talks } = getState();
  const answered = talks[chat]?.messages.find(({ order }) => order !== null && order === found.reply_to);
  if (answered && !answering[chat] && !editing[chat]) dispatch({ type: "answer", chat, message: answered });
  closeDialog();
  requestAnimationFrame(write);
}
