// What a person typed, cut into paragraphs, code, links and what keeps its own direction. Pure: gives data; the view makes
// text nodes of it.

import { runsOf } from "./runs.js";

// An address is http or https, has no white space, no control character and nothing that turns the direction.
const address =
  /https?:\/\/[^\s<>"`\u0000-\u0020\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/giu;
const longest = 2048; // characters of an address; browsers take more, people don't write them
const ends = ".,;:!?'\"»”’،؛؟…*_";
/** @type {Record<string, string>} */
const brackets = { ")": "(", "]": "[", "}": "{" };
const breaks = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/u;
// Control characters, and the two that turn every letter round (U+202D, U+202E), which nobody needs and liars like.
const controls = /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202d\u202e]/gu;
const fence = /^\s*```\s*([\w+#.-]{0,20})\s*$/u;

/** Without what ends the sentence, and without a bracket that was opened before the address. @param {string} found */
function trimmed(found) {
  /** @type {Record<string, number>} */
  const count = {};
  for (const sign of found) count[sign] = (count[sign] ?? 0) + 1;
  let end = found.length;
  for (; end > 0; end -= 1) {
    const last = found[end - 1];
    const open = brackets[last];
    if (open ? (count[open] ?? 0) >= count[last] : !ends.includes(last)) break;
    count[last] -= 1;
  }
  return found.slice(0, end);
}

// {href, host}: `host` only where the address is written with other letters than the name that is looked up, which are
// easily mistaken for one another (аррӏе.com is no apple.com).
function target(/** @type {string} */ text) {
  if (!URL.canParse(text)) return null;
  const { protocol, username, password, host, href } = new URL(text);
  // "http://bank@elsewhere" names one place and leads to another
  if ((protocol !== "http:" && protocol !== "https:") || username || password) return null;
  return { href, host: text.slice(protocol.length + 2).toLowerCase().startsWith(host) ? null : host };
}

function withLinks(/** @type {string} */ text) {
  const spans = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(address)) {
    const shown = found.length > longest ? "" : trimmed(found);
    const to = target(shown);
    if (to === null) continue;
    spans.push(...runsOf(text.slice(from, index)), { kind: "link", text: shown, ...to });
    from = index + shown.length;
  }
  spans.push(...runsOf(text.slice(from)));
  return spans;
}

export function spansOf(/** @type {string} */ line) {
  const spans = [];
  let from = 0;
  for (const { 0: whole, 1: code, index } of line.matchAll(/`([^`]+)`/gu)) {
    spans.push(...withLinks(line.slice(from, index)), { kind: "code", text: code });
    from = index + whole.length;
  }
  spans.push(...withLinks(line.slice(from)));
  return spans;
}

/** Blocks in order: {kind: "line", spans} and {kind: "code", text, language}. @param {string} text */
export function blocksOf(text) {
  const lines = text.replace(controls, "\ufffd").split(breaks);
  const closings = lines.flatMap((line, at) => (/^\s*```\s*$/u.test(line) ? [at] : []));
  const blocks = [];
  for (let at = 0; at < lines.length; at += 1) {
    while (closings.length && closings[0] <= at) closings.shift();
    const opened = closings.length ? fence.exec(lines[at]) : null;
    if (opened) {
      const end = closings[0];
      blocks.push({ kind: "code", language: opened[1], text: lines.slice(at + 1, end).join("\n") });
      at = end;
    } else {
      blocks.push({ kind: "line", spans: spansOf(lines[at]) });
    }
  }
  return blocks;
}

// The first so many lines and characters, and whether something was left off: a message can't fill the page by itself.
/** @param {string} text */
export function clipped(text, lines = 40, characters = 4000) {
  const parts = text.slice(0, characters).split(breaks);
  const short = parts.slice(0, lines).join("\n");
  return { text: short.length < text.length ? short : text, more: short.length < text.length };
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const pictures = /^[\p{Extended_Pictographic}\p{Emoji_Component}\s]+$/u;

/** One to three emoji and nothing else: shown large. @param {string} text */
export function isPicture(text) {
  if (text.length > 60 || !pictures.test(text) || /^[\d\s#*]+$/u.test(text)) return false;
  const parts = [...segmenter.segment(text.replace(/\s/gu, ""))];
  return (
    parts.length > 0 &&
    parts.length <= 3 &&
    parts.every(({ segment }) => /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(segment))
  );
}
