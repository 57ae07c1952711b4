// What one does with a message that stands there: react, delete, copy, look at its proof; and what lies over it meanwhile.

import { Refusal, call } from "../core/connection.js";
import { dispatch, getState } from "../core/store.js";
import { attempt, showToast } from "./notice.js";

// Nothing is said to whom one has blocked.
const isBlocked = (chat) => chat.startsWith("p:") && getState().people[chat.slice(2)]?.blocked === true;

export const isSettled = ({ order, kind, chat }) =>
  order !== null && (kind === "text" || kind === "file") && !isBlocked(chat);

// "" takes one's reaction back; the same once more does so too.
export function react({ chat, order, reactions = [] }, emoji) {
  const { me } = getState();
  const isOn = reactions.some((one) => one.emoji === emoji && one.from.includes(me));
  if (emoji) dispatch({ type: "chosen", emoji });
  return attempt(call("react", { chat, order, emoji: isOn ? "" : emoji }));
}

export const askDelete = (message) => dispatch({ type: "dialog", dialog: { kind: "delete", message } });

export const askWho = ({ chat, id }) => dispatch({ type: "dialog", dialog: { kind: "reacted", chat, id } });

export async function remove({ chat, order }) {
  await call("delete_message", { chat, order });
  dispatch({ type: "dialog", dialog: null });
}

export const canTakeAway = (message, group) => Boolean(group?.may_remove) && isSettled(message) && !message.mine;

export const askTakeAway = (message) => dispatch({ type: "dialog", dialog: { kind: "retract", message } });

export async function takeAway({ chat, order }, reason) {
  await call("retract_message", { chat, order, reason: reason.trim() });
  dispatch({ type: "dialog", dialog: null });
}

export const copy = (text) => navigator.clipboard.writeText(text).then(() => showToast("action.copied"));

// {details} or {error}, for whoever shows it.
export async function details({ chat, order }) {
  try {
    return await call("message_details", { chat, order });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { error };
  }
}

// Opens a popover beside an element, or beside the place of a press. more: what else it needs to know.
export function openPopover(kind, { chat, id = null }, place, more = {}) {
  const { x, y, width = 0, height = 0 } = place instanceof Element ? place.getBoundingClientRect() : place;
  dispatch({ type: "popover", popover: { kind, chat, id, at: { x, y, width, height }, byKey: false, ...more } });
}

export const closePopover = () => dispatch({ type: "popover", popover: null });
