// What strangers can say, at the ends of what a field can hold: every formatter gives something that can be read.

import {
  brief,
  clock,
  dayLine,
  dayOf,
  daysAgo,
  digits,
  fits,
  fullDay,
  iso,
  isolate,
  isSeen,
  list,
  moment,
  monthTitle,
  number,
  plain,
  reason,
  setLanguage,
  t,
  weekdayLetter,
  weekdayName,
  errorText,
} from "../../../static/js/i18n/i18n.js";
import { clipped, blocksOf, flat, isPicture } from "../../../static/js/lib/prose.js";
import { rowsOf } from "../../../static/js/state/rows.js";
import { fold } from "../../../static/js/lib/fold.js";
import { conversationsOf, rowsOfList } from "../../../static/js/state/screen.js";
import { initialState, reduce } from "../../../static/js/state/state.js";
import { emptyTalk, putMessage, putPage, targetOf } from "../../../static/js/state/talk.js";
import { sizeWords } from "../../../static/js/kit/bytes.js";
import { hue, name, roleMay, roleWord } from "../../../static/js/kit/faces.js";
import { systemText } from "../../../static/js/kit/system.js";
import { equal } from "../equal.js";

const now = new Date(2026, 10, 22, 12, 5).getTime();
const moments = [0, 1, -1, now, 2 ** 31, 2 ** 53, 8.64e15 - 2, 8.64e15 - 1, 8.64e15, 8.64e15 + 1, 2 ** 63, 1e308];
const numbers = [...moments, 0.5, -0, Infinity, -Infinity, NaN, Number.MAX_SAFE_INTEGER, 2 ** 62];
const texts = ["", " ", "\0", "\u200b", "\u2066\u202e", "\ud800", "a\nb", "{name}", "x".repeat(70_000), "\u{1f468}".repeat(3000)];
const nothing = [undefined, null, true, {}, [], { toString: 1, valueOf: 2 }, "12", 10n];
const claims = [...numbers, ...texts, undefined, null, true, {}, []]; // what JSON can hold where a number is meant
const anything = [...claims, ...nothing];

