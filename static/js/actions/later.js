// Messages that are to be sent at a time.

import { call } from "../core/connection.js";
import { closeDialog, getState, openDialog } from "../core/store.js";
import { textOf } from "../state/compose.js";
import { keepDraft, write } from "./compose.js";
import { attempt } from "./notice.js";

export const askLater = (/** @type {string} */ chat) => openDialog({ kind: "later", chat });

/** What is written in a conversation goes at this time; it leaves the field. @param {string} chat @param {number} at ms */
export async function sendLater(chat, at) {
  await call("send_later", { chat, text: textOf(getState(), chat), at });
  keepDraft(chat, "");
  closeDialog();
}

/** Back into the field, to be sent now, changed or dropped, if nothing else is being written. @param {string} chat @param {string} id */
export async function takeOut(chat, id) {
  const answer = { text: /** @type {string | null} */ (null) };
  if (!(await attempt(call("drop_later", { id }).then((found) => Object.assign(answer, found))))) return;
  if (!answer.text || textOf(getState(), chat).trim()) return;
  keepDraft(chat, answer.text);
  closeDialog();
  requestAnimationFrame(write);
}
