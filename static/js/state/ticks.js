// Whom one can choose from a list with ticks, and what one press on "everybody" chooses. Pure.

import { inOrder } from "../i18n/i18n.js";
import { called } from "./names.js";
import { beginsSo, isCalled } from "./screen.js";

/** Everybody who can be asked into a group, by name; `left`: who is in it already. @param {Page.State} state @param {string[]} left */
export function toTick(state, left) {
  const out = new Set(left);
  return Object.values(state.people)
    .filter(({ uid, me, revoked, blocked }) => !me && !revoked && !blocked && !out.has(uid))
    .sort((a, b) => inOrder(called(a), called(b)));
}

/** Those whose names have these letters, who begin with them first. @param {Api.Person[]} people @param {string} text */
export function foundOf(people, text) {
  if (!text.trim()) return people;
  const found = people.filter((person) => isCalled(person, text));
  const first = new Set(found.filter((person) => beginsSo(person, text)));
  return [...first, ...found.filter((one) => !first.has(one))];
}

/** How many of those who are shown are chosen. @param {string[]} uids @param {string[]} shown @returns {"all" | "some" | "none"} */
export function share(uids, shown) {
  const chosen = new Set(uids);
  const n = shown.filter((uid) => chosen.has(uid)).length;
  return n === 0 ? "none" : n === shown.length ? "all" : "some";
}

/** All of those who are shown besides, or, if all are chosen, none of them. @param {string[]} uids @param {string[]} shown */
export function tickAll(uids, shown) {
  if (share(uids, shown) !== "all") return [...new Set([...uids, ...shown])];
  const away = new Set(shown);
  return uids.filter((uid) => !away.has(uid));
}

/** @param {string[]} uids @param {string} uid */
export const tick = (uids, uid) => (uids.includes(uid) ? uids.filter((one) => one !== uid) : [...uids, uid]);
