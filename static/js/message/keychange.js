// Somebody's key has changed, or their account has ended: what happened, what it means, one action.

import { html } from "../../vendor/preact.js";
import { showKeysInLog } from "../actions/identity_keys.js";
import { openChat } from "../actions/reading.js";
import { compare } from "../actions/safety.js";
import { t } from "../i18n/i18n.js";
import { icon } from "../kit/icons.js";
import { nameOf } from "../kit/system.js";

function what(/** @type {Api.Person} */ { revoked, new_key }, /** @type {Page.People} */ people) {
  const { why, entry, by } = new_key ?? { why: "own", entry: 0, by: "" };
  if (why === "admin") {
    return t(revoked ? "keychange.what.ended" : "keychange.what.admin", { by: nameOf(people, by), n: entry });
  }
  return t(why === "recovery" ? "keychange.what.recovery" : "keychange.what.own", { n: entry });
}

// [words, what a press does]: to whoever has the name now, if somebody has; else to where it can be read.
function action(/** @type {Api.Person} */ person, /** @type {Page.People} */ people) {
  if (!person.revoked) return [t("keychange.go"), () => compare(person.uid)];
  const next = Object.values(people).find(({ name, revoked }) => name === person.name && !revoked);
  return next ? [t("keychange.next"), () => openChat(`p:${next.uid}`)] : [t("keychange.log"), showKeysInLog];
}

export function KeyChange(/** @type {Page.Props} */ { person, people }) {
  const ended = person.revoked;
  const [words, press] = action(person, people);
  return html`
    <li class="notice" data-key-change=${person.new_key?.why}>
      <article class="card warn-card" aria-labelledby="key-title">
        <header><span class="notice-icon">${icon("key")}</span><h3 id="key-title">
          ${t(ended ? "keychange.title.ended" : "keychange.title", { name: person.name })}</h3></header>
        <dl class="why">
          <div><dt>${t("keychange.what")}</dt><dd>${what(person, people)}</dd></div>
          <div><dt>${t("keychange.means")}</dt>
            <dd>${t(ended ? "keychange.means.ended" : "keychange.means.text", { name: person.name })}</dd></div>
        </dl>
        <footer><button type="button" class="button primary" onClick=${press}>${words}</button></footer>
      </article></li>`;
}
