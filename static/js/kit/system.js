// What the group did, in words: who was added, removed and why, who joined, left or declined.

import { isSeen, list, t } from "../i18n/i18n.js";
import { lasting } from "../i18n/lasting.js";
import { nameOf } from "../state/names.js";

/** As the log has it, for what stands under Security details. @param {Page.People} people @param {string | null} uid */
export const userNameOf = (people, uid) => people[uid ?? ""]?.name ?? t("person.unknown");

// What was done to oneself, and that one has left, is said to oneself.
function keyOf(/** @type {Api.System} */ { what, reason: said, who, by }, /** @type {Page.People} */ people) {
  const reason = isSeen(said) && said; // of what nobody sees no sentence is made
  if (what === "left" && people[by]?.me) return "system.left.you";
  if (what === "removed" && who?.length === 1 && people[who[0]]?.me) return reason ? "system.removed.you" : "system.removed.you.bare";
  if (what === "removed" && !reason) return "system.removed.bare";
  if (what === "settings" && reason) return "system.settings.named";
  if (what === "lifetime" && said === "0") return "system.lifetime.off";
  return what === "policy" ? `system.policy.${reason}` : `system.${what}`;
}

export function systemText(/** @type {Api.System} */ system, /** @type {Page.People} */ people) {
  const who = list((system.who ?? []).map((uid) => nameOf(people, uid)));
  const key = keyOf(system, people);
  return t(key, { by: nameOf(people, system.by), who, why: system.what === "lifetime" ? lasting(Number(system.reason)) : system.reason ?? "" });
}

/** @type {Record<string, string>} */
export const systemIcon = {
  created: "group",
  added: "add-person",
  removed: "remove-person",
  left: "leave",
  joined: "add-person",
  declined: "close",
  settings: "edit",
  settings_refused: "warn",
  policy: "lock",
  lifetime: "timer",
  cut: "warn",
  wrong_history: "warn",
  unopened: "warn",
};
