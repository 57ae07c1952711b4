// What people take for one letter or sign. Pure.

// Firefox has it from 125 on; without it a family of emoji counts as its members, which only looks.
const segmenter = Intl.Segmenter && new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** @param {string} text @returns {string[]} */
export const graphemesOf = (text) => (segmenter ? Array.from(segmenter.segment(text), ({ segment }) => segment) : [...text]);

/** For a regular expression: a mark of a letter. What ends an emoji (U+FE0F, U+20E3) is a mark to Unicode, and to people no part of a word. */
export const ofLetter = String.raw`(?![\ufe0e\ufe0f\u20e3])\p{M}`;

const around = 64; // code units: no sign that people use is longer

/** No more code units of it than so many, and none of its signs in part: half an emoji is another one, or none. @param {string} text @param {number} most */
export function cut(text, most) {
  if (text.length <= most) return text;
  const at = segmenter?.segment(text.slice(0, most + around)).containing(most)?.index ?? most;
  // what is longer isn't one sign to anybody: then no letter is halved
  return text.slice(0, at > most - around ? at : most).replace(/[\ud800-\udbff]$/, "");
}
