// What people are called on this page: as one calls them oneself, else as they call themselves, else by their user name,
// which calls of the agent take and which stands in the card. The agent holds back a display name that looks like somebody
// else's. Pure.

/** @typedef {{name: string, display_name?: string, nickname?: string}} Named */

/** @param {Named} person */
export const called = ({ name, display_name: own, nickname }) => nickname || own || name;

/** All that somebody can be found by. @param {Named} person */
export const namesOf = ({ name, display_name: own, nickname }) => [nickname, own, name].flatMap((one) => one || []);

/** A conversation's name: in private the other's. @param {Page.People} people @param {{name: string, uid?: string | null} | null | undefined} conversation */
export function titleOf(people, conversation) {
  const person = people[conversation?.uid ?? ""];
  return person ? called(person) : conversation?.name ?? "";
}
