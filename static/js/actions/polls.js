// Asking several people at once: a poll is a text, a vote a reaction, and to close it an edit.

import { call, freshId } from "../core/connection.js";
import { closeDialog, dispatch, getState, openDialog } from "../core/store.js";
import { chosenBy, pollOf, textOf, voteFor } from "../lib/poll.js";
import { isSettled, mayDelete } from "./messageactions.js";
import { attempt } from "./notice.js";
import { flow } from "./outbox.js";

export const askPoll = (/** @type {string} */ chat) => openDialog({ kind: "poll", chat });

/** @param {string} chat @param {string} question @param {string[]} answers @param {boolean} several may be chosen */
export function ask(chat, question, answers, several) {
  const text = textOf({ question, answers, closed: false, several });
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

/** @typedef {import("../lib/poll.js").Poll} Poll */

/** Whose vote goes to which answer. @param {{reactions?: Api.Reaction[]}} message @param {Poll} poll @returns {string[][]} */
export function votesOf({ reactions = [] }, poll) {
  const votes = poll.answers.map(() => /** @type {string[]} */ ([]));
  for (const { emoji, from } of reactions) for (const at of chosenBy(emoji, poll)) votes[at].push(...from);
  return votes;
}

/** @type {Map<string, number[]>} */
const asked = new Map(); // by message, what was chosen here and isn't shown yet: a second press builds on the first

/** The same answer once more takes one's vote for it back. @param {Page.Message} message @param {Poll} poll @param {number} at */
export function vote(message, poll, at) {
  if (!isSettled(message)) return;
  const { me } = getState();
  const mine = asked.get(message.id) ?? votesOf(message, poll).flatMap((from, one) => (from.includes(me ?? "") ? [one] : []));
  const rest = mine.filter((one) => one !== at);
  const chosen = rest.length < mine.length ? rest : [...(poll.several ? mine : []), at];
  asked.set(message.id, chosen);
  const settled = () => asked.get(message.id) === chosen && asked.delete(message.id);
  attempt(call("react", { chat: message.chat, order: message.order, emoji: voteFor(chosen) }).finally(settled));
}
