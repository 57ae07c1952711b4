// How names and words are made alike for finding, whatever the keyboard: as the agent does it for messages
// (web_client/search/normalize.py). Pure.

/** @type {Record<string, string>} */
const alike = { "ي": "ی", "ى": "ی", "ے": "ی", "ې": "ی", "ك": "ک", "ڪ": "ک", "ة": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه", "ۃ": "ه", "ٱ": "ا", "ς": "σ" };
/** @type {Record<string, string>} */
const plain = { "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss" };
const signs = /** @type {Record<string, string>} */ ({ "‘": "'", "’": "'", "ʼ": "'", "`": "'", "´": "'", "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-" });
const unseen = /[\p{Mn}\p{Me}\u0640]|(?!\u200c)\p{Cf}/gu; // vowel signs, kashida, what only formats

// Of each script the ten digits stand together, from 0 on.
function digit(/** @type {string} */ sign) {
  const point = Number(sign.codePointAt(0));
  let zero = point;
  while (point - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String(point - zero);
}

/** One spelling of each letter and digit; half-spaces are spaces. Two that are so alike are one name. @param {string} text */
export const fold = (text) =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replace(unseen, "")
    .replace(/(?![0-9])\p{Nd}/gu, digit)
    .replace(/[يىےېكڪةەہھۃٱς]/gu, (letter) => alike[letter])
    .replace(/[\s\u200c]+/gu, " ")
    .trim();

/** As it is looked for: letters, quotes and hyphens as a keyboard without the right ones gives them, too. @param {string} text */
export const loosely = (text) =>
  fold(text)
    .replace(/[ıłøđðħŧþæœß]/gu, (letter) => plain[letter])
    .replace(/[‘’ʼ`´‐‑–—−]/gu, (sign) => signs[sign]);

/** The same without spaces. @param {string} text */
export const joined = (text) => loosely(text).replaceAll(" ", "");
