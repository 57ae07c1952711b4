// Names in what one writes: @sara. What is being typed of one, and what is put in its place. Pure.

import { fold } from "./fold.js";
import { ofLetter } from "./graphemes.js";

const typed = new RegExp(String.raw`(?<![\p{L}\p{N}@#$/\\.+-])(?<!${ofLetter})@([\p{L}\p{M}\p{N}_\u200c.-]{0,32})$`, "u");

/** Everybody of a group, in both languages. */
export const everybody = ["all", "همه"];

export const isEverybody = (/** @type {string} */ name) => everybody.includes(fold(name));

/** The name whose beginning stands before the caret: {from: where its @ stands, sought}, or null.
 * @param {string} text @param {number} caret */
export function nameAt(text, caret) {
  const found = typed.exec(text.slice(Math.max(0, caret - 34), caret));
  return found && { from: caret - found[1].length - 1, sought: found[1] };
}

/** The name that a piece of text is, without its @, or null. @param {string} text */
export const nameOf = (text) => (text.startsWith("@") && text.length > 1 ? text.slice(1).replace(/[._\u200c-]+$/u, "") : null);
