// A calendar's pages, Gregorian or Jalali, by Intl: which days a month has, and on which weekdays. Pure; a day is its noon
// in ms by this computer's time zone, so that no summer time moves it into another day.

const day = 864e5;
/** @type {Record<string, number>} */
const weekBegins = { persian: 6, gregory: 1 }; // Saturday, Monday

/** The same day at this hour. @param {number} time @param {number} hour */
const atHour = (time, hour) => new Date(time).setHours(hour, 0, 0, 0);

export const noon = (/** @type {number} */ time) => atHour(time, 12);
export const midnight = (/** @type {number} */ time) => atHour(time, 0);

export const daysLater = (/** @type {number} */ time, /** @type {number} */ days) => noon(noon(time) + days * day);

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** {year, month, day} as numbers in this calendar. @param {number} time @param {string} calendar */
export function partsOf(time, calendar) {
  /** @type {Intl.DateTimeFormatOptions} */
  const options = { year: "numeric", month: "numeric", day: "numeric" };
  const format = formats.get(calendar) ?? new Intl.DateTimeFormat(`en-u-ca-${calendar}-nu-latn`, { ...options, timeZone: "UTC" });
  formats.set(calendar, format);
  const here = new Date(time); // where it is now, wherever the format was made
  const parts = format.formatToParts(Date.UTC(here.getFullYear(), here.getMonth(), here.getDate()));
  const part = (/** @type {string} */ name) => Number(parts.find(({ type }) => type === name)?.value);
  return { year: part("year"), month: part("month"), day: part("day") };
}

// The month around a day: {first, days: [noon], blanks: how many weekdays of its first week are another month's}.
export function monthOf(/** @type {number} */ time, /** @type {string} */ calendar) {
  const first = daysLater(time, 1 - partsOf(time, calendar).day);
  const { month } = partsOf(first, calendar);
  const days = [];
  for (let at = first; partsOf(at, calendar).month === month; at = daysLater(at, 1)) days.push(at);
  return { first, days, blanks: (new Date(first).getDay() - weekBegins[calendar] + 7) % 7 };
}

// The day in the month before (-1) or after (1) that has the same number, or the last one that there is.
export function monthsLater(/** @type {number} */ time, /** @type {number} */ by, /** @type {string} */ calendar) {
  const here = monthOf(time, calendar);
  const there = monthOf(by < 0 ? daysLater(here.first, -1) : daysLater(here.days[here.days.length - 1], 1), calendar);
  return there.days[Math.min(partsOf(time, calendar).day, there.days.length) - 1];
}
