// How long something stays, in words.

import { setLanguage } from "../../../static/js/i18n/i18n.js";
import { choices, lasting, lastingShort } from "../../../static/js/i18n/lasting.js";
import { fades } from "../../../static/js/kit/fademark.js";
import { equal } from "../equal.js";

const said = (...seconds) => seconds.map((one) => lasting(one).ready);
const week = 604800;

export const cases = {
  "in the largest unit that there is one of"() {
    setLanguage("en", "own");
    equal(said(...choices.slice(1)), ["a day", "a week", "30 days", "90 days"]);
    equal(said(0, 1, 60, 61, 3600, 3601, 86399, 86400, 86401, 99999999), ["a minute", "a minute", "a minute", "2 minutes", "an hour", "2 hours", "a day", "a day", "2 days", "1,158 days"]);
    equal([60, 7200, week].map(lastingShort), ["1m", "2h", "7d"]);
    setLanguage("fa", "own");
    equal(said(...choices.slice(1)), ["یک روز", "یک هفته", "۳۰ روز", "۹۰ روز"]);
    equal([60, 7200, week].map(lastingShort), ["۱ دقیقه", "۲ ساعت", "۷ روز"]);
    setLanguage("en", "own");
  },
  "of a message what is left, or all of it before that has begun"() {
    equal(fades({ lifetime: null, goes: null }, 5), undefined);
    equal(fades({ lifetime: week, goes: null }, 5), "7d");
    equal(fades({ lifetime: week, goes: 7_200_005 }, 5), "2h");
    equal(fades({ lifetime: week, goes: 0 }, 5), "1m");
  },
};
