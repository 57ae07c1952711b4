// Who waits to be let into one's groups: whom one didn't know of yet, and how it is said. Pure.

import { t } from "../i18n/i18n.js";
import { nameOf } from "./names.js";

/** Whom the agent has just told of. @param {Api.Conversation | undefined} before @param {Api.Conversation} conversation @returns {string[]} their uids */
export function freshAsks(before, { group }) {
  const known = new Set(before?.group?.asks.map(({ uid }) => uid));
  return (group?.asks ?? []).flatMap(({ uid }) => (known.has(uid) ? [] : uid));
}

/** "Sara wants to join". @param {Page.People} people @param {string[]} uids */
export const asksSaid = (people, uids) =>
  t("asks.bar", { n: uids.length, name: nameOf(people, uids[0]) });
