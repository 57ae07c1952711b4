// Somebody's key has changed: what happened, what it means, one action.

import { html } from "../../vendor/preact.js";
import { compare } from "../actions/safety.js";
import { t } from "../i18n.js";
import { icon } from "./marks.js";
import { nameOf } from "./system.js";

function what({ why, entry, by }, people) {
  if (why === "admin") return t("keychange.what.admin", { by: nameOf(people, by), n: entry });
  return t(why === "recovery" ? "keychange.what.recovery" : "keychange.what.backup", { n: entry });
}

export const KeyChange = ({ person, people }) => html`
  <li class="notice" data-key-change><article class="card warn-card" aria-labelledby="key-title">
    <header><span class="notice-icon">${icon("key")}</span><h3 id="key-title">
      ${t("keychange.title", { name: person.name })}</h3></header>
    <dl class="why">
      <div><dt>${t("keychange.what")}</dt><dd>${what(person.new_key, people)}</dd></div>
      <div><dt>${t("keychange.means")}</dt><dd>${t("keychange.means.text")}</dd></div>
    </dl>
    <footer><button type="button" class="button primary" onClick=${() => compare(person.uid)}>
      ${t("keychange.go")}</button></footer>
  </article></li>`;
