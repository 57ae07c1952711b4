// People are found by whatever the keyboard gives, as messages are.

import { beginsSo, finds } from "../../../static/js/state/screen.js";
import { equal } from "../equal.js";

const same = [["علیرضا", "علی\u200cرضا"], ["علی رضا", "علی\u200cرضا"], ["علي\u200cرضا", "علی\u200cرضا"], ["رضا2", "رضا۲"], ["رضا٢", "رضا۲"], ["SARA", "sara"],
  ["محمد", "مُحَمَّد"], ["فاطمه", "فاطمة"], ["jose", "José"], ["ali", "\u202aali"],
  ["ışık", "IŞIK"], ["isik", "Işık"], ["lukasz", "Łukasz"], ["soren", "Søren"], ["strasse", "Straße"], ["οδοσ", "ΟΔΟΣ"], ["οδος", "ΟΔΟΣ"],
  ["o'brien", "O’Brien"], ["jean-luc", "Jean\u2011Luc"], ["علي", "علے"], ["رضا2", "رضا२"], ["عطیہ", "عطیه"], ["ﷲ", "الله"]];

export const cases = {
  "one name is found by all its spellings": () => {
    for (const [sought, name] of same) equal([sought, finds(name, sought), beginsSo({ name }, sought)], [sought, true, true]);
  },
  "and by a part of it, and nothing else": () => {
    equal([finds("علی\u200cرضا", "رضا"), beginsSo({ name: "علی\u200cرضا" }, "رضا"), finds("sara", "sarah"), finds("رضا۲", "رضا۳")], [true, false, false, false]);
  },
};
