// Messages that one marks to find them again, and those that have been.

import { call } from "../core/connection.js";
import { attempt } from "./notice.js";
import { leaveSelecting } from "./selecting.js";

/** @param {Page.Message} message @returns {message is Page.Sent} */
export const mayStar = (message) => message.order !== null && ["text", "file"].includes(message.kind);

/** @param {Page.Message[]} messages @param {boolean} on */
export async function star(messages, on) {
  for (const { chat, order } of messages) if (order !== null && !(await attempt(call("star", { chat, order, on })))) return;
  leaveSelecting();
}

const page = 30;

/** A page of them, behind so many that are here already. @param {string} text @param {string | null} chat @param {number} skip */
export const askStarred = (text, chat, skip = 0) => call("starred", { text: text.trim(), chat, limit: page, skip });
