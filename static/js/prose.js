// What a person typed, cut into paragraphs, code and links. Pure: gives data; the view makes text nodes of it.

// An address is http or https, has no white space, no control character and nothing that turns the direction.
const address = /https?:\/\/[^\s<>"`\u0000-\u0020\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/giu;
const tail = /[.,;:!?'"»”’،؛؟…*_]+$/u;
const breaks = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/u;
const controls = /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f]/gu;
const fence = /^\s*```\s*([\w+#.-]{0,20})\s*$/u;

function trimmed(found) {
  let text = found;
  for (;;) {
    const cut = text.replace(tail, "");
    const last = cut.at(-1);
    const open = { ")": "(", "]": "[", "}": "{" }[last];
    const even = !open || cut.split(open).length >= cut.split(last).length;
    if (cut === text && even) return text;
    text = even ? cut : cut.slice(0, -1);
  }
}

function href(text) {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  // "http://bank@elsewhere" names one place and leads to another
  return (url.protocol === "http:" || url.protocol === "https:") && !url.username && !url.password ? url.href : null;
}

function withLinks(text) {
  const spans = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(address)) {
    const shown = trimmed(found);
    const to = href(shown);
    if (to === null) continue;
    if (index > from) spans.push({ kind: "text", text: text.slice(from, index) });
    spans.push({ kind: "link", text: shown, href: to });
    from = index + shown.length;
  }
  if (from < text.length) spans.push({ kind: "text", text: text.slice(from) });
  return spans;
}

export function spansOf(line) {
  const spans = [];
  let from = 0;
  for (const { 0: whole, 1: code, index } of line.matchAll(/`([^`]+)`/gu)) {
    spans.push(...withLinks(line.slice(from, index)), { kind: "code", text: code });
    from = index + whole.length;
  }
  spans.push(...withLinks(line.slice(from)));
  return spans;
}

// Blocks in order: {kind: "line", spans} and {kind: "code", text, language}.
export function blocksOf(text) {
  const lines = text.replace(controls, "\ufffd").split(breaks);
  const blocks = [];
  for (let i = 0; i < lines.length; i += 1) {
    const opened = fence.exec(lines[i]);
    const end = opened ? lines.findIndex((line, at) => at > i && /^\s*```\s*$/u.test(line)) : -1;
    if (end > i) {
      blocks.push({ kind: "code", language: opened[1], text: lines.slice(i + 1, end).join("\n") });
      i = end;
    } else {
      blocks.push({ kind: "line", spans: spansOf(lines[i]) });
    }
  }
  return blocks;
}

// The first so many lines and characters, and whether something was left off: a message can't fill the page by itself.
export function clipped(text, lines = 40, characters = 4000) {
  const parts = text.slice(0, characters).split(breaks);
  const short = parts.slice(0, lines).join("\n");
  return { text: short.length < text.length ? short : text, more: short.length < text.length };
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const pictures = /^[\p{Extended_Pictographic}\p{Emoji_Component}\s]+$/u;

// One to three emoji and nothing else: shown large.
export function isPicture(text) {
  if (text.length > 60 || !pictures.test(text) || /^[\d\s#*]+$/u.test(text)) return false;
  const parts = [...segmenter.segment(text.replace(/\s/gu, ""))];
  return parts.length > 0 && parts.length <= 3 && parts.every(({ segment }) => /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(segment));
}