const isText = (text) => {
  if (typeof text !== "string" || !text) throw new Error(`not a text: ${JSON.stringify(text)}`);
};
const said = (text) => {
  isText(text);
  if (/NaN|undefined|Invalid|\[object/.test(text)) throw new Error(`not to be read: ${text}`);
};

const both = (check) => () => {
  for (const [language, shape, calendar] of [["en", "own"], ["fa", "own"], ["fa", "latin"], ["en", "own", "persian"], ["fa", "own", "gregory"]]) {
    setLanguage(language, shape, calendar);
    check();
  }
};

const message = (order, more) => ({
  id: `${order}`, chat: "p:a", order, position: order, from: "a", mine: false, time: now, kind: "text", text: "", state: "received", why: null,
  gap: false, reply: null, edited: null, deleted: false, reactions: [], file: null, ...more,
});
const person = (uid, more) => ({ uid, name: uid, role: "beginner user", me: false, online: null, since: null, ...more });
const open = (messages) =>
  ["p:a", "p:b"].reduce(
    (state, chat) => reduce(state, { type: "pushed", name: "conversation", now, value: { chat, kind: "private", name: chat, unread: 0, last: messages.at(-1) ?? null } }),
    { ...initialState, people: { a: person("a") } },
  );

export const cases = {
  "a time that is any number": both(() => {
    for (const write of [clock, moment, weekdayLetter, weekdayName, fullDay, monthTitle])
      for (const time of anything) said(write(time));
    for (const time of anything) for (const other of anything) [brief, dayLine].forEach((write) => said(write(time, other)));
  }),
  "what is no time is said to be none": () => {
    setLanguage("en", "own");
    equal([clock(2 ** 63), brief(8.64e15, now), moment(null), dayLine(undefined, now)], Array(4).fill("no time"));
    equal([iso(8.64e15), iso(null), iso(0)], [null, null, "1970-01-01T00:00:00.000Z"].map((one) => one ?? undefined));
    equal([dayOf(2 ** 63), dayOf("x"), daysAgo(null, undefined)], [null, null, 0]);
  },
  "the last day of all": both(() => {
    for (const time of [8.64e15 - 1, 1 - 8.64e15]) {
      equal(Number.isInteger(dayOf(time)), true);
      said(iso(time));
      said(brief(time, now));
    }
  }),
  "what is to come has its date": () => {
    setLanguage("en", "own");
    equal([brief(now + 4 * 864e5, now), brief(now + 3600, now)], ["26/11/2026", "12:05"]);
  },
  "a number that is any number": both(() => {
    for (const n of anything) {
      said(number(n));
      if (digits(n) !== "") said(digits(n));
    }
    for (const size of claims) said(sizeWords(size));
  }),
  "no number is written in three hundred digits": () => {
    setLanguage("en", "own");
    equal([number(1e308), number(NaN), number(-Infinity)], ["9,007,199,254,740,991", "–", "-9,007,199,254,740,991"]);
  },
  "words that are anything": both(() => {
    for (const text of anything) {
      isText(isolate(text));
      equal(typeof plain(text), "string");
      isText(t("list.says", { name: text }));
      isText(t("log.same", { n: text }));
      isText(list([text, text]).ready);
      equal(typeof isSeen(text), "boolean");
      name(text);
    }
    for (const claim of claims) [roleWord, roleMay, hue].forEach((write) => equal(typeof write(claim), "string"));
  }),
  "a text that isn't there is its own name": () => equal([t("no.such.text"), fits("no.such.text", {}), t()], ["no.such.text", false, "undefined"]),
  "a name that nobody sees": () =>
    equal(["", " \t", "\u200b\u200e", "\u2800", "\u3164", "\ufeff", "a", "ب", "5", "👍"].map(isSeen), [false, false, false, false, false, false, true, true, true, true]),
  "two thousand names in a sentence": both(() => {
    const long = list(Array.from({ length: 2000 }, (_, at) => `member ${at}`)).ready;
    equal(long.length < 500, true);
    equal(/1,981|۱٬۹۸۱/.test(long), true);
    equal(list([]).ready, "");
  }),
  "an error that is anything": both(() => {
    for (const code of claims) {
      isText(errorText({ code }));
      isText(errorText({ code: "name_taken", values: code }));
      isText(errorText({ code: "name_taken", values: { name: code } }));
      reason(code, code);
    }
    isText(errorText(undefined));
  }),
  "what a group did, whatever it was": both(() => {
    for (const what of claims) isText(systemText({ what, by: "x", who: Array(3000).fill("y"), reason: "\u202e" }, {}));
    for (const why of ["\u200b", "\u3164", "\u2800 "]) equal(systemText({ what: "removed", by: "x", who: ["y"], reason: why }, {}), systemText({ what: "removed", by: "x", who: ["y"], reason: "" }, {}));
    for (const who of [undefined, null, []]) isText(systemText({ what: "removed", by: "x", who, reason: null }, {}));
  }),
  "rows of a talk with every time": () => {
    const all = claims.map((time, order) => message(order, { time, gap: order % 2 === 0 }));
    for (const key of [null, Infinity, now]) {
      const rows = rowsOf({ ...emptyTalk, messages: all, divider: { id: "3", n: 2 } }, key);
      equal(rows.filter(({ kind }) => kind === "message").length, all.length);
      equal(new Set(rows.map((row) => row.key)).size, rows.length);
      for (const { kind, time } of rows) if (kind === "day") said(dayLine(time, now));
    }
  },
  "a talk takes every time and order": () => {
    const all = claims.map((time, order) => message(order, { time }));
    const talk = all.reduce(putMessage, putPage(emptyTalk, { messages: all, more: false }, "newest"));
    equal(talk.messages.length, all.length);
    for (const time of claims) targetOf(talk.messages, { time });
    for (const order of numbers) putMessage(talk, message(order, { id: `other ${order}` }));
  },
  "the list with every time": () => {
    for (const time of claims) {
      const state = open([message(1, { time })]);
      equal(conversationsOf(state).length, 2);
      equal(rowsOfList({ ...state, filter: "p" }).length, 2);
    }
  },
  "who claims to have written tomorrow is no newer for that": () => {
    const of = (chat, last, time) => ({ chat, kind: "private", name: chat, unread: 0, last, time });
    const late = of("p:late", message(1, { time: 8.64e15 - 1 }), now);
    const honest = of("p:honest", message(2, { time: now + 1 }), now + 1);
    const state = { ...initialState, conversations: { "p:late": late, "p:honest": honest } };
    equal(conversationsOf(state).map(({ chat }) => chat), ["p:honest", "p:late"]);
  },
  "an event that this page doesn't know": () => equal(reduce(initialState, { type: "pushed", name: "news", value: {}, now }) === initialState, true),
  "words of every kind are cut into blocks": () => {
    for (const text of texts) {
      blocksOf(text);
      clipped(text);
      flat(text);
      isPicture(text);
      fold(text);
    }
  },
};
