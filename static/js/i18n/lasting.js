// How long something stays, as people say it.

import { t } from "./i18n.js";

const minute = 60, hour = 60 * minute, day = 24 * hour; // seconds
/** What can be chosen for a conversation, in seconds; 0: for good. */
export const choices = [0, day, 7 * day, 30 * day, 90 * day];

/** The largest unit that there is one of, and how many begin. @param {number} seconds @returns {["day" | "hour" | "minute", number]} */
function rough(seconds) {
  if (seconds > day - minute) return ["day", Math.ceil(seconds / day)];
  if (seconds > hour - minute) return ["hour", Math.ceil(seconds / hour)];
  return ["minute", Math.max(1, Math.ceil(seconds / minute))];
}

/** "a week", "30 days", "an hour". @param {number} seconds */
export function lasting(seconds) {
  const [unit, n] = rough(seconds);
  return { ready: unit === "day" && n === 7 ? t("fade.week") : t(`fade.many.${unit}`, { n }) };
}

/** The same where there is little room: "7d". @param {number} seconds */
export function lastingShort(seconds) {
  const [unit, n] = rough(seconds);
  return t(`fade.short.${unit}`, { n });
}
