// What one keeps about a conversation besides its messages: pinned, muted, the draft, and that all of it is read.

import { call, refusalOf } from "../core/connection.js";
import { getState, watch } from "../core/store.js";
import { sizeOf, textLimit } from "./compose.js";
import { attempt } from "./notice.js";

const pause = 500; // ms without a key before a draft is kept

export const pin = (/** @type {string} */ chat, /** @type {boolean} */ pinned) => attempt(call("set_chat", { chat, pinned }));
export const mute = (/** @type {string} */ chat, /** @type {boolean} */ muted) => attempt(call("set_chat", { chat, muted }));
export const readAll = (/** @type {Api.Conversation} */ { chat, position }) => attempt(call("mark_read", { chat, position }));

/** @type {Map<string, number>} */
const waiting = new Map(); // timers of drafts that the agent doesn't have yet, by conversation

function keep(/** @type {string} */ chat) {
  clearTimeout(waiting.get(chat));
  waiting.delete(chat);
  const { conversations, drafts } = getState();
  const draft = drafts[chat] ?? "";
  if (!conversations[chat] || (conversations[chat].draft ?? "") === draft) return;
  if (sizeOf(draft) > textLimit) return; // it can't be sent either, and could fill the line
  call("set_chat", { chat, draft }).catch(refusalOf); // an agent that is away gets the next one
}

// Drafts go to the agent when one stops writing, opens something else or leaves the page.
export function keepDrafts() {
  let before = getState();
  watch((state) => {
    if (state.drafts === before.drafts && state.open === before.open) return;
    for (const chat of new Set([...Object.keys(state.drafts), ...Object.keys(before.drafts)])) {
      if (state.drafts[chat] === before.drafts[chat]) continue;
      clearTimeout(waiting.get(chat));
      waiting.set(chat, setTimeout(() => keep(chat), pause));
    }
    if (before.open && state.open !== before.open && waiting.has(before.open)) keep(before.open);
    before = state;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") for (const chat of Array.from(waiting.keys())) keep(chat);
  });
}
