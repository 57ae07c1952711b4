// How far each message of a thread is from the one that it begins with. Pure.

/** By order, of messages in the order of their conversation. @param {Pick<Api.Message, "order" | "reply">[]} messages @param {number} first @returns {Map<number | null, number>} */
export function depthsOf(messages, first) {
  /** @type {Map<number | null, number>} */
  const depths = new Map();
  for (const { order, reply } of messages) depths.set(order, order === first ? 0 : (depths.get(reply?.order ?? null) ?? 0) + 1);
  return depths;
}
