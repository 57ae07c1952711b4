// Why a message waits, where the authority shows what is older than it showed before, or what is false: in both languages.

import { setLanguage } from "../../../static/js/i18n/i18n.js";
import { whyItWaits } from "../../../static/js/kit/waiting.js";
import { equal } from "../equal.js";

const bare = (text) => text.replace(/[\u2066-\u2069\u200e\u200f]/g, "");

function said(language, why) {
  setLanguage(language, "own");
  return bare(whyItWaits({ why }, "sara"));
}

const named = ["stale_presence", "prekey_older", "wrong_answer"];

export const cases = {
  "an older place, an older key and a false answer are named, with the person": () => {
    for (const language of ["en", "fa"]) {
      const told = named.map((why) => said(language, why));
      equal(
        told.map((text) => text.includes("sara")),
        [true, true, true],
      );
      equal(new Set(told).size, 3);
      equal(told.includes(said(language, "away")), false);
    }
  },
  "nobody is there: one sentence for that": () => {
    equal(said("en", "away"), said("en", "authority_down"));
    equal(said("en", "away") === said("fa", "away"), false);
  },
};
