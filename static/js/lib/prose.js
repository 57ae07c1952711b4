// What a person typed, cut into paragraphs, quotes, lists and code. Pure: gives data; the view makes text nodes of it.

import { cut, graphemesOf } from "./graphemes.js";
import { beginning, hideOn } from "./hidden.js";
import { spansOf } from "./marks.js";
import { numerals } from "./numerals.js";

const breaks = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/u;
// Control characters, and the two that turn every letter round (U+202D, U+202E), which nobody needs and liars like.
const controls = /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202d\u202e]/gu;
const opening = /^\s*(`{3,8})(?!`)\s*([^`]*)$/u;
const language = /^[\w+#.-]{0,20}$/u;

const turns = String.raw`[\u200e\u200f\u061c\u2066-\u2069]*`; // of the direction, as some keyboards put them first
const item = new RegExp(String.raw`^${turns}(\s{0,8})([-*•]|[${numerals}]{1,3}[.)])\s+(?=\S)(.*)$`, "u");
// Not a face (>_<, >:(), what is more than something (>100), or a prompt (>>>).
const quoted = new RegExp(String.raw`^${turns}>(?=\s|$|>\s|(?!\p{L}<)[*_~\u0060|«"'(@#]{0,2}\p{L})\s?`, "u");

/** @typedef {{kind: "line" | "quoted", spans: any[]}} Line @typedef {{kind: "code", language: string, text: string}} Code */
/** @typedef {{kind: "item", mark: string, depth: number, spans: any[]}} Item @typedef {Line | Item | Code} Entry */
/** @typedef {{kind: "quote", lines: Line[]}} QuoteBlock @typedef {{kind: "list", items: Item[]}} List */
/** @typedef {Line | Code | QuoteBlock | List} Block */

/** How many ticks end code at the end of this line; none if code within the line ends there. @param {string} line */
function closing(line) {
  const ticks = /(`{3,})\s*$/u.exec(line);
  return ticks && !line.slice(0, ticks.index).includes("```") ? ticks[1].length : 0;
}

/** Code that begins in a line, which may have the first of it, and the line in which it ends; that may have the last.
 * @param {string[]} lines @param {number[]} ends ticks that end code, of each line @param {number} at @param {number[]} last of each number of ticks the last line that ends code */
function codeAt(lines, ends, at, last) {
  const [, { length }, said] = opening.exec(lines[at]) ?? [null, "", ""];
  if (!length || (last[length] ?? -1) <= at) return null;
  let end = at + 1;
  while (ends[end] < length) end += 1;
  const first = said.trimEnd();
  const isNamed = language.test(first);
  const final = lines[end].replace(/`+\s*$/u, "");
  const code = [...(isNamed ? [] : [first]), ...lines.slice(at + 1, end), ...(final.trim() ? [final] : [])];
  return { end, language: isNamed ? first : "", text: code.join("\n") };
}

/** What the lines are, one by one as they are asked for. Of a line no more is looked at than `most` characters.
 * @param {string} text @returns {Generator<Entry>} */
function* entriesOf(text, most = Infinity) {
  const lines = text.replace(controls, "\ufffd").split(breaks);
  const ends = lines.map(closing);
  /** @type {number[]} */
  const last = [];
  for (const [at, ticks] of ends.entries()) for (let less = 3; less <= Math.min(ticks, 8); less += 1) last[less] = at;
  for (let at = 0; at < lines.length; at += 1) {
    const code = codeAt(lines, ends, at, last);
    if (code) {
      yield { kind: "code", language: code.language, text: code.text };
      at = code.end;
      continue;
    }
    hideOn(lines, at, (line) => opening.test(line));
    const line = beginning(lines[at], most);
    const [, indent, mark, words] = item.exec(line) ?? [];
    if (mark) {
      const depth = Math.min(2, indent.length >> 1);
      yield { kind: "item", mark: /[-*•]/u.test(mark) ? "•" : mark, depth, spans: spansOf(words) };
    } else {
      yield { kind: quoted.test(line) ? "quoted" : "line", spans: spansOf(line.replace(quoted, "")) };
    }
  }
}

/** Quoted lines together, and items. @param {Iterable<Entry>} entries @returns {Block[]} */
function grouped(entries) {
  /** @type {Block[]} */
  const blocks = [];
  for (const entry of entries) {
    const last = blocks.at(-1);
    if (entry.kind === "item") {
      if (last?.kind === "list") last.items.push(entry);
      else blocks.push({ kind: "list", items: [entry] });
    } else if (entry.kind === "quoted") {
      if (last?.kind === "quote") last.lines.push(entry);
      else blocks.push({ kind: "quote", lines: [entry] });
    } else blocks.push(entry);
  }
  return blocks;
}

/** Blocks in order: lines, code between fences, quotes (`> `), lists (`- `, `1. `). @param {string} text */
export const blocksOf = (text) => grouped(entriesOf(text));

const hidden = "▒▒▒▒";

/** What spans say, without their marks; what is hidden stays so. @param {any[]} spans @returns {string} */
const said = (spans) =>
  spans.map((span) => (span.look === "hidden" ? hidden : span.kind === "mark" ? said(span.spans) : span.text)).join("");

/** What a text says on one line. @param {string} text */
export const flat = (text) =>
  [...entriesOf(text)]
    .map((entry) => (entry.kind === "code" ? entry.text : (entry.kind === "item" ? `${entry.mark} ` : "") + said(entry.spans)))
    .join(" ");

/** How much of it a message shows at first. */
class Room {
  /** @param {number} lines @param {number} characters */
  constructor(lines, characters) {
    this.lines = lines;
    this.characters = characters;
    this.more = false;
  }

  /** Whether another line begins. */
  line() {
    this.lines -= 1;
    if (this.lines < 0 || this.characters <= 0) this.more = true;
    return !this.more;
  }

  /** As much of a text as there is room for. @param {string} text */
  text(text) {
    const taken = cut(text, Math.max(0, this.characters));
    this.characters -= text.length;
    if (taken.length < text.length) this.more = true;
    return taken;
  }

  /** As many of the spans. A link is there whole or not at all. @param {any[]} spans @returns {any[]} */
  spans(spans) {
    /** @type {any[]} */
    const taken = [];
    for (const span of spans) {
      if (this.characters <= 0) this.more = true;
      if (this.more) break;
      if (span.kind === "mark") taken.push({ ...span, spans: this.spans(span.spans) });
      else if (span.kind !== "link") taken.push({ ...span, text: this.text(span.text) });
      else if (this.text(span.text) === span.text) taken.push(span);
    }
    return taken;
  }
}

// The first so many lines and characters, and whether something was left off: a message can't fill the page by itself.
// It is cut after it was understood, so no mark, link or fence means something else by it.
/** @param {string} text @returns {{blocks: Block[], more: boolean}} */
export function clipped(text, lines = 40, characters = 4000) {
  const room = new Room(lines, characters);
  /** @type {Entry[]} */
  const kept = [];
  for (const entry of entriesOf(text, 3 * characters)) {
    if (entry.kind === "code") {
      const some = entry.text.split("\n").flatMap((line) => (room.line() ? [room.text(line)] : []));
      if (some.length) kept.push({ ...entry, text: some.join("\n") });
    } else if (room.line()) kept.push({ ...entry, spans: room.spans(entry.spans) });
    if (room.more) break;
  }
  return { blocks: grouped(kept), more: room.more };
}

const pictures = /^[\p{Extended_Pictographic}\p{Emoji_Component}\s]+$/u;

/** One to three emoji and nothing else: shown large. @param {string} text */
export function isPicture(text) {
  if (text.length > 60 || !pictures.test(text) || /^[\d\s#*]+$/u.test(text)) return false;
  const parts = graphemesOf(text.replace(/\s/gu, ""));
  return (
    parts.length > 0 &&
    parts.length <= 3 &&
    parts.every((part) => /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(part))
  );
}
