// What people are called on this page: as one calls them oneself, else as they call themselves, else by their user name,
// which calls of the agent take and which stands in the card. The agent holds back a display name that looks like somebody
// else's. Pure.

import { t } from "../i18n/i18n.js";

/** @typedef {{name: string, display_name?: string, nickname?: string}} Named */

/** @param {Named} person */
export const called = ({ name, display_name: own, nickname }) => nickname || own || name;

/** The same of whoever has this uid, known or not. @param {Page.People} people @param {string | null} uid */
export const nameOf = (people, uid) => called(people[uid ?? ""] ?? { name: t("person.unknown") });

/** All that somebody can be found by. @param {Named} person */
export const namesOf = ({ name, display_name: own, nickname }) => [nickname, own, name].flatMap((one) => one || []);

/** The private talk with somebody; the one with oneself is one's notes. @param {Named & {me?: boolean}} person */
export const talkWith = (person) => (person.me ? t("notes.title") : called(person));

/** Whether a message is a note to oneself, which nobody else has. @param {{chat: string, from: string, mine: boolean}} message */
export const isNote = ({ chat, from, mine }) => mine && chat === `p:${from}`;

/** A conversation's name: in private the other's. @param {Page.People} people @param {{name: string, uid?: string | null} | null | undefined} conversation */
export function titleOf(people, conversation) {
  const person = people[conversation?.uid ?? ""];
  return person ? talkWith(person) : conversation?.name ?? "";
}
