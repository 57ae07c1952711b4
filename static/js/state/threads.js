// A message and what answers it: how that is called in `details`, and how far each is from the first. Pure.

const place = /^t:\d{1,15}$/u;

/** What stands in `details` while the answers to a message lie beside the talk. @param {number} order @returns {`t:${string}`} */
export const threadOf = (order) => `t:${order}`;

/** The order of the message whose answers lie there; null where something else does. @param {string | false} details */
export const threadIn = (details) => (details && place.test(details) ? Number(details.slice(2)) : null);

/** By order, of messages in the order of their conversation. @param {Pick<Api.Message, "order" | "reply">[]} messages @param {number} first @returns {Map<number | null, number>} */
export function depthsOf(messages, first) {
  /** @type {Map<number | null, number>} */
  const depths = new Map();
  for (const { order, reply } of messages) depths.set(order, order === first ? 0 : (depths.get(reply?.order ?? null) ?? 0) + 1);
  return depths;
}

/** Whose faces stand under a message that is answered: of those who are known here and aren't blocked. @param {Api.Answered | null | undefined} answered @param {Record<string, Api.Person>} people */
export const facesOf = (answered, people) => (answered?.from ?? []).flatMap((uid) => (people[uid] && !people[uid].blocked ? [people[uid]] : []));
