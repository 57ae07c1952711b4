// How names and words are made alike for finding, whatever the keyboard: as the agent does it for messages
// (web_client/search/normalize.py). Pure.

/** @type {Record<string, string>} */
const alike = { "ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه", "ٱ": "ا" };
const digits = /[٠-٩۰-۹]/gu;
const unseen = /[\p{Mn}\p{Me}\u0640]|(?!\u200c)\p{Cf}/gu; // vowel signs, kashida, what only formats

/** One spelling of each letter and digit; half-spaces are spaces. @param {string} text */
export const fold = (text) =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replace(unseen, "")
    .replace(digits, (digit) => String(digit.charCodeAt(0) & 15))
    .replace(/[يىكةەہھٱ]/gu, (letter) => alike[letter])
    .replace(/[\s\u200c]+/gu, " ")
    .trim();

/** The same without spaces. @param {string} text */
export const joined = (text) => fold(text).replaceAll(" ", "");
