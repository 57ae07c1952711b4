// What a person marked in a line: *bold*, _italic_, ~strike~, ||hidden||, each also with its sign twice, ***both***, and `code`. A sign
// counts only at the edge of words, so 2*3*4, snake_case and ~/notes stay what they are. Pure.

import { withLinks } from "./addresses.js";
import { ofLetter } from "./graphemes.js";
import { unspaced } from "./hosts.js";

/** @type {Record<string, string>} */
const looks = { "*": "strong", "**": "strong", "***": "strong", "_": "em", "__": "em", "___": "strong", "~": "s", "~~": "s", "||": "hidden" };
const signs = /(?:https?:\/\/|www\.|web\+hamraz:\/)\S+|\*+|_+|~+|\|\|+/giu; // an address keeps its own signs
const stops = ".,;:!?)]»،؛؟"; // of a sentence, behind an address
const most = 8; // signs at the end of an address that may end something
const wordSign = String.raw`(?![${unspaced}\p{Script=Hangul}])(?:[\p{L}\p{N}_\u200c]|${ofLetter})`; // where words have spaces
const wordBefore = new RegExp(String.raw`(?:${wordSign}|[\\/])$`, "u");
const wordAfter = new RegExp(`^${wordSign}`, "u");
const [partBefore, partAfter] = [/[\p{L}\p{N}]\.$/u, /^(?:\(|[.[][\p{L}\p{N}])/u]; // self.__dict__, __init__.py, __len__()
const [faceBefore, faceAfter] = [/[!#-&*+,./:;<=>?@\\^_`|}~-]$/u, /^[!-/:-@[-`{-~]/u]; // ^_^, -_-
const worded = /[^\s!-/:-@[-`{-~]/u; // *.* and *-* mark nothing

/** ends: it stands at the end of an address, and only ends what was begun before that.
 * @typedef {{text: string, sign?: string, code?: string, ends?: boolean}} Piece @typedef {{sign: string, at: number, said: number, worded: number}} Opened */

/** What stands between ticks, of which more may hold fewer; a tick in a word (it`s) is none.
 * @param {string} line @returns {{from: number, to: number, code: string}[]} */
function codesOf(line) {
  const ticks = [...line.matchAll(/`+/gu)];
  /** @type {number[][]} */
  const next = []; // of each: the first behind it that ends one tick, two and so on
  for (let at = ticks.length - 1, ends = Array(9).fill(-1); at >= 0; at -= 1) {
    const { 0: { length }, index } = ticks[at];
    next[at] = ends;
    if (length < ends.length && !/^[\p{L}\p{N}]/u.test(line.slice(index + length, index + length + 2))) {
      ends = [...ends];
      ends[length] = at;
    }
  }
  const codes = [];
  for (let at = 0; at < ticks.length; at += 1) {
    const { 0: { length }, index } = ticks[at];
    const end = next[at][length] ?? -1;
    if (end < 0 || /[\p{L}\p{N}]$/u.test(line.slice(Math.max(0, index - 2), index))) continue;
    const code = line.slice(index + length, ticks[end].index);
    if (!code.trim()) continue;
    codes.push({ from: index, to: ticks[end].index + length, code: code.replace(/^ (.*) $/u, "$1") });
    at = end;
  }
  return codes;
}

/** Where signs stand at the end of an address, and which, the first one first. @param {string} address */
function signsAtEnd(address) {
  /** @type {{at: number, sign: string}[]} */
  const found = [];
  for (let end = address.length; found.length < most; ) {
    while (end > 0 && stops.includes(address[end - 1])) end -= 1;
    let at = end;
    while (at > 0 && address[at - 1] === address[end - 1]) at -= 1;
    const sign = address.slice(at, end);
    if (!(sign in looks)) break;
    found.unshift({ at, sign });
    end = at;
  }
  return found;
}

/** A text without code, cut at the signs that may mark. @param {string} text @returns {Piece[]} */
function cutAtSigns(text) {
  /** @type {Piece[]} */
  const found = [];
  let from = 0;
  const take = (/** @type {number} */ at, /** @type {string} */ sign, isEnd = false) => {
    if (at > from) found.push({ text: text.slice(from, at) });
    found.push({ text: sign, sign, ends: isEnd });
    from = at + sign.length;
  };
  for (const { 0: whole, index } of text.matchAll(signs)) {
    if (whole in looks) take(index, whole);
    else for (const { at, sign } of signsAtEnd(whole)) take(index + at, sign, true);
  }
  if (from < text.length) found.push({ text: text.slice(from) });
  return found;
}

/** @param {string} line @returns {Piece[]} */
function piecesOf(line) {
  /** @type {Piece[]} */
  const found = [];
  let from = 0;
  for (const one of codesOf(line)) {
    found.push(...cutAtSigns(line.slice(from, one.from)), { text: line.slice(one.from, one.to), code: one.code });
    from = one.to;
  }
  found.push(...cutAtSigns(line.slice(from)));
  return found;
}

/** Whether a sign may begin what is marked. @param {string} sign @param {Piece | undefined} before @param {Piece | undefined} after */
function mayBegin(sign, before, after) {
  if (!after || /^\s/u.test(after.text)) return false;
  if (!before || before.sign) return true;
  if (sign[0] === "_" && partBefore.test(before.text)) return false;
  return !wordBefore.test(before.text) && !(faceBefore.test(before.text) && !after.sign && faceAfter.test(after.text));
}

/** Whether it may end it. @param {string} sign @param {Piece | undefined} before @param {Piece | undefined} after */
function mayEnd(sign, before, after) {
  if (!before || /\s$/u.test(before.text)) return false;
  return !after || after.sign !== undefined || (!wordAfter.test(after.text) && !(sign[0] === "_" && partAfter.test(after.text)));
}

/** Which piece ends what which piece begins, the outer ones whole around the inner ones. @param {Piece[]} found */
function pairsOf(found) {
  /** @type {Map<number, number>} */
  const pairs = new Map();
  /** @type {Opened[]} */
  let open = []; // each sign once at most
  let [said, words] = [0, 0]; // pieces so far that are no signs, and those with more than signs: nothing else is marked
  for (const [at, { sign, text, code, ends: isEnd }] of found.entries()) {
    if (!sign) {
      said += 1;
      words += Number(code !== undefined || worded.test(text));
      continue;
    }
    const [before, after] = [found[at - 1], found[at + 1]];
    const own = open.findIndex((one) => one.sign === sign);
    if (own >= 0) {
      const isBare = sign === "||" ? said === open[own].said : words === open[own].worded; // whatever is hidden stays hidden
      if (!mayEnd(sign, before, after)) continue;
      if (!isBare) pairs.set(open[own].at, at);
      open = open.slice(0, own);
    } else if (!isEnd && mayBegin(sign, before, after)) {
      open.push({ sign, at, said, worded: words });
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
        const inside = between(at + 1, end);
        spans.push({ kind: "mark", look: looks[sign ?? ""], spans: /^[*_]{3}$/u.test(sign ?? "") ? [{ kind: "mark", look: "em", spans: inside }] : inside });
        at = end;
      }
    }
    spans.push(...withLinks(text));
    return spans;
  }
  return between(0, found.length);
}
