// Whom a name means, and who is offered while one types one. Pure.

import { fold } from "../lib/fold.js";
import { everybody } from "../lib/mentions.js";
import { inOrder } from "../i18n/i18n.js";
import { called } from "./names.js";
import { beginsSo, isCalled } from "./screen.js";

/** @type {WeakMap<Page.People, Map<string, Api.Person>>} */
const known = new WeakMap();

/** People by their folded names, as long as they are the same. @param {Page.People} people */
function byName(people) {
  const before = known.get(people);
  if (before) return before;
  const found = new Map(Object.values(people).filter(({ revoked }) => !revoked).map((person) => [fold(person.name), person]));
  known.set(people, found);
  return found;
}

/** The person of this user name, or undefined. @param {Page.People} people @param {string} name */
export const personCalled = (people, name) => byName(people).get(fold(name));

const most = 6;

/** Who is offered: of a group its members, and everybody to who may add; else whoever is here. `name` is what is written.
 * @param {Page.State} state @param {Page.Open} open @param {string} sought @param {string} all what everybody is called
 * @returns {{name: string, person: Api.Person | null}[]} */
export function offeredNames({ people }, { group }, sought, all) {
  const uids = group ? group.members.filter((one) => one.state === "joined").map(({ uid }) => uid) : Object.keys(people);
  const found = uids
    .flatMap((uid) => people[uid] ?? [])
    .filter((one) => !one.me && !one.revoked && !one.blocked && (!sought || isCalled(one, sought)))
    .sort((a, b) => Number(beginsSo(b, sought)) - Number(beginsSo(a, sought)) || Number(b.contact) - Number(a.contact) || inOrder(called(a), called(b)))
    .slice(0, most)
    .map((person) => ({ name: person.name, person }));
  const isAll = group?.may_add && everybody.some((one) => one.startsWith(fold(sought)));
  return isAll ? [{ name: all, person: null }, ...found] : found;
}
