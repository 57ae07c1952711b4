// The page's words in the chosen language, and numbers, dates and names as that language writes them.
// Knows no DOM and no state; one language at a time, set by settings.js. What is to be written is often somebody's claim:
// nothing here throws, and whatever it is given, something readable comes out.

import { isSeen as hasSeen } from "../lib/seen.js";
import en from "./strings/en.js";
import fa from "./strings/fa.js";
import enTechnique from "./strings/en_technique.js";
import faTechnique from "./strings/fa_technique.js";

/** @type {Record<string, {words: Record<string, string>, technique: Record<string, string>, dir: string, own: string}>} */
export const languages = {
  en: { words: en, technique: enTechnique, dir: "ltr", own: "English" },
  fa: { words: fa, technique: faTechnique, dir: "rtl", own: "فارسی" },
};

/** @type {Record<string, string>} */
let words = en;
let locale = "en-GB";
let days = "gregory";
let technical = false;
let formats = new Map();
let collator = /** @type {Intl.Collator | null} */ (null);
let turn = 0;

// Dates are Jalali in Persian and Gregorian in English, whichever digits are chosen, unless a calendar is chosen too.
// With the technique in front, things are called what they are called under "Security details".
/** @param {string} language @param {string} digits @param {string} [calendar] @param {boolean} [technique] */
export function setLanguage(language, digits, calendar = "own", technique = false) {
  const own = language === "fa" ? "persian" : "gregory";
  technical = technique;
  words = technique ? { ...languages[language].words, ...languages[language].technique } : languages[language].words;
  days = calendar === "own" ? own : calendar;
  locale = language === "fa" ? `fa-IR-u-ca-${days}-nu-${digits === "latin" ? "latn" : "arabext"}` : `en-GB-u-ca-${days}`;
  formats = new Map();
  collator = null;
  turn += 1;
}

const zoneNow = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;
let zone = zoneNow();

/** On a computer that has travelled times are written anew: what writes them keeps to the zone it was made in. */
export function lookAtZone() {
  if (zone === zoneNow()) return;
  zone = zoneNow();
  formats = new Map();
  turn += 1;
}

// Whether the technique is in front: what else lies folded is open, and stands beside things.
export const isTechnical = () => technical;

// The calendar in use, as Intl names it.
export const calendarName = () => days;

// Rises with every change of language or time zone, so that what is remembered of a drawing can tell that it is out of date.
export const languageTurn = () => turn;

/** @template T @param {new (locale: string, options: object) => T} Kind @param {object} options @returns {T} */
function format(Kind, options) {
  const key = Kind.name + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Kind(locale, options));
  return formats.get(key);
}

/** How the language of the page puts names in order, whatever the browser's own is, and 2 before 10. @param {string} one @param {string} other */
export const inOrder = (one, other) => (collator ??= new Intl.Collator(locale, { numeric: true })).compare(one, other);

export const has = (/** @type {string} */ key) => Object.hasOwn(words, key);

const hole = /\{(\w+)\}/g;

// Numbers are written in the language's digits; a {ready} text is the page's own; everything else is somebody's words
// and is isolated.
export function t(/** @type {string} */ key, /** @type {Page.Words} */ values = {}) {
  const one = `${key}.one`;
  const text = values.n === 1 && has(one) ? words[one] : has(key) ? words[key] : String(key);
  return text.replace(hole, (/** @type {string} */ _, /** @type {string} */ name) => {
    const value = values[name];
    if (typeof value === "number") return number(value);
    return /** @type {any} */ (value)?.ready ?? isolate(value);
  });
}

/** The same words in a language that need not be the page's: for what others read. @param {string} language @param {string} key */
export const wordsIn = (language, key) => languages[language].words[key] ?? key;

/** Whether every hole of this text can be filled from these values. @param {string} key @param {Page.Words} values */
export const fits = (key, values) =>
  has(key) && [...words[key].matchAll(hole)].every(([, name]) => values?.[name] !== undefined);

// Marks that change the direction of what follows them: taken out of names, so that no name can end its own isolate.
const turns = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// Control characters: shown as a replacement mark where one line of text is wanted.
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** @typedef {unknown} Claim what somebody claims, which may be anything @param {Claim} value */
const text = (value) => {
  if (typeof value === "string") return value;
  return value == null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
};

export const plain = (/** @type {Claim} */ value) => text(value).replace(turns, "").replace(controls, " ");
export const isolate = (/** @type {Claim} */ value) => `\u2068${plain(value)}\u2069`;

// A name in which nothing is seen can't be told from none.
export const isSeen = (/** @type {Claim} */ value) => hasSeen(text(value));

const none = "–"; // what stands for a number that is none

/** A number beyond those that are told apart is written as the last one that is. @param {number} n */
export function number(n) {
  if (typeof n !== "number" || Number.isNaN(n)) return none;
  const { MIN_SAFE_INTEGER: least, MAX_SAFE_INTEGER: largest } = Number;
  return format(Intl.NumberFormat, {}).format(Math.max(least, Math.min(n, largest)));
}

/** Degrees of a place, to the metre. @param {number} n */
export const degrees = (n) => format(Intl.NumberFormat, { minimumFractionDigits: 5, maximumFractionDigits: 5 }).format(Math.abs(n));

const most = 20; // names in one sentence; of a group's two thousand nobody reads more

