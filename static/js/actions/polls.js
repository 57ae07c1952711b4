// Asking several people at once: a poll is a text, a vote a reaction, and to close it an edit.

import { call, freshId } from "../core/connection.js";
import { closeDialog, dispatch, getState, openDialog } from "../core/store.js";
import { answerOf, pollOf, signs, textOf } from "../lib/poll.js";
import { isSettled, mayDelete } from "./messageactions.js";
import { attempt } from "./notice.js";
import { flow } from "./outbox.js";

export const askPoll = (/** @type {string} */ chat) => openDialog({ kind: "poll", chat });

/** @param {string} chat @param {string} question @param {string[]} answers */
export function ask(chat, question, answers) {
  const text = textOf({ question, answers, closed: false });
  dispatch({ type: "sending", chat, id: freshId(), text, reply: null, now: Date.now(), aside: true });
  closeDialog();
  flow(chat);
}

/** @param {Page.Message} message */
export const isPoll = ({ kind, text }) => kind === "text" && pollOf(text) !== null;

/** @param {Page.Message} message @returns {message is Page.Sent} */
export const mayClose = (message) => mayDelete(message) && message.state !== "failed" && isPoll(message) && !pollOf(message.text)?.closed;

export function close(/** @type {Page.Sent} */ { chat, order, text }) {
  const poll = pollOf(text);
  return poll && attempt(call("edit_message", { chat, order, text: textOf({ ...poll, closed: true }) }));
}

/** Whose vote goes to which answer. @param {Page.Message} message @param {number} answers @returns {string[][]} */
export function votesOf({ reactions = [] }, answers) {
  const votes = Array.from({ length: answers }, () => /** @type {string[]} */ ([]));
  for (const { emoji, from } of reactions) votes[answerOf(emoji)]?.push(...from);
  return votes;
}

/** The same answer once more takes one's vote back. @param {Page.Message} message @param {number} at */
export function vote(message, at) {
  if (!isSettled(message)) return;
  const mine = votesOf(message, at + 1)[at].includes(getState().me ?? "");
  attempt(call("react", { chat: message.chat, order: message.order, emoji: mine ? "" : signs[at] }));
}
