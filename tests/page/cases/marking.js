// What Ctrl + B and the like make of what is selected: | is the caret, < and > are around what is selected.

import { marking } from "../../../static/js/lib/marking.js";
import { equal } from "../equal.js";

function pressed(shown, sign) {
  const [first, last] = shown.includes("|") ? [shown.indexOf("|"), shown.indexOf("|")] : [shown.indexOf("<"), shown.indexOf(">") - 1];
  const value = shown.replace(/[<>|]/g, "");
  const { from, to, text, start, end } = marking(value, first, last, sign);
  const now = value.slice(0, from) + text + value.slice(to);
  return start === end ? `${now.slice(0, start)}|${now.slice(start)}` : `${now.slice(0, start)}<${now.slice(start, end)}>${now.slice(end)}`;
}
const all = (sign, pairs) => {
  for (const [before, behind] of pairs) equal([before, pressed(before, sign)], [before, behind]);
};

export const cases = {
  "it is put around the words, and taken off again, whether it is selected or not": () =>
    all("*", [
      ["a <b> c", "a *<b>* c"], ["|", "*|*"], ["a *|* b", "a | b"],
      ["a *<b>* c", "a <b> c"], ["a <*b*> c", "a <b> c"], ["a **<b>** c", "a <b> c"], ["<**b**>", "<b>"],
    ]),
  "spaces that were selected with them stay outside": () => all("*", [["a <b >c", "a *<b>* c"], ["a< b\n>c", "a *<b>*\nc"], ["a< >b", "a*< >*b"]]),
  "around others and inside others": () => {
    all("*", [["_<b>_", "_*<b>*_"], ["_*<b>*_", "_<b>_"], ["<_*b*_>", "_<b>_"], ["*_<b>_*", "_<b>_"], ["*a* <b> *c*", "*a* *<b>* *c*"]]);
    all("_", [["*_~<b>~_*", "*~<b>~*"]]);
    all("~", [["~a ~<b>", "~a ~~<b>~"]]);
  },
  "of several lines each is marked, as a mark ends with its line": () =>
    all("*", [["<a\n\n  b >c", "<*a*\n\n  *b*> c"], ["<*a*\nb>", "<*a*\n*b*>"], ["<*a*\n\n*b*>", "<a\n\nb>"]]),
};
