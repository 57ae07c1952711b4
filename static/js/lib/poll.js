// A poll as it is written (docs/protocol.md, 8.3): a question, and a line for each answer, which begins with the sign that one
// votes with by a reaction; where several may be chosen, more than one by tag characters behind the sign of polls. Whoever
// doesn't know polls reads a question with numbered answers, and votes all the same. Pure.

import { isSeen } from "./seen.js";

/** What one votes with, in their order. */
export const signs = [...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `${n}\ufe0f\u20e3`), "🔟"];

export const fewest = 2;
export const most = signs.length;
const [mark, many, lock] = ["📊", "☑️", "🔒"];
const head = /^📊(☑\ufe0f?)?(🔒)? /u;
const firstTag = 0xe0031; // of the first answer
const tagged = /^📊[\u{e0031}-\u{e003a}]+$/u;

/** @typedef {{question: string, answers: string[], closed: boolean, several: boolean}} Poll */

export const longest = { question: 300, answer: 200 }; // code points

/** @param {string} text @param {number} limit */
const within = (text, limit) => isSeen(text) && [...text].length <= limit;

/** What a text asks, or null of one that is no poll. @param {string} text @returns {Poll | null} */
export function pollOf(text) {
  const found = head.exec(text);
  if (!found) return null;
  const [first, ...lines] = text.split("\n");
  const question = first.slice(found[0].length).trim();
  const answers = lines.map((line, at) => (at < most && line.startsWith(`${signs[at]} `) ? line.slice(signs[at].length + 1).trim() : ""));
  const fits = within(question, longest.question) && answers.every((answer) => within(answer, longest.answer));
  return fits && answers.length >= fewest ? { question, answers, closed: !!found[2], several: !!found[1] } : null;
}

/** What it asks on one line, or null of what is no poll. @param {string} text */
export function questionOf(text) {
  const poll = pollOf(text);
  return poll && `${mark}${poll.closed ? lock : ""} ${poll.question}`;
}

const line = (/** @type {string} */ text) => text.replace(/\s+/gu, " ").trim();

/** @param {Poll} poll */
export const textOf = ({ question, answers, closed, several }) =>
  [`${mark}${several ? many : ""}${closed ? lock : ""} ${line(question)}`, ...answers.map((answer, at) => `${signs[at]} ${line(answer)}`)].join("\n");

const bare = (/** @type {string} */ emoji) => emoji.replaceAll("\ufe0f", "");

/** Which answers of a poll an emoji votes for, from 0 on and rising; none of what is no vote. @param {string} emoji @param {{answers: string[], several: boolean}} poll */
export function chosenBy(emoji, { answers, several }) {
  const one = signs.findIndex((sign) => bare(sign) === bare(emoji));
  const all = several && tagged.test(emoji) ? [...new Set([...emoji].slice(1))].map((tag) => Number(tag.codePointAt(0)) - firstTag) : [one];
  return all.filter((at) => at >= 0 && at < answers.length).sort((a, b) => a - b);
}

/** What one votes with for these answers: "" for none. @param {number[]} chosen */
export const voteFor = (chosen) =>
  chosen.length < 2 ? chosen.map((at) => signs[at]).join("") : mark + [...chosen].sort((a, b) => a - b).map((at) => String.fromCodePoint(firstTag + at)).join("");

/** An emoji as it is read where it is listed: the answers' signs. @param {string} emoji */
export const readable = (emoji) => chosenBy(emoji, { answers: signs, several: true }).map((at) => signs[at]).join(" ") || emoji;
