// The page’s words in English: the list, search, the calendar, what waits, settings and the keyboard.

export default {
  "keys.date": "Jump to a date",
  "date.before": "The month before",
  "date.after": "The month after",
  "date.hint": "The talk turns to the first message of that day, or the next one after it.",
};
