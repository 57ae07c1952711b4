// What lies on a clipboard beside files, and what the browser keeps.

import { lasting, passing } from "../../../static/js/lib/kept.js";
import { areNames } from "../../../static/js/lib/pasted.js";
import { withoutBlanks } from "../../../static/js/lib/seen.js";
import { equal } from "../equal.js";

/** With a browser that keeps nothing, while this is done. @param {PropertyDescriptor} place @param {() => void} done */
function without(place, done) {
  const before = Object.getOwnPropertyDescriptors(globalThis);
  for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(globalThis, name, { configurable: true, ...place });
  try {
    done();
  } finally {
    for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(globalThis, name, before[name]);
  }
}
const refuse = () => {
  throw new DOMException("no", "SecurityError");
};

export const cases = {
  "what a file manager says of its files is nothing to be read": () => {
    const names = ["a b.pdf", "عکس.png"];
    for (const text of ["", "a b.pdf", "a b.pdf\rعکس.png", "/home/sara/a b.pdf\n/tmp/عکس.png", "C:\\Users\\sara\\a b.pdf", "file:///tmp/a%20b.pdf\r\n",
      "x-special/nautilus-clipboard\ncopy\nfile:///tmp/%D8%B9%DA%A9%D8%B3.png\n"]) equal([text, areNames(text, names)], [text, true]);
    for (const text of ["see a b.pdf", "a table\twith cells", "a b.pdf\nand more", "file:///tmp/%"]) equal([text, areNames(text, names)], [text, false]);
    equal(areNames("cafe\u0301.txt", ["caf\u00e9.txt"]), true);
  },
  "empty lines around it are no part of what is said": () => {
    equal(["\n \r\n  a\n\nb \r\n\t\n", "  a  ", "a", "\n\n"].map(withoutBlanks), ["  a\n\nb ", "  a  ", "a", ""]);
    const begun = performance.now();
    for (const text of [`a${" ".repeat(60_000)}b`, `${" \n".repeat(30_000)}b`, " ".repeat(60_000)]) withoutBlanks(text);
    equal(performance.now() - begun < 500, true);
  },
  "where the browser keeps nothing, the page does": () => {
    const full = { setItem: refuse, removeItem: () => null, getItem: () => "of before" };
    for (const place of [{ get: refuse }, { value: full }])
      without(place, () => {
        lasting.set("of a case", "a");
        passing.set("of a case", "b");
        equal([lasting.get("of a case"), passing.get("of a case")], ["a", "b"]);
        passing.set("of a case", null);
        equal(passing.get("of a case"), place.value ? "of before" : null);
        lasting.set("of a case", null);
      });
    lasting.set("of a case", "c");
    equal([lasting.get("of a case"), localStorage.getItem("of a case")], ["c", "c"]);
    lasting.set("of a case", null);
    equal([lasting.get("of a case"), localStorage.getItem("of a case")], [null, null]);
  },
};
