// A poll as it is written (docs/protocol.md, 8.3): a question, and a line for each answer, which begins with the sign that one
// votes with by a reaction. Whoever doesn't know polls reads a question with numbered answers, and votes all the same. Pure.

/** What one votes with, in their order. */
export const signs = [...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `${n}\ufe0f\u20e3`), "🔟"];

export const fewest = 2;
export const most = signs.length;
const [open, closed] = ["📊 ", "📊🔒 "];

/** @typedef {{question: string, answers: string[], closed: boolean}} Poll */

export const longest = { question: 300, answer: 200 }; // code points

/** @param {string} text @param {number} limit */
const within = (text, limit) => text !== "" && [...text].length <= limit;

/** What a text asks, or null of one that is no poll. @param {string} text @returns {Poll | null} */
export function pollOf(text) {
  if (!text.startsWith("📊")) return null;
  const [first, ...lines] = text.split("\n");
  const isClosed = first.startsWith(closed);
  const question = first.startsWith(open) || isClosed ? first.slice((isClosed ? closed : open).length).trim() : "";
  const answers = lines.map((line, at) => (at < most && line.startsWith(`${signs[at]} `) ? line.slice(signs[at].length + 1).trim() : ""));
  const fits = within(question, longest.question) && answers.every((answer) => within(answer, longest.answer));
  return fits && answers.length >= fewest ? { question, answers, closed: isClosed } : null;
}

const line = (/** @type {string} */ text) => text.replace(/\s+/gu, " ").trim();

/** @param {Poll} poll */
export const textOf = ({ question, answers, closed: isClosed }) =>
  [(isClosed ? closed : open) + line(question), ...answers.map((answer, at) => `${signs[at]} ${line(answer)}`)].join("\n");

const bare = (/** @type {string} */ emoji) => emoji.replaceAll("\ufe0f", "");

/** Which answer an emoji votes for, from 0 on, or -1. @param {string} emoji */
export const answerOf = (emoji) => signs.findIndex((sign) => bare(sign) === bare(emoji));
