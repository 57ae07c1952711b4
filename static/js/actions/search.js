// Looking for words: everywhere, by what stands in the list's field, or in the open conversation.

import { call } from "../core/connection.js";
import { dispatch, getState } from "../core/store.js";
import { attempt } from "./notice.js";

const pause = 120; // ms between the last key and the question
const shortest = 2; // characters: one letter is in every message
const page = 30;
/** @type {Record<string, number>} */
const timers = {};

/** @param {Page.Slot} slot @param {string | null} chat @param {string} text @param {number | null} before */
async function ask(slot, chat, text, before = null) {
  dispatch({ type: "searching", slot, text });
  const asked = call("search", { text, chat, limit: page, before });
  const done = await attempt(asked.then(({ hits, more }) => dispatch({ type: "hits", slot, text, hits, more, before })));
  if (!done) dispatch({ type: "search_over", slot });
}

function soon(/** @type {Page.Slot} */ slot, /** @type {string | null} */ chat, /** @type {string} */ text) {
  clearTimeout(timers[slot]);
  const sought = text.trim();
  if ([...sought].length < shortest) dispatch({ type: "search_over", slot });
  else timers[slot] = setTimeout(() => ask(slot, chat, sought), pause);
}

export function searchList(/** @type {string} */ text) {
  dispatch({ type: "filter", text });
  soon("listSearch", null, text);
}

export const searchChat = (/** @type {string} */ chat, /** @type {string} */ text) => soon("chatSearch", chat, text);

export function searchMore(/** @type {Page.Slot} */ slot, /** @type {string | null} */ chat) {
  const { text, hits, asking } = getState()[slot];
  if (!asking) ask(slot, chat, text, hits.at(-1)?.message.order);
}
