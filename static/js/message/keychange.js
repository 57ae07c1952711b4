// Somebody's key has changed, or their account has ended: what happened, what it means, one action.

import { html } from "../../vendor/preact.js";
import { showKeysInLog } from "../actions/identity_keys.js";
import { openChat } from "../actions/reading.js";
import { compare } from "../actions/safety.js";
import { t } from "../i18n/i18n.js";
import { called, nameOf } from "../state/names.js";
import { icon } from "../kit/icons.js";
import { securityDetails } from "../kit/securitydetails.js";
import { userNameOf } from "../kit/system.js";

/** In everyday words, and what stands in the log. @param {Api.Person} person @param {Page.People} people */
function what({ revoked, new_key: key }, people) {
  const { why, entry: n, by } = key ?? { why: "own", entry: 0, by: "" };
  const how = why !== "admin" ? why : revoked ? "ended" : "admin";
  const name = nameOf(people, by);
  return [t(`keychange.what.${how}`, { by: name }), t(`keychange.proof.${how}`, { by: userNameOf(people, by), n })];
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
  const [said, proof] = what(person, people);
  return html`
    <li class="notice" data-key-change=${person.new_key?.why}>
      <article class="card warn-card" aria-labelledby="key-title">
        <header><span class="notice-icon">${icon("key")}</span><h3 id="key-title">
          ${t(ended ? "keychange.title.ended" : "keychange.title", { name: called(person) })}</h3></header>
        <dl class="why">
          <div><dt>${t("keychange.what")}</dt><dd>${said}</dd></div>
          <div><dt>${t("keychange.means")}</dt>
            <dd>${t(ended ? "keychange.means.ended" : "keychange.means.text", { name: called(person) })}</dd></div>
        </dl>
        ${securityDetails(html`<p>${proof}</p>`)}
        <footer><button type="button" class="button primary" onClick=${press}>${words}</button></footer>
      </article></li>`;
}
