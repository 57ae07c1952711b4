// What a person marked in a line: *bold*, _italic_, ~strike~, ||hidden||, each also with its sign twice, and `code`. A sign
// counts only at the edge of words, so 2*3*4, snake_case and ~/notes stay what they are. Pure.

import { withLinks } from "./addresses.js";

/** @type {Record<string, string>} */
const looks = { "*": "strong", "**": "strong", "_": "em", "__": "em", "~": "s", "~~": "s", "||": "hidden" };
const pieces = /`([^`]+)`|https?:\/\/[^\s`]+|\*+|_+|~+|\|\|+/giu; // an address keeps its own signs, but for those at its end
const wordBefore = /[\p{L}\p{M}\p{N}_\u200c\\/]$/u;
const wordAfter = /^[\p{L}\p{M}\p{N}_\u200c]/u;

/** @typedef {{text: string, sign?: string, code?: string}} Piece @typedef {{sign: string, at: number, said: number}} Opened */

/** The line as text, code and signs that may mark. @param {string} line @returns {Piece[]} */
function piecesOf(line) {
  /** @type {Piece[]} */
  const found = [];
  let from = 0;
  for (const { 0: whole, 1: code, index } of line.matchAll(pieces)) {
    const end = index + whole.length;
    const isSign = whole in looks;
    if (!code && !isSign) {
      const signs = /^https?:/iu.test(whole) ? /(\*+|_+|~+|\|\|)[.,;:!?)\]»،؛؟]*$/u.exec(whole) : null;
      if (!signs || !(signs[1] in looks)) continue;
      const at = index + signs.index;
      found.push({ text: line.slice(from, at) }, { text: signs[1], sign: signs[1] });
      from = at + signs[1].length;
      continue;
    }
    if (index > from) found.push({ text: line.slice(from, index) });
    found.push(isSign ? { text: whole, sign: whole } : { text: whole, code });
    from = end;
  }
  if (from < line.length) found.push({ text: line.slice(from) });
  return found;
}

/** Which piece ends what which piece begins, the outer ones whole around the inner ones. @param {Piece[]} found */
function pairsOf(found) {
  /** @type {Map<number, number>} */
  const pairs = new Map();
  /** @type {Opened[]} */
  let open = []; // each sign once at most
  let said = 0; // pieces so far that are no signs: nothing else is marked
  for (const [at, { sign }] of found.entries()) {
    if (!sign) {
      said += 1;
      continue;
    }
    const [before, after] = [found[at - 1], found[at + 1]];
    const own = open.findIndex((one) => one.sign === sign);
    if (own >= 0) {
      const ends = before && !/\s$/u.test(before.text) && (!after || after.sign || !wordAfter.test(after.text));
      if (!ends || said === open[own].said) continue;
      pairs.set(open[own].at, at);
      open = open.slice(0, own);
    } else if (after && !/^\s/u.test(after.text) && (!before || before.sign || !wordBefore.test(before.text))) {
      open.push({ sign, at, said });
    }
  }
  return pairs;
}

/** Spans in order: text and run as `runsOf` has them, link, {kind: "code", text}, {kind: "mark", look, spans}.
 * @param {string} line @returns {any[]} */
export function spansOf(line) {
  const found = piecesOf(line);
  const pairs = pairsOf(found);
  /** @param {number} from @param {number} to @returns {any[]} */
  function between(from, to) {
    const spans = [];
    let text = "";
    for (let at = from; at < to; at += 1) {
      const { code, sign } = found[at];
      const end = pairs.get(at);
      if (code === undefined && end === undefined) {
        text += found[at].text;
        continue;
      }
      spans.push(...withLinks(text));
      text = "";
      if (code !== undefined) spans.push({ kind: "code", text: code });
      if (end !== undefined) {
        spans.push({ kind: "mark", look: looks[sign ?? ""], spans: between(at + 1, end) });
        at = end;
      }
    }
    spans.push(...withLinks(text));
    return spans;
  }
  return between(0, found.length);
}
