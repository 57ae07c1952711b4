// Writing: the draft, answers and edits.

import { dispatch, getState } from "../core/store.js";
import { put } from "../lib/field.js";
import { forwardOf } from "../lib/forwarded.js";
import { marking } from "../lib/marking.js";
import { pollOf } from "../lib/poll.js";
import { behind } from "../state/compose.js";
import { mayDelete } from "./messageactions.js";

export const textLimit = 65_536; // bytes of UTF-8, as the protocol has it; a longer one would not even reach the agent

/** Bytes of a text; of a short one, which can't come near the limit, as many as it could have. @param {string} text */
export const sizeOf = (text) =>
  text.length * 3 < textLimit ? text.length * 3 : new TextEncoder().encode(text).length;

export const keepDraft = (/** @type {string} */ chat, /** @type {string} */ text) => dispatch({ type: "draft", chat, text });

/** Of files: while a message is edited, too, it is the draft that waits. @param {string} chat @param {string} text */
export const keepCaption = (chat, text) => dispatch({ type: "caption", chat, text });

/** Words that come back into the field, behind what is written there. @param {string} chat @param {string} text */
export function putBack(chat, text) {
  const written = getState().drafts[chat] ?? "";
  keepCaption(chat, behind(written, text));
}

export const write = () => document.getElementById("write")?.focus();

export function answer(/** @type {Page.Message} */ message) {
  dispatch({ type: "answer", chat: message.chat, message });
  queueMicrotask(() => requestAnimationFrame(write));
}

/** Nobody's words are changed under their name, nor what somebody has voted for. @param {Page.Message} message @returns {message is Page.Sent} */
export const canEdit = (message) => mayDelete(message) && message.state !== "failed" && !forwardOf(message.text) && !pollOf(message.text);

export function edit(/** @type {Page.Sent} */ message) {
  dispatch({ type: "edit", chat: message.chat, message });
  queueMicrotask(() => requestAnimationFrame(write));
}

/** The newest of one's own, as long as it stands among the messages at hand. @param {string} chat */
export function editLast(chat) {
  const message = getState().talks[chat]?.messages.findLast(canEdit);
  if (message) edit(message);
  return Boolean(message);
}

/** Ends an edit or an answer; true if there was one. @param {string} chat */
export function leaveBar(chat) {
  const { answering, editing } = getState();
  if (editing[chat]) dispatch({ type: "edit", chat, message: null });
  else if (answering[chat]) dispatch({ type: "answer", chat, message: null });
  else return false;
  return true;
}

/** Puts a sign on both sides of what is selected, or takes it off again. @param {string} sign */
export function mark(sign) {
  const field = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("write"));
  if (!field) return;
  const { from, to, text, start, end } = marking(field.value, field.selectionStart, field.selectionEnd, sign);
  put(field, text, from, to);
  field.setSelectionRange(start, end);
}

/** Puts an emoji where the caret stands. @param {string} emoji */
export function insert(emoji) {
  const field = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("write"));
  if (!field) return;
  put(field, emoji, field.selectionStart, field.selectionEnd);
  dispatch({ type: "chosen", emoji });
}
