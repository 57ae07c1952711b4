// Messages that are to be sent at a time.

import { call } from "../core/connection.js";
import { closeDialog, getState, openDialog } from "../core/store.js";
import { withoutBlanks } from "../lib/seen.js";
import { textOf } from "../state/compose.js";
import { keepDraft, putBack, write } from "./compose.js";
import { attempt } from "./notice.js";

export const askLater = (/** @type {string} */ chat) => openDialog({ kind: "later", chat });

/** What is written in a conversation goes at this time; it leaves the field. Asked again under the same id it is the same.
 * @param {string} chat @param {number} at ms @param {string} id */
export async function sendLater(chat, at, id) {
  await call("send_later", { chat, text: withoutBlanks(textOf(getState(), chat)), at, id });
  keepDraft(chat, "");
  closeDialog();
}

/** Back into the field, behind what is written there, to be sent now, changed or dropped. @param {string} chat @param {string} id */
export async function takeOut(chat, id) {
  const answer = { text: /** @type {string | null} */ (null) };
  if (!(await attempt(call("drop_later", { id }).then((found) => Object.assign(answer, found))))) return;
  if (!answer.text) return;
  putBack(chat, answer.text);
  closeDialog();
  requestAnimationFrame(write);
}
