// What keeps its own direction inside a line of text: addresses, paths, numbers with signs, names of programs. Without
// that the rules of Unicode move their outer signs to the wrong end as soon as the line runs the other way. Pure.

import { ofLetter } from "./graphemes.js";
import { numerals } from "./numerals.js";

const numeral = new RegExp(`[${numerals}]`, "gu");
const money = "$€£¥₽₺₹";
const amount = String.raw`[-+−]?[${numerals}]+(?:[.,٫٬][${numerals}]+)*`;
const one = String.raw`[${numerals}]+(?:[.,٫][${numerals}]+)?`; // number

// Each begins at the start of a word; {dir: "auto"} follows its own letters.
const kinds = [
  // sara@example.org
  { dir: "ltr", of: String.raw`[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+` },
  // @sara, #کلاس; @sara@example.org is somebody elsewhere
  { dir: "auto", of: String.raw`@[\w.-]{1,64}@[\w-]+(?:\.[\w-]+)+|[@#][\p{L}\p{M}\p{N}_\u200c]+(?:[.-][\p{L}\p{M}\p{N}_]+)*` },
  // C:\Users\sara, \\server\share
  { dir: "ltr", of: String.raw`(?:[A-Za-z]:\\|\\\\)[^\s"<>|،؛]+` },
  // /etc/hosts, ~/notes.txt, ./run.py, ../docs/
  { dir: "ltr", of: String.raw`(?:~|\.{1,2})?/[\w.@+-]+(?:/[\w.@+-]*)*|~/` },
  // static/js/main.js
  { dir: "ltr", of: String.raw`[\w.-]+(?:/[\w.-]+)+/?(?=[^\w]|$)`, fits: hasLetter },
  // IR12 0123 4567 8901 2345 6789 01
  { dir: "ltr", of: String.raw`[A-Z]{2}[${numerals}]{2}(?: [A-Z${numerals}]{4}){2,7}(?: [A-Z${numerals}]{1,3})?(?![\p{L}\p{N}])` },
  // 2026-11-22, 2026-11-22T09:43, ۱۴۰۵-۹-۱
  { dir: "ltr", of: String.raw`[${numerals}]{1,4}-[${numerals}]{1,2}-[${numerals}]{1,4}(?![${numerals}-])(?:[T ][${numerals}]{1,2}:[${numerals}:.]+Z?)?` },
  // +98 912 345 6789, (021) 8877-6655, ۰۲۱-۸۸۷۷۶۶۵۵
  { dir: "ltr", of: String.raw`\+?\(?[${numerals}]{2,5}\)?(?:[ -][${numerals}]{2,8}){1,5}(?![${numerals}-])`, fits: isPhone },
  // 978-0-306-40615-7: of two numbers the hyphen makes a range, which the line's own direction reads
  { dir: "ltr", of: String.raw`[${numerals}]+(?:-[${numerals}]+){2,}(?![${numerals}-])` },
  // *100#, *733*1#: what one dials
  { dir: "ltr", of: String.raw`\*[${numerals}]{2,}(?:\*[${numerals}]+)*#` },
  // $5, 1,250 €, −3°C; a per cent stands where the line's direction has it
  { dir: "ltr", of: String.raw`[${money}] ?${amount}|${amount} ?(?:°[A-Za-z]?|[${money}])(?![\p{L}\p{N}])` },
  // 2+3=5, 16×9, −5
  { dir: "ltr", fits: isSum, of: String.raw`[-+−]?${one}(?:[-+*=×÷<>^−/][-+−]?${one})+` },
  { dir: "ltr", of: String.raw`[-+−]${one}(?![${numerals}-])` },
  // --port, -x, $HOME, .env
  { dir: "ltr", of: String.raw`(?:--?|\$|\.)[A-Za-z][\w-]*(?:=[\w./:$-]*)?` },
  // C++, C#, F#
  { dir: "ltr", of: String.raw`[A-Za-z]\w*(?:\+\+|#)(?![\p{L}\p{N}])` },
];

function isPhone(/** @type {string} */ text) {
  return (text.match(numeral) ?? []).length >= 7;
}

/** 1405/9/1 is a date, which reads right by itself. @param {string} text */
function hasLetter(text) {
  return /[a-z]/iu.test(text);
}

/** A sign that only counts has: a hyphen between two numbers is a range, which the line's own direction reads. @param {string} text */
function isSum(text) {
  return /[+*=×÷<>^−]/u.test(text);
}

const start = String.raw`(?<![\p{L}\p{N}_@#$/\\.+-])(?<!${ofLetter})`;
const pattern = new RegExp(`${start}(?:${kinds.map(({ of }) => `(${of})`).join("|")})`, "gu");
// Nothing of the kinds is without one of these; most lines are done here.
const signs = new RegExp(String.raw`[@#\\/~${money}°+*=×÷<>^−-]|[${numerals}]{2} [${numerals}]{2}|(?:^|\s)\.\w`, "u");
const ends = /[.,:;!?)\]]+$/u;

/** [{kind: "text", text}, {kind: "run", text, dir}], which put together are the text. @param {string} text */
export function runsOf(text) {
  if (!signs.test(text)) return text ? [{ kind: "text", text }] : [];
  const runs = [];
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    const { dir, fits } = kinds[found.slice(1).findIndex((group) => group !== undefined)];
    const whole = found[0].replace(ends, (end) => (end.startsWith(")") && found[0].includes("(") ? end[0] : ""));
    if (fits && !fits(whole)) continue;
    if (found.index > from) runs.push({ kind: "text", text: text.slice(from, found.index) });
    runs.push({ kind: "run", text: whole, dir });
    from = found.index + whole.length;
  }
  if (from < text.length) runs.push({ kind: "text", text: text.slice(from) });
  return runs;
}
