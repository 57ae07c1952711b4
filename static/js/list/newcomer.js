// Who is there for somebody who has no conversation yet: those who are here now first.

import { html } from "../../vendor/preact.js";
import { goTo, openChat } from "../actions/reading.js";
import { t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { toWriteTo } from "../state/screen.js";
import { avatar, name, verified } from "../kit/faces.js";
import { guarded } from "../kit/guard.js";
import { presenceWord } from "../kit/presence.js";

const most = 6; // that fit without scrolling; all of them stand under People

const One = guarded(({ person, now }) => html`
  <li><button type="button" class="menu-item" data-write-to=${person.uid} data-name=${person.name}
    onClick=${() => openChat(`p:${person.uid}`)}>${avatar(person, "s")}<span class="grow">
      <span class="strong member-name">${name(called(person))}${verified(person)}</span>
      <span class="quiet">${presenceWord(person, now)}</span></span></button></li>`);

export function Newcomer(/** @type {Page.Props} */ { state }) {
  const people = toWriteTo(state);
  return html`
    <ul class="newcomer" aria-label=${t("empty.people")}>${people.slice(0, most).map((person) => html`
      <${One} key=${person.uid} person=${person} now=${state.now} />`)}</ul>
    ${people.length > most && html`<button type="button" class="link" onClick=${() => goTo("people")}>
      ${t("empty.everybody", { n: people.length })}</button>`}`;
}
