// What one does with a message that stands there: react, delete, copy, look at its proof; and what lies over it meanwhile.

import { call, refusalOf } from "../core/connection.js";
import { closeDialog, dispatch, getState, openDialog } from "../core/store.js";
import { messagePlace } from "../state/place.js";
import { attempt, showError, showToast } from "./notice.js";

/** Nothing is said to whom one has blocked. @param {string} chat */
const isBlocked = (chat) => chat.startsWith("p:") && getState().people[chat.slice(2)]?.blocked === true;

/** Why nothing can be said in a group, reactions included, or null. @param {string} chat */
const closedBecause = (chat) => {
  const conversation = chat.startsWith("g:") && getState().conversations[chat];
  return conversation && !conversation.can_send ? conversation.why_not : null;
};

/** @param {Page.Message} message @returns {message is Page.Sent} */
const isThere = (message) =>
  message.order !== null && ["text", "file"].includes(message.kind) && !message.imported && !isBlocked(message.chat);

/** Whether something can be said to it. @param {Page.Message} message @returns {message is Page.Sent} */
export const isSettled = (message) => isThere(message) && !closedBecause(message.chat);

/** What never left can be taken back where nothing can be said. @param {Page.Message} message @returns {message is Page.Sent} */
export const mayDelete = (message) => message.mine && isThere(message) && (!closedBecause(message.chat) || message.state === "failed");

/** Somebody else's, in a group. @param {Page.Message} message @param {Api.Group | null} group @returns {message is Page.Sent} */
export const mayTakeAway = (message, group) => Boolean(group?.may_remove) && isSettled(message) && !message.mine;

/** "" takes one's reaction back; the same once more does so too. @param {Page.Sent} message @param {string} emoji */
export function react({ chat, order, reactions = [] }, emoji) {
  const { me } = getState();
  const code = closedBecause(chat);
  if (code) return showError({ code });
  const isOn = reactions.some((one) => one.emoji === emoji && one.from.includes(me ?? ""));
  if (emoji) dispatch({ type: "chosen", emoji });
  return attempt(call("react", { chat, order, emoji: isOn ? "" : emoji }));
}

export const askDelete = (/** @type {Page.Sent} */ message) => openDialog({ kind: "delete", message });
export const askClear = (/** @type {Page.Message} */ message) =>
  openDialog({ kind: "clear_message", message: /** @type {Page.Sent} */ (message) });
export const askTakeAway = (/** @type {Page.Sent} */ message) => openDialog({ kind: "retract", message });
export const askWho = (/** @type {Page.Message} */ { chat, id }) => openDialog({ kind: "reacted", chat, id });

export async function remove(/** @type {Page.Sent} */ { chat, order }) {
  await call("delete_message", { chat, order });
  closeDialog();
}

/** For oneself. @param {Page.Sent} message */
export async function clearMessage({ chat, order }) {
  await call("clear_message", { chat, order });
  closeDialog();
}

export async function takeAway(/** @type {Page.Sent} */ { chat, order }, /** @type {string} */ reason) {
  await call("retract_message", { chat, order, reason: reason.trim() });
  closeDialog();
}

export const copyPlace = (/** @type {Page.Message} */ message) => copy(location.origin + messagePlace(message));
export const copy = (/** @type {string} */ text) => navigator.clipboard.writeText(text).then(() => showToast("action.copied"));

/** For whoever shows it. @param {Page.Sent} message @returns {Promise<{details?: Api.Details, error?: Api.Failure}>} */
export const details = ({ chat, order }) =>
  call("message_details", { chat, order }).catch((error) => ({ error: refusalOf(error) }));

/**
 * Opens a popover beside an element, or beside the place of a press. more: what else it needs to know.
 * @param {Page.Popover["kind"]} kind @param {{chat: string, id?: string | null}} message
 * @param {Element | {x: number, y: number, width?: number, height?: number}} place @param {{byKey?: boolean, link?: string}} more
 */
export function openPopover(kind, { chat, id = null }, place, more = {}) {
  const { x, y, width = 0, height = 0 } = place instanceof Element ? place.getBoundingClientRect() : place;
  dispatch({ type: "popover", popover: { kind, chat, id, at: { x, y, width, height }, byKey: false, ...more } });
}

export const closePopover = () => dispatch({ type: "popover", popover: null });
