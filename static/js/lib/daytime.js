// A time of the day as people type it: with whatever digits their keyboard has, with a colon, a point or nothing. Pure.

import { fold } from "./fold.js";

const form = /^(\d{1,2})(?:\s*[:.٫٬,]\s*(\d{1,2})|(\d{2}))?\s*(am|pm|قظ|بظ)?$/u;

/** Hours and minutes, or null for what is no time. @param {string} text @returns {[number, number] | null} */
export function daytimeOf(text) {
  const bare = fold(text).replace(/(?<=[apقبm])\.\s*(?=[mظ])|\.$/gu, "");
  const [found, hour, minute, joined, half] = form.exec(bare) ?? [];
  if (!found || (half && (Number(hour) > 12 || Number(hour) === 0))) return null;
  const isLate = half === "pm" || half === "بظ";
  const hours = half ? (Number(hour) % 12) + (isLate ? 12 : 0) : Number(hour);
  const minutes = Number(minute ?? joined ?? 0);
  return hours < 24 && minutes < 60 ? [hours, minutes] : null;
}
