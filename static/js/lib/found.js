// What was found in a message, as its words say it: without the signs that mark, and with what is hidden hidden. The agent
// gives a piece of the text as it was typed, which may end within what is marked; so the lines that it stands in are read whole. Pure.

import { cut } from "./graphemes.js";
import { flat } from "./prose.js";

const [from, to] = ["\ue000", "\ue001"]; // where a hit begins and ends while marks are looked for
const before = 40; // characters before the first hit
const most = 200; // of all that is shown

const bare = (/** @type {string} */ text) => text.replace(/[\ue000\ue001]/gu, "");

/** Where the piece stands in the text: its beginning, and what of the parts is no more than "…". @param {string} text @param {[string, boolean][]} parts */
function placeOf(text, parts) {
  const said = parts.map(([part]) => part).join("");
  for (const [head, tail] of [[0, 0], [0, 1], [1, 0], [1, 1]]) {
    if ((head && !said.startsWith("…")) || (tail && !said.endsWith("…"))) continue;
    const at = text.indexOf(said.slice(head, said.length - tail));
    if (at >= 0) return { at, head, tail };
  }
  return null;
}

/** @param {string} text the message's @param {[string, boolean][]} parts as the agent found them @returns {[string, boolean][]} */
export function foundIn(text, parts) {
  const place = placeOf(text, parts);
  let [isLater, isOver] = [false, true]; // whether lines before it, and none behind it, are left out
  let marked = parts.map(([part, isHit]) => (isHit ? from + bare(part) + to : bare(part))).join("");
  if (place) {
    const { at, head, tail } = place;
    const end = at + parts.reduce((sum, [part]) => sum + part.length, 0) - head - tail;
    // what is hidden may have begun lines before
    const [first, last] = text.includes("||") ? [0, -1] : [text.lastIndexOf("\n", at - 1) + 1, text.indexOf("\n", end)];
    [isLater, isOver] = [at > 0 && first > 0, last < 0];
    marked = bare(text.slice(at ? first : 0, at)) + marked.slice(head, marked.length - tail) + bare(text.slice(end, last < 0 ? undefined : last));
  }
  const shown = flat(marked);
  const start = Math.max(0, shown.indexOf(from) - before);
  const space = start && shown.indexOf(" ", start);
  const begin = start && space > 0 && space < start + before ? space + 1 : start;
  const some = cut(shown.slice(begin), most);
  /** @type {[string, boolean][]} */
  const found = [];
  if (begin || isLater) found.push(["…", false]);
  for (const [at, piece] of some.split(from).entries()) {
    const [hit, rest] = at ? piece.split(to) : ["", piece];
    if (hit) found.push([hit, true]);
    if (rest) found.push([bare(rest), false]);
  }
  if (begin + most < shown.length || !isOver) found.push(["…", false]);
  return found;
}
