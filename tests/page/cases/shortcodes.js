// Names of emoji that are being typed, and what only looks like one.

import { codeAt, isSure } from "../../../static/js/lib/shortcodes.js";
import { equal } from "../equal.js";

const at = (text) => codeAt(text, text.length);

export const cases = {
  "at the beginning, behind a space or a bracket": () => {
    equal(at(":smi"), { from: 0, sought: "smi", ended: false });
    equal(at("well :thumbs_up:"), { from: 5, sought: "thumbs up", ended: true });
    equal(["😀:smi", "✌️:smi", "🇮🇷:smi"].map((text) => at(text)?.sought), ["smi", "smi", "smi"]);
    equal(at("(:خند"), { from: 1, sought: "خند", ended: false });
    equal(codeAt("a :hat b", 6), { from: 2, sought: "hat", ended: false });
  },
  "a letter or a number is one between two colons only": () =>
    equal([":100:", "so :-1:", ":x:", ":1st_place_medal:", ":100", ":x", ":-1"].map((text) => at(text)?.sought ?? null), ["100", "-1", "x", "1st place medal", null, null, null]),
  "what is none": () => equal(["12:30", "http://x", ":)", ":D", "a:bc", ":", "::ab", "at 5:pm", ": word", ":1st"].map(at), Array(10).fill(null)),
  "a Persian word behind a colon may be just a word": () => equal([isSure("smile"), isSure("سلام")], [true, false]),
};
