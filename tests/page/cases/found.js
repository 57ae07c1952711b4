// What a search shows of a message: its words, the hits marked, no signs, and nothing that is hidden.

import { foundIn } from "../../../static/js/lib/found.js";
import { equal } from "../equal.js";

/** A text with [hits], as the agent gives it: from the first hit's 40th character before it, 200 in all. */
function found(text, { from = 0, to = Infinity } = {}) {
  const raw = text.replace(/[[\]]/gu, "");
  const parts = text.slice(from, to).split(/(\[[^\]]*\])/u).filter(Boolean)
    .map((part) => (part.startsWith("[") ? [part.slice(1, -1), true] : [part, false]));
  if (from) parts.unshift(["…", false]);
  if (to < text.length) parts.push(["…", false]);
  return foundIn(raw, parts).map(([part, isHit]) => (isHit ? `[${part}]` : part)).join("");
}

export const cases = {
  "signs are not shown, what they mark is": () => {
    equal(found("the **[bold]** word and _[more]_ of it"), "the [bold] word and [more] of it");
    equal(found("**[whole] line**"), "[whole] line");
    equal(found("a [snake]_case and 2*3*[4]"), "a [snake]_case and 2*3*[4]");
    equal(found("سلام *[دوست]* من"), "سلام [دوست] من");
  },
  "what is hidden stays hidden, also where the piece begins or ends in it": () => {
    equal(found("it is ||the [butler]|| again"), "it is ▒▒▒▒ again");
    equal(found("before ||the long secret|| and the [word]", { from: 12 }), "before ▒▒▒▒ and the [word]");
    equal(found("the [word] and ||the long secret|| after", { to: 22 }), "the [word] and ▒▒▒▒ after");
    equal(found("||one\nthe [butler]\nthree|| it was", { from: 6, to: 18 }), "▒▒▒▒ ▒▒▒▒ ▒▒▒▒ it was");
  },
  "lines stand side by side, and only those that the piece is in": () => {
    equal(found("nothing here\nthe [word]\n- an item", { from: 13, to: 23 }), "…the [word]…");
    equal(found("one **[two]**\n- three"), "one [two] • three");
  },
  "a long one is cut around its first hit": () => {
    const shown = found(`${"many *words* ".repeat(30)}and the [hit] ${"and more ".repeat(60)}`, { from: 360 });
    equal(shown.startsWith("…"), true);
    equal(shown.endsWith("…"), true);
    equal(shown.includes("*"), false);
    equal(shown.indexOf("[hit]") < 45, true);
    equal(shown.length < 210, true);
  },
  "a file's name is a part of it, and what isn't the message's text is shown as it is": () => {
    equal(foundIn("trip landscape.jpg", [["trip ", false], ["landscape", true], [".jpg", false]]).map(([part]) => part).join(""), "trip landscape.jpg");
    equal(foundIn("other words", [["a ", false], ["*hit*", true]]), [["a ", false], ["hit", true]]);
    equal(foundIn("", []), []);
  },
};
