// A calendar's pages, in both calendars.

import { daysLater, midnight, monthOf, monthsLater, noon, partsOf } from "../../../static/js/lib/calendar.js";
import { equal } from "../equal.js";

const at = (year, month, day) => new Date(year, month - 1, day, 12).getTime();

export const cases = {
  "the first of Azar 1405 is the 22nd of November 2026": () =>
    equal(partsOf(at(2026, 11, 22), "persian"), { year: 1405, month: 9, day: 1 }),
  "a month has its days, and begins on its weekday": () => {
    const november = monthOf(at(2026, 11, 25), "gregory");
    equal([november.first, november.days.length, november.blanks], [at(2026, 11, 1), 30, 6]); // a Sunday, after Monday
    const azar = monthOf(at(2026, 11, 25), "persian");
    equal([azar.first, azar.days.length, azar.blanks], [at(2026, 11, 22), 30, 1]); // a Sunday, after Saturday
  },
  "Esfand has 29 days, in a leap year 30": () => {
    equal(monthOf(at(2026, 3, 1), "persian").days.length, 29);
    equal(monthOf(at(2025, 3, 1), "persian").days.length, 30);
    equal(monthOf(at(2024, 2, 1), "gregory").days.length, 29);
  },
  "months before and after, also around a new year and where a day is missing": () => {
    equal(monthsLater(at(2026, 1, 31), 1, "gregory"), at(2026, 2, 28));
    equal(monthsLater(at(2026, 1, 5), -1, "gregory"), at(2025, 12, 5));
    equal(partsOf(monthsLater(at(2026, 3, 22), -1, "persian"), "persian"), { year: 1404, month: 12, day: 2 });
  },
  "no summer time moves a day": () => {
    let time = at(2026, 1, 1);
    for (let step = 0; step < 400; step += 1) {
      equal(noon(time), time);
      equal(new Date(midnight(time)).getDate(), new Date(time).getDate());
      time = daysLater(time, 1);
    }
    equal(time, at(2027, 2, 5));
  },
};
