// Which letter a key means.

import { isOptionSign, letterOf } from "../../../static/js/lib/letter.js";
import { equal } from "../equal.js";

export const cases = {
  "the letter that is written on it, or what stands there on most": () =>
    equal([["k", "KeyK"], ["t", "KeyK"], ["ن", "KeyK"], ["˚", "KeyK"], ["л", "KeyK"]].map(([key, code]) => letterOf({ key, code })), ["K", "T", "K", "K", "K"]),
  "with Option a Mac's keys write signs": () => {
    const keys = [["@", true], ["ArrowUp", true], ["@", false], ["Dead", true]];
    equal(keys.map(([key, altKey]) => isOptionSign({ key, altKey }, "MacIntel")), [true, false, false, false]);
    equal(isOptionSign({ key: "2", altKey: true }, "Linux x86_64"), false);
  },
};