export const list = (/** @type {string[]} */ names = []) => {
  const shown = names.slice(0, names.length > most ? most - 1 : most).map(isolate);
  const together = format(Intl.ListFormat, { type: "conjunction" });
  if (shown.length === names.length) return { ready: together.format(shown) };
  const all = { ready: shown.join(t("bounds.comma")) };
  return { ready: t("react.names_more", { names: all, n: names.length - shown.length }) };
};

/** A port or a key's number: digits without grouping. @param {Claim} value */
export const digits = (value) => {
  if (typeof value === "number" && !Number.isFinite(value)) return none;
  const shape = format(Intl.NumberFormat, { useGrouping: false });
  return plain(value).replace(/[0-9]/g, (digit) => shape.format(Number(digit)));
};

const latest = 8.64e15 - 1; // ms: a Date knows no later moment

// Whether this is a moment that can be written; what people's clocks and programs claim may be none.
/** @param {unknown} time @returns {time is number} */
export const isTime = (time) => typeof time === "number" && Math.abs(time) <= latest;

/** For a program: ISO 8601, or nothing. @param {number | null} time */
export const iso = (time) => (isTime(time) ? new Date(time).toISOString() : undefined);

const write = (/** @type {number | null} */ time, /** @type {Intl.DateTimeFormatOptions} */ options) =>
  isTime(time) ? format(Intl.DateTimeFormat, options).format(time) : t("bounds.no_time");

/** The number of the day by the calendar of this computer; null for what is no time. @param {number | null} time */
export const dayOf = (time) => {
  if (!isTime(time)) return null;
  const date = new Date(time);
  const day = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 864e5;
  return Number.isNaN(day) ? Math.floor(time / 864e5) : day; // the very last day isn't whole everywhere
};

export const daysAgo = (/** @type {number | null} */ time, /** @type {number | null} */ now) => (dayOf(now) ?? 0) - (dayOf(time) ?? 0);

export const clock = (/** @type {number | null} */ time) => write(time, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export const moment = (/** @type {number | null} */ time) =>
  write(time, { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** The line between two days of talk: "Today, Sunday 22 November". @param {number | null} time @param {number | null} now */
export function dayLine(time, now) {
  const ago = daysAgo(time, now);
  if (Math.abs(ago) > 300) return fullDay(time);
  const date = write(time, { weekday: "long", day: "numeric", month: "long" });
  if (ago === 0) return t("time.today_is", { date: { ready: date } });
  if (ago === 1) return t("time.yesterday_was", { date: { ready: date } });
  return date;
}

/** "today at 09:46", "Monday 23 November, 09:46". @param {number | null} time @param {number | null} now */
export function dayAndTime(time, now) {
  const at = { ready: clock(time) };
  return daysAgo(time, now) === 0 ? t("time.today_at", { time: at }) : t("time.day_at", { day: { ready: dayLine(time, now) }, time: at });
}

// As short as a row of the list allows: the time today, then the day, then the date.
export function brief(/** @type {number | null} */ time, /** @type {number | null} */ now) {
  if (!isTime(time)) return t("bounds.no_time");
  const ago = daysAgo(time, now);
  if (ago === 0 || ago === -1) return clock(time); // a clock that is a little ahead
  if (ago === 1) return t("time.yesterday");
  if (ago > 0 && ago < 7) return write(time, { weekday: "short" });
  if (ago > 0 && ago < 300) return write(time, { day: "numeric", month: "short" });
  return write(time, { day: "numeric", month: "numeric", year: "numeric" });
}

/** The heads of a calendar's page. @param {number | null} time */
export function monthTitle(time) {
  if (!isTime(time)) return t("bounds.no_time");
  const parts = format(Intl.DateTimeFormat, { month: "long", year: "numeric" }).formatToParts(time);
  // put together here, as some browsers put the year first in Persian
  return ["month", "year"].map((name) => parts.find(({ type }) => type === name)?.value ?? "").join(" ");
}
export const weekdayLetter = (/** @type {number | null} */ time) => write(time, { weekday: "narrow" });
export const weekdayName = (/** @type {number | null} */ time) => write(time, { weekday: "long" });
/** @param {number | null} time */
export function fullDay(time) {
  if (!isTime(time)) return t("bounds.no_time");
  const parts = format(Intl.DateTimeFormat, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).formatToParts(time);
  if (parts[0].type !== "year") return parts.map(({ value }) => value).join("");
  // put together here, as some browsers put the year first in Persian
  return ["weekday", "day", "month", "year"].map((name) => parts.find(({ type }) => type === name)?.value ?? "").join(" ");
}

// An error in the page's language by its code; in the agent's English where the page has no words for it.
export function errorText(/** @type {Api.Failure | null | undefined} */ error) {
  const { code = "", values = {} } = error ?? {};
  const key = `error.${code}`;
  if (fits(key, values)) return t(key, values ?? {});
  return [error?.text, error?.hint].filter(Boolean).map(plain).join(" ") || t("error.other", { code });
}

// Why something can't be done, by the agent's code; null where the page has no words for it.
export function reason(/** @type {string} */ code, /** @type {Page.Words} */ values = {}) {
  const key = [`why.${code}`, `error.${code}`, code].find((one) => has(one) && fits(one, values));
  return key ? t(key, values) : null;
}
