// Of which conversations one wants to be told: not of what is muted, for good or until a time, and of some only what names
// one. Pure.

/** @typedef {Pick<Api.Conversation, "muted" | "muted_until" | "mentions_only">} Quiet */

/** @param {Quiet} conversation @param {number} now */
export const isMuted = ({ muted, muted_until: until }, now) => muted && (until === null || until === undefined || until > now);

/** How many of the unread ones count for the window's title and sign, with those who wait to be let in; what is marked so
 * counts as one. @param {Api.Conversation} conversation @param {number} now */
export const counted = (conversation, now) =>
  isMuted(conversation, now) ? 0 : (conversation.group?.asks.length ?? 0)
    + ((conversation.mentions_only ? conversation.mentions : conversation.unread) || Number(conversation.marked_unread ?? false));

/** @param {Quiet} conversation @param {boolean} names whether it names one @param {number} now */
export const isTold = (conversation, names, now) => !isMuted(conversation, now) && (names || !conversation.mentions_only);
