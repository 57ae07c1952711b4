// Messages that stand over a conversation, for all in it.

import { call } from "../core/connection.js";
import { getState } from "../core/store.js";
import { isSettled } from "./messageactions.js";
import { attempt } from "./notice.js";

/** In a group, whoever may add members. @param {Page.Message} message @param {Api.Group | null} group @returns {message is Page.Sent} */
export const mayPin = (message, group) => isSettled(message) && !message.imported && (group === null || group.may_add);

/** @param {Page.Message} message */
export const isPinned = ({ chat, order }) => (getState().conversations[chat]?.pins ?? []).some((one) => one.order === order);

/** @param {{chat: string, order: number}} message @param {boolean} on */
export const pinMessage = ({ chat, order }, on) => attempt(call("pin_message", { chat, order, on }));
