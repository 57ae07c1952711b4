// What answers a message, and answering it while one looks at that.

import { call, refusalOf } from "../core/connection.js";
import { dispatch, getState } from "../core/store.js";
import { textOf } from "../state/compose.js";
import { isSettled } from "./messageactions.js";

/** Null where there is no such message any more, undefined where that can't be said now.
 * @param {string} chat @param {number} order @returns {Promise<{messages: Page.Sent[], more: boolean} | null | undefined>} */
export const askThread = (chat, order) =>
  call("thread", { chat, order }).catch((error) => (refusalOf(error).code === "no_such_message" ? null : undefined));

/** What is written next answers this, if nothing else is answered or changed; and not any more once it is deleted. @param {Page.Sent} message */
export function answerIn(message) {
  const { chat, order } = message;
  const { answering, editing } = getState();
  if (isSettled(message)) {
    if (!answering[chat] && !editing[chat]) dispatch({ type: "answer", chat, message });
  } else if (answering[chat]?.order === order) dispatch({ type: "answer", chat, message: null });
}

/** Whoever leaves without having written anything answers nothing. @param {string} chat @param {number} order */
export function stopAnswering(chat, order) {
  const state = getState();
  if (state.answering[chat]?.order === order && !textOf(state, chat)) dispatch({ type: "answer", chat, message: null });
}
