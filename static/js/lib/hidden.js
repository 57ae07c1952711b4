// What is hidden between two double bars, where a text is cut in it, or where it goes on over several lines. Pure.

import { cut } from "./graphemes.js";

const most = 40; // lines that are hidden together
const beforeWords = /^[\s\u200e\u200f\u061c]*(?:>\s?|[-*•]\s+|\p{Nd}{1,3}[.)]\s+)?/u;

/** No more of a text than so many code units; what is hidden in it stays hidden. @param {string} text @param {number} length */
export function beginning(text, length) {
  if (text.length <= length) return text;
  const kept = cut(text, length);
  let end = kept.length;
  while (end > 0 && /[|\s]/u.test(kept[end - 1])) end -= 1;
  const some = kept.slice(0, end);
  return (some.match(/\|\|+/gu)?.length ?? 0) % 2 ? `${some}||` : some;
}

/** A line whose words are hidden, behind what makes it a quote or an item. @param {string} line */
function hiddenWhole(line) {
  const at = beforeWords.exec(line)?.[0].length ?? 0;
  const words = line.slice(at).trimEnd();
  return words ? `${line.slice(0, at)}||${words}||` : line;
}

/** Where what a line hides is not over at its end, each line up to where it is hides its own words from now on.
 * @param {string[]} lines @param {number} at @param {(line: string) => boolean} isFence which nothing goes over */
export function hideOn(lines, at, isFence) {
  const bars = [...lines[at].matchAll(/\|\|+/gu)];
  const last = bars.at(-1);
  if (!last || bars.length % 2 === 0 || last[0].length > 2 || /[\p{L}\p{N}_]$/u.test(lines[at].slice(Math.max(0, last.index - 2), last.index))) return;
  const behind = lines[at].slice(last.index + 2);
  if (/^\s+\S/u.test(behind)) return;
  for (let end = at + 1; end < Math.min(lines.length, at + most) && !isFence(lines[end]); end += 1) {
    const place = lines[end].indexOf("||");
    if (place < 0) continue;
    const [inside, rest] = [lines[end].slice(0, place), lines[end].slice(place + 2)];
    if (/\S\s+$/u.test(inside) || /^[\p{L}\p{N}_|]/u.test(rest)) return;
    if (![behind, ...lines.slice(at + 1, end), inside].some((words) => words.trim())) return;
    lines[at] = behind.trim() ? `${lines[at].trimEnd()}||` : lines[at].slice(0, last.index);
    for (let one = at + 1; one < end; one += 1) lines[one] = hiddenWhole(lines[one]);
    lines[end] = hiddenWhole(inside) + rest;
    return;
  }
}
