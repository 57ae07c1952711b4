// What stands in a conversation, line by line: days, "n new", gaps and messages, with bubbles of one run joined together.
// Pure; takes messages, gives rows with a key each.

import { dayOf, daysAgo } from "../i18n/i18n.js";

const messageRun = 5 * 60 * 1000; // messages of one person within five minutes are one run

const spoken = (/** @type {Page.Message} */ { kind }) => kind === "text" || kind === "file" || kind === "unreadable";

const together = (/** @type {Page.Message | undefined} */ a, /** @type {Page.Message | undefined} */ b, /** @type {number | null} */ key) =>
  a &&
  b &&
  a.from === b.from &&
  spoken(a) &&
  spoken(b) &&
  a.kind === b.kind &&
  !b.gap &&
  !(key !== null && (a.time ?? 0) <= key && key < (b.time ?? 0)) &&
  Math.abs((b.time ?? 0) - (a.time ?? 0)) < messageRun &&
  daysAgo(a.time, b.time) === 0;

const shared = 24; // hex digits that the ids of what was sent together begin with

// A picture that shows nothing but itself, so that it can lie beside others.
const isBare = (/** @type {Page.Message} */ { kind, file, reply, edited, state, retracted, imported, unsure }) =>
  kind === "file" && Boolean(file?.preview && file.width && file.height) && !["failed", "stopped", "cancelled"].includes(file?.state ?? "") &&
  !reply && edited == null && state !== "failed" && !retracted && !imported && !unsure;

/** How many from here on were sent together and can be shown as one: 1 where it stands alone. @param {Page.Message[]} messages @param {number} at
 * @param {string | undefined} divided before which message something else stands @param {number | null} newKey */
function albumAt(messages, at, divided, newKey) {
  const first = messages[at];
  let end = at + 1;
  if (!isBare(first)) return 1;
  while (end < messages.length) {
    const next = messages[end];
    const isOne = next.id.slice(0, shared) === first.id.slice(0, shared) && isBare(next) && !next.text && next.id !== divided;
    if (!isOne || !together(messages[end - 1], next, newKey)) break;
    end += 1;
  }
  return end - at;
}

// newKey: the other's key has changed at this time (ms), which stands where it happened.
export function rowsOf(/** @type {Page.Talk} */ { messages: all, divider, older, newer }, /** @type {number | null} */ newKey = null) {
  const messages = newer ? all.filter(({ order }) => order !== null) : all; // what is being sent stands at the end
  /** @type {Page.Row[]} */
  const rows = [];
  const days = new Set(); // a clock that runs backwards brings a day twice
  let today = /** @type {number | null} */ (null); // the day of the message before; one without a time has its neighbour's
  let told = newKey === null || (older && messages.length > 0 && (messages[0].time ?? 0) > newKey);
  for (let index = 0, count = 1; index < messages.length; index += count) {
    count = albumAt(messages, index, divider?.id, newKey);
    const message = messages[index];
    const last = messages[index + count - 1];
    const before = messages[index - 1];
    const after = messages[index + count];
    const isDivided = divider?.id === message.id;
    const its = dayOf(message.time);
    if (its !== null && its !== today) {
      const day = `day ${its}`; // the same line whichever message it stands before
      rows.push({ kind: "day", key: days.has(day) ? `${day} ${message.id}` : day, time: message.time ?? 0 });
      days.add(day);
      today = its;
    }
    if (!told && newKey !== null && (message.time ?? 0) > newKey) {
      rows.push({ kind: "key", key: "key" });
      told = true;
    }
    if (isDivided) rows.push({ kind: "new", key: "new", n: divider.n });
    if (message.gap) rows.push({ kind: "gap", key: `gap ${message.id}` });
    const joined = Boolean(together(before, message, newKey)) && !isDivided;
    const followed = Boolean(together(last, after, newKey)) && divider?.id !== after?.id;
    const album = count > 1 ? messages.slice(index, index + count) : null;
    rows.push({ kind: "message", key: message.id, message, album, joined, followed });
  }
  if (!told) rows.push({ kind: "key", key: "key" });
  return rows;
}
