// Over what somebody passes on: who is said to have written it, which leads to that person where there is one.

import { html } from "../../vendor/preact.js";
import { showPerson } from "../actions/reading.js";
import { getState } from "../core/store.js";
import { t } from "../i18n/i18n.js";
import { icon } from "../kit/icons.js";
import { called } from "../state/names.js";
import { personNamed } from "../state/screen.js";

export function Forwarded(/** @type {Page.Props} */ { name }) {
  const person = personNamed(getState(), name);
  const words = t("forward.from", { name: person ? called(person) : name });
  return html`<p class="forwarded" title=${t("forward.from.hint")}><span class="flip-icon">${icon("pass-on")}</span>
    ${person ? html`<button type="button" class="plain" data-author=${person.uid} onClick=${() => showPerson(person.uid)}>${words}</button>` : html`<span>${words}</span>`}</p>`;
}
