// What people take for one letter or sign. Pure.

// Firefox has it from 125 on; without it a family of emoji counts as its members, which only looks.
const segmenter = Intl.Segmenter && new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** @param {string} text @returns {string[]} */
export const graphemesOf = (text) => (segmenter ? Array.from(segmenter.segment(text), ({ segment }) => segment) : [...text]);
