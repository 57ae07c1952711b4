// Code, cut where its parts begin and end: words of the language, texts, numbers, remarks. It is read and not understood: what
// can't be told apart at sight is left as it is. Pure: gives data, of which the view makes text nodes.

import { keyOf, languages } from "./languages.js";

/** @typedef {{look: "word" | "type" | "text" | "number" | "remark" | "call" | "name" | "mark" | null, text: string}} Part */

const most = 20_000; // characters; what is behind them has no colours

const number = String.raw`(?<![\w$])(?:0[xXbBoO][\da-fA-F_]+n?|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?[a-zA-Z%]{0,3})`;
const word = String.raw`[\p{L}_$][\p{L}\p{N}_$]*`;

/** @type {Map<string, RegExp>} */
const patterns = new Map();

/** One expression for all parts of a language, by name. @param {string} key */
function patternOf(key) {
  const known = patterns.get(key);
  if (known) return known;
  const { remark, text, more = {} } = languages[key];
  const parts = { remark, text, ...more, number, word };
  const of = Object.entries(parts).flatMap(([name, source]) => (source ? [`(?<${name}>${source})`] : []));
  const pattern = new RegExp(of.join("|"), "gu");
  patterns.set(key, pattern);
  return pattern;
}

/** Puts parts one behind the other; neighbours that look alike become one. */
class Parts {
  /** @type {Part[]} */
  found = [];

  /** @param {Part["look"]} look @param {string} text */
  add(look, text) {
    const last = this.found.at(-1);
    if (!text) return;
    if (last?.look === look) last.text += text;
    else this.found.push({ look, text });
  }
}

/** @param {string} code @param {string} key */
function ofWords(code, key) {
  const { words, types, any } = languages[key];
  const parts = new Parts();
  let from = 0;
  for (const { groups = {}, 0: whole, index } of code.matchAll(patternOf(key))) {
    parts.add(null, code.slice(from, index));
    from = index + whole.length;
    const look = /** @type {Part["look"]} */ (Object.keys(groups).find((name) => groups[name] !== undefined && name !== "word"));
    const same = any ? whole.toLowerCase() : whole;
    if (look) parts.add(look === "text" && key === "json" && /^\s*:/u.test(code.slice(from, from + 9)) ? "name" : look, whole);
    else if (words.has(same)) parts.add("word", whole);
    else if (types.has(same)) parts.add("type", whole);
    else parts.add(code[from] === "(" ? "call" : null, whole);
  }
  parts.add(null, code.slice(from));
  return parts.found;
}

const css = /(?<remark>\/\*[\s\S]*?(?:\*\/|$))|(?<text>"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)|(?<word>@[\w-]+|!important)|(?<brace>[{};])|(?<name>--[\w-]+|[a-zA-Z-]+(?=\s*:))|(?<number>(?<![\w-])#[\da-fA-F]{3,8}\b|(?<![\w-])-?\d*\.?\d+[a-zA-Z%]{0,5})|(?<call>[a-zA-Z-]+(?=\())|[\w-]+/gu;

/** What stands before a colon is a property inside braces, and elsewhere part of who is meant. @param {string} code */
function ofCss(code) {
  const parts = new Parts();
  let [from, depth] = [0, 0];
  for (const { groups = {}, 0: whole, index } of code.matchAll(css)) {
    parts.add(null, code.slice(from, index));
    from = index + whole.length;
    const look = Object.keys(groups).find((name) => groups[name] !== undefined);
    if (whole === "{") depth += 1;
    if (whole === "}") depth = Math.max(0, depth - 1);
    const isPlain = look === undefined || look === "brace" || (look === "number" && whole.startsWith("#") && !depth);
    if (look === "name" && !depth) parts.add("type", whole);
    else if (isPlain) parts.add(look === "brace" || depth ? null : "type", whole);
    else parts.add(/** @type {Part["look"]} */ (look), whole);
  }
  parts.add(null, code.slice(from));
  return parts.found;
}

const html = /(?<remark><!--[\s\S]*?(?:-->|$))|(?<mark><!?\/?[a-zA-Z][\w:-]*|\/?>)|(?<text>"[^"]*"?|'[^']*'?)|(?<name>[a-zA-Z_:@][\w:.-]*)|(?<number>&#?\w+;)/gu;

/** Attributes and texts are some only inside a tag; what stands in a script or a style is of its own language. @param {string} code */
function ofHtml(code) {
  const parts = new Parts();
  let [from, isInside] = [0, false];
  let tag = "";
  html.lastIndex = 0;
  for (let found = html.exec(code); found; found = html.exec(code)) {
    const { groups = {}, 0: whole, index } = found;
    parts.add(null, code.slice(from, index));
    from = index + whole.length;
    if (groups.mark) {
      parts.add("mark", whole);
      if (whole.startsWith("<")) tag = whole.slice(1).toLowerCase();
      const isEnd = whole.endsWith(">");
      isInside = !isEnd;
      if (isEnd && (tag === "script" || tag === "style") && whole === ">") {
        const rest = code.slice(from);
        const end = rest.search(new RegExp(`</${tag}`, "iu"));
        const inner = end < 0 ? rest : rest.slice(0, end);
        for (const one of tag === "style" ? ofCss(inner) : ofWords(inner, "javascript")) parts.add(one.look, one.text);
        from += inner.length;
        html.lastIndex = from;
      }
    } else if (groups.remark || groups.number) parts.add(groups.remark ? "remark" : "number", whole);
    else parts.add(isInside ? (groups.text ? "text" : "name") : null, whole);
  }
  parts.add(null, code.slice(from));
  return parts.found;
}

/** The parts of a code in the language that it is said to be in; put together they are the code. @param {string} code @param {string} called @returns {Part[]} */
export function partsOf(code, called) {
  const key = keyOf(called);
  if (key === null) return [{ look: null, text: code }];
  const begun = code.slice(0, most);
  const parts = key === "html" ? ofHtml(begun) : key === "css" ? ofCss(begun) : ofWords(begun, key);
  return code.length > most ? [...parts, { look: null, text: code.slice(most) }] : parts;
}
