// Whether somebody is here, in words; and what that means for a message to them.

import { brief, daysAgo, t } from "../i18n/i18n.js";

export function presenceWord(/** @type {Api.Person} */ person, /** @type {number} */ now) {
  if (person.blocked) return t("blocked.chip");
  if (person.online === null) return t("presence.unknown");
  if (person.online) return t("presence.online");
  if (person.since === null) return t("presence.away_word");
  const days = daysAgo(person.since, now);
  return days > 1
    ? t("presence.days", { n: days })
    : t("presence.away_short", { time: { ready: brief(person.since, now) } });
}

export function presenceLine(/** @type {Api.Person} */ person, /** @type {boolean} */ isUp, /** @type {number} */ now) {
  if (person.revoked) return t("person.revoked");
  if (person.blocked) return t("blocked.chip");
  if (person.online === null) return t("presence.unknown");
  if (person.online) return t("presence.direct");
  if (person.since === null) return t("presence.away");
  return t(isUp ? "presence.away_since" : "presence.away_direct", { time: { ready: brief(person.since, now) } });
}
