// Times of the day, as people type them.

import { daytimeOf } from "../../../static/js/lib/daytime.js";
import { equal } from "../equal.js";

const all = (...texts) => texts.map(daytimeOf);

export const cases = {
  "with any digits, and any sign between": () =>
    equal(all("07:30", "7:30", "0730", "7", " ۷:۳۰ ", "۰۷.۳۰", "٧:٣٠", "23:59", "0:05", "730"),
      [[7, 30], [7, 30], [7, 30], [7, 0], [7, 30], [7, 30], [7, 30], [23, 59], [0, 5], [7, 30]]),
  "halves of the day": () =>
    equal(all("7 pm", "7:30 p.m.", "12 am", "12:15PM", "۸ ب.ظ", "8:10 ق.ظ"), [[19, 0], [19, 30], [0, 0], [12, 15], [20, 0], [8, 10]]),
  "what is no time": () => equal(all("", "24:00", "7:60", "noon", "13 pm", "0 am", "7:30:10", "1:2:3", "-3"), Array(9).fill(null)),
};
