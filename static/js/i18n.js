// The page's words in the chosen language, and numbers, dates and names as that language writes them.
// Knows no DOM and no state; one language at a time, set by settings.js.

import en from "./strings/en.js";
import fa from "./strings/fa.js";

export const languages = {
  en: { words: en, dir: "ltr", own: "English" },
  fa: { words: fa, dir: "rtl", own: "فارسی" },
};

let words = en;
let locale = "en-GB";
let days = "gregory";
let formats = new Map();
let turn = 0;

// Dates are Jalali in Persian and Gregorian in English, whichever digits are chosen, unless a calendar is chosen too.
export function speak(language, digits, calendar = "own") {
  const own = language === "fa" ? "persian" : "gregory";
  words = languages[language].words;
  days = calendar === "own" ? own : calendar;
  locale = language === "fa" ? `fa-IR-u-ca-${days}-nu-${digits === "latin" ? "latn" : "arabext"}` : `en-GB-u-ca-${days}`;
  formats = new Map();
  turn += 1;
}

// The calendar in use, as Intl names it.
export const calendarName = () => days;

// Rises with every change of language, so that what is remembered of a drawing can tell that it is out of date.
export const spoken = () => turn;

function format(Kind, options) {
  const key = Kind.name + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Kind(locale, options));
  return formats.get(key);
}

export const has = (key) => Object.hasOwn(words, key);

const hole = /\{(\w+)\}/g;

// Numbers are written in the language's digits; a {ready} text is the page's own; everything else is somebody's words
// and is isolated.
export function t(key, values = {}) {
  const one = `${key}.one`;
  const text = values.n === 1 && has(one) ? words[one] : words[key];
  return text.replace(hole, (_, name) => {
    const value = values[name];
    if (typeof value === "number") return number(value);
    return value.ready ?? isolate(String(value));
  });
}

// Whether every hole of this text can be filled from these values.
export const fits = (key, values) => [...words[key].matchAll(hole)].every(([, name]) => values?.[name] !== undefined);

// Marks that change the direction of what follows them: taken out of names, so that no name can end its own isolate.
const turns = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// Control characters: shown as a replacement mark where one line of text is wanted.
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

export const plain = (text) => text.replace(turns, "").replace(controls, " ");
export const isolate = (text) => `\u2068${plain(text)}\u2069`;

export const number = (n) => format(Intl.NumberFormat, {}).format(n);
export const list = (names) => ({ ready: format(Intl.ListFormat, { type: "conjunction" }).format(names.map(isolate)) });

// A port or a key's number: digits without grouping.
export const digits = (text) => {
  const shape = format(Intl.NumberFormat, { useGrouping: false });
  return String(text).replace(/[0-9]/g, (digit) => shape.format(Number(digit)));
};

// The number of the day by the calendar of this computer.
export const dayOf = (time) => {
  const date = new Date(time);
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 864e5;
};

export const daysAgo = (time, now) => dayOf(now) - dayOf(time);

export const clock = (time) =>
  format(Intl.DateTimeFormat, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(time);

export const moment = (time) =>
  format(Intl.DateTimeFormat, {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(time);

// The line between two days of talk: "Today, Sunday 22 November".
export function dayLine(time, now) {
  const ago = daysAgo(time, now);
  const year = ago > 300 ? { year: "numeric" } : {};
  const date = format(Intl.DateTimeFormat, { weekday: "long", day: "numeric", month: "long", ...year }).format(time);
  if (ago === 0) return t("time.today_is", { date: { ready: date } });
  if (ago === 1) return t("time.yesterday_was", { date: { ready: date } });
  return date;
}

// As short as a row of the list allows: the time today, then the day, then the date.
export function brief(time, now) {
  const ago = daysAgo(time, now);
  if (ago <= 0) return clock(time);
  if (ago === 1) return t("time.yesterday");
  if (ago < 7) return format(Intl.DateTimeFormat, { weekday: "short" }).format(time);
  if (ago < 300) return format(Intl.DateTimeFormat, { day: "numeric", month: "short" }).format(time);
  return format(Intl.DateTimeFormat, { day: "numeric", month: "numeric", year: "numeric" }).format(time);
}

// The heads of a calendar's page.
export function monthTitle(time) {
  const parts = format(Intl.DateTimeFormat, { month: "long", year: "numeric" }).formatToParts(time);
  // put together here, as some browsers put the year first in Persian
  return ["month", "year"].map((name) => parts.find(({ type }) => type === name).value).join(" ");
}
export const weekdayLetter = (time) => format(Intl.DateTimeFormat, { weekday: "narrow" }).format(time);
export const weekdayName = (time) => format(Intl.DateTimeFormat, { weekday: "long" }).format(time);
export const fullDay = (time) =>
  format(Intl.DateTimeFormat, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(time);

// An error in the page's language by its code; in the agent's English where the page has no words for it.
export function wrong(error) {
  const key = `error.${error.code}`;
  if (has(key) && fits(key, error.values)) return t(key, error.values ?? {});
  return [error.text, error.hint].filter(Boolean).join(" ") || t("error.other", { code: error.code });
}

// Why something can't be done, by the agent's code; null where the page has no words for it.
export function reason(code, values = {}) {
  const key = [`why.${code}`, `error.${code}`, code].find((one) => has(one) && fits(one, values));
  return key ? t(key, values) : null;
}
