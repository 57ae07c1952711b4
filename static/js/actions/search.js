// Looking for messages: everywhere, by what stands in the list's field, or in the open conversation; by words, and by
// who wrote them, what they are, and when.

import { call } from "../core/connection.js";
import { dispatch, getState } from "../core/store.js";
import { daysLater, midnight } from "../lib/calendar.js";
import { anything } from "../state/list.js";
import { attempt } from "./notice.js";

const pause = 120; // ms between the last key and the question
const shortest = 2; // characters: one letter is in every message
const telling = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}]/u; // but each of these says something
const page = 30;
const back = { week: 7, month: 30, year: 365 }; // days
/** @type {Record<string, number>} */
const timers = {};

/** From when until when, in ms. @param {Page.Narrow["when"]} when @param {number} now */
function timesOf(when, now) {
  if (when === null) return { since: null, until: null };
  if (typeof when === "number") return { since: when, until: midnight(daysLater(when, 1)) };
  return { since: midnight(daysLater(now, -back[when])), until: null };
}

/** @param {Page.Slot} slot @param {string | null} chat @param {string} text @param {number | null} before */
async function ask(slot, chat, text, before = null) {
  const { narrow } = getState()[slot];
  const { by, kind, when } = narrow;
  dispatch({ type: "searching", slot, text });
  const asked = call("search", { text, chat, limit: page, before, by, kind, ...timesOf(when, Date.now()) });
  const done = await attempt(
    asked.then(({ hits, more }) => dispatch({ type: "hits", slot, text, narrow, hits, more, before })),
  );
  if (!done) dispatch({ type: "search_over", slot });
}

/** Whether there is anything to look for: two letters, an emoji or a syllable, or who wrote it or what it is. */
function isEnough(/** @type {Page.Slot} */ slot, /** @type {string} */ sought) {
  const { by, kind } = getState()[slot].narrow;
  return [...sought].length >= shortest || telling.test(sought) || (!sought && (by !== null || kind !== null));
}

function soon(/** @type {Page.Slot} */ slot, /** @type {string | null} */ chat, /** @type {string} */ text) {
  clearTimeout(timers[slot]);
  const sought = text.trim();
  if (!isEnough(slot, sought)) dispatch({ type: "search_over", slot });
  else timers[slot] = setTimeout(() => ask(slot, chat, sought), pause);
}

export function searchList(/** @type {string} */ text) {
  dispatch({ type: "filter", text });
  soon("listSearch", null, text);
}

/** The list as it is, with nothing that is sought. */
export function leaveSearch() {
  dispatch({ type: "narrow", slot: "listSearch", narrow: anything });
  searchList("");
}

export const searchChat = (/** @type {string} */ chat, /** @type {string} */ text) => soon("chatSearch", chat, text);

/** @param {Page.Slot} slot @param {string | null} chat @param {Partial<Page.Narrow>} change @param {string} text as it stands in the field */
export function narrowSearch(slot, chat, change, text) {
  const { narrow } = getState()[slot];
  dispatch({ type: "narrow", slot, narrow: { ...narrow, ...change } });
  clearTimeout(timers[slot]);
  if (isEnough(slot, text.trim())) ask(slot, chat, text.trim());
}

export function searchMore(/** @type {Page.Slot} */ slot, /** @type {string | null} */ chat) {
  const { text, hits, asking } = getState()[slot];
  if (!asking) ask(slot, chat, text, hits.at(-1)?.message.order);
}
