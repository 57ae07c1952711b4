// The loaded part of one conversation: a window of messages in their order, with more of them perhaps on either side.
// Pure: takes a talk, gives a new one.

/** target: the message that is to be brought into view; each one is another object. @type {Page.Talk} */
export const emptyTalk = {
  messages: [],
  older: false,
  newer: false,
  asking: null,
  loaded: false,
  divider: null,
  target: null,
};

// More than this many are never held at once: the far end is let go and asked for again when it is scrolled to.
export const most = 600;

const place = (/** @type {Page.Message} */ message) => message.position ?? Infinity;

/** @param {Page.Message[]} messages */
const sorted = (messages) => [...messages].sort((a, b) => place(a) - place(b) || 0); // infinities differ by NaN

function merge(/** @type {Page.Message[]} */ old, /** @type {Page.Message[]} */ newer) {
  const byId = new Map(old.map((message) => [message.id, message]));
  for (const message of newer) byId.set(message.id, message);
  return sorted([...byId.values()]);
}

/** What isn't at the agent. @param {Page.Talk} talk */
export const unsentOf = ({ messages }) => messages.filter(({ order, accepted }) => order === null && !accepted);

// One message, new or changed. A new one beyond a window that isn't at the end stays out until it is scrolled to.
/** @param {Page.Talk} talk @param {Page.Message} message @returns {Page.Talk} */
export function putMessage(talk, message) {
  const known = talk.messages.find(({ id }) => id === message.id);
  if (known && place(known) === place(message))
    return { ...talk, messages: talk.messages.map((one) => (one === known ? message : one)) };
  const others = talk.messages.filter((one) => one !== known);
  const real = others.filter(({ order }) => order !== null);
  const isBeyond =
    (talk.newer && real.length && message.order !== null && place(message) > place(real[real.length - 1])) ||
    (talk.older && real.length && place(message) < place(real[0]));
  if (isBeyond) return known ? { ...talk, messages: others } : talk;
  const messages = sorted([...others, message]);
  return messages.length > most ? { ...talk, messages: messages.slice(-most), older: true } : { ...talk, messages };
}

// One page of history: "newest" and "around" begin the window anew (what is still on its way from here stays), the others
// lengthen it. A page around something says for both sides whether there is more.
/** @type {(talk: Page.Talk, page: Partial<Api.Page>, side: Page.Side) => Page.Talk} */
export function putPage(talk, { messages = [], more = false, older = true, newer = false }, side) {
  const bare = { ...talk, asking: null, early: [], gone: [], loaded: true };
  if (side === "newest" || side === "around") {
    const unsent = unsentOf(talk);
    const ends = side === "newest" ? { older: more, newer: false } : { older, newer };
    return { ...bare, messages: merge(unsent, messages), ...ends };
  }
  const all = merge(talk.messages, messages);
  const over = all.length > most;
  if (side === "older") return { ...bare, messages: all.slice(0, most), older: more, newer: talk.newer || over };
  return { ...bare, messages: all.slice(-most), newer: more, older: talk.older || over };
}

// Where "n new" stands: before the first unread message, or, where the agent doesn't say which that is, before the n-th
// last message that is somebody else's.
export function dividerFor(/** @type {Page.Message[]} */ messages, /** @type {Api.Conversation | undefined} */ conversation) {
  const { unread = 0, first_unread: from = null } = conversation ?? {};
  if (!unread) return null;
  const theirs = messages.filter(({ mine, kind }) => !mine && kind !== "system");
  const first = from === null ? theirs.at(-unread) ?? theirs[0] : theirs.find((message) => place(message) >= from);
  return first ? { id: first.id, n: unread } : null;
}

// The message that a target means: this one or, if it has gone, the next; or the first one not before a time.
export function targetOf(/** @type {Page.Message[]} */ messages, /** @type {Page.Sought} */ { order = 0, time, mark }) {
  const real = messages.filter((message) => message.order !== null);
  const isIt = (/** @type {Page.Message} */ message) =>
    time === undefined ? place(message) >= order : (message.time ?? -Infinity) >= time;
  const named = time === undefined ? real.find((message) => message.order === order) : undefined;
  const found = named ?? real.find(isIt) ?? real.at(-1);
  return found ? { id: found.id, mark: mark && found === named } : null; // another one isn't what was sought
}

/** @param {Page.Talk} talk */
export const newestPosition = (talk) => talk.messages.reduce((newest, { position }) => Math.max(newest, position ?? -1), -1);
export const oldestPosition = (/** @type {Page.Talk} */ talk) => talk.messages.find(({ order }) => order !== null)?.position ?? null;
