// Several messages at once: ticking them, and what is done with all of them.

import { call } from "../core/connection.js";
import { closeDialog, dispatch, getState, openDialog } from "../core/store.js";
import { clock, dayLine } from "../i18n/i18n.js";
import { bareWords } from "../lib/forwarded.js";
import { called } from "../state/names.js";
import { copy } from "./messageactions.js";

/** Whether it can be ticked. @param {Page.Message} message @returns {message is Page.Sent} */
export const maySelect = (message) => message.order !== null && message.kind !== "system";

export const select = (/** @type {Page.Message} */ { chat, id }) => dispatch({ type: "select", chat, id });

export const leaveSelecting = () => dispatch({ type: "select_over" });

/** What they say, each under who has said it and when. @param {Page.Sent[]} messages */
export function copyAll(messages) {
  const { people, now } = getState();
  const said = messages.filter(({ text }) => bareWords(text));
  const whole = (/** @type {Page.Sent} */ { from, time, text }) =>
    `${called(people[from] ?? { name: "" })}, ${dayLine(time, now)} ${clock(time)}\n${bareWords(text)}`;
  leaveSelecting();
  return copy(said.length === 1 ? bareWords(said[0].text) : said.map(whole).join("\n\n"));
}

export const askForward = (/** @type {Page.Sent[]} */ messages) => openDialog({ kind: "forward", messages });
export const askClearAll = (/** @type {Page.Sent[]} */ messages) => openDialog({ kind: "clear_messages", messages });
export const askDeleteAll = (/** @type {Page.Sent[]} */ messages) => openDialog({ kind: "delete_messages", messages });

/** One after the other: what is done stays done where a later one is refused. @param {"clear_message" | "delete_message"} how @param {Page.Sent[]} messages */
export async function removeAll(how, messages) {
  for (const { chat, order } of messages) await call(how, { chat, order });
  closeDialog();
  leaveSelecting();
}
