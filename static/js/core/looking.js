// Whether somebody looks at a conversation: the window has focus, and no other part of the page has taken its place.

import { isNarrow } from "../lib/width.js";
import { getState } from "./store.js";

/** @param {string} chat */
export function isLookedAt(chat) {
  const { open, section, details } = getState(); // what is open stays so behind the settings, and under what a narrow window shows of it
  const isThere = open === chat && section === "chats" && !(details && isNarrow());
  return isThere && document.visibilityState === "visible" && document.hasFocus();
}
