// What one's own agent has checked: the safety number with a person, and the log as a timeline.

import { html, useEffect } from "../../vendor/preact.js";
import { compare, setVerified } from "../actions/safety.js";
import { digits, t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { peopleOf } from "../state/screen.js";
import { errorLine } from "../kit/field.js";
import { guarded } from "../kit/guard.js";
import { avatar, chip, name, userName, verified } from "../kit/faces.js";
import { dots, icon, iconButton } from "../kit/icons.js";
import { Logbook } from "./logbook.js";
import { Qr } from "../kit/qr.js";
import { SafetyCode } from "../chat/safetycode.js";

function standing(/** @type {Api.Person} */ person) {
  if (person.new_key) return t("safety.not_since");
  return t(person.verified ? "safety.verified" : "safety.not_yet");
}

const Numbers = (/** @type {Page.Props} */ { person, safety }) => html`
  <div class="safety-body" aria-busy=${String(!safety.digits && !safety.error)}>
    ${safety.error
        ? errorLine("safety-error", safety.error)
        : safety.digits
          ? html`
      <${Qr} rows=${safety.rows} label=${t("safety.qr", { name: called(person) })} />
      <ol class="safety-digits" aria-label=${t("safety.digits")} dir="ltr">
        ${safety.digits.map((group) => html`<li>${digits(group)}</li>`)}</ol>`
          : dots()}
  </div>`;

function Safety(/** @type {Page.Props} */ { person, safety }) {
  return html`
    <section class="card safety" aria-labelledby="safety-title" data-safety=${person.uid}>
      <header>${avatar(person)}<div class="grow"><h3 id="safety-title">${t("safety.title", { name: called(person) })}</h3>
        <p class=${`quiet with-mark ${person.verified ? "is-ok" : ""}`} data-verified=${String(person.verified)}>
          ${verified(person)}<span>${userName(person, standing(person))}</span></p></div>
        ${iconButton("close", t("safety.another"), () => compare(null))}</header>
      <${Numbers} person=${person} safety=${safety} />
      <p>${t(person.verified ? "safety.stays" : "safety.how")}</p>
      ${safety.code && html`<${SafetyCode} person=${person} safety=${safety} />`}
      <footer>${person.verified
          ? html`<button type="button" class="button" onClick=${() => setVerified(person, false)}>
          ${t("safety.undo")}</button>`
          : html`<button type="button" class="button primary" disabled=${!safety.digits}
          onClick=${() => setVerified(person, true)}>${icon("trust")}<span>${t("safety.same")}</span></button>
          <button type="button" class="button" onClick=${() => setVerified(person, false)}>
            ${t("safety.differ")}</button>`}</footer>
    </section>`;
}

const Contact = guarded(({ person }) => html`
  <li><button type="button" class="menu-item" data-person=${person.uid}
    data-name=${person.name} onClick=${() => compare(person.uid)}>
    ${avatar(person, "s")}<span class="grow"><span class="strong member-name">
      ${name(called(person))}${verified(person)}</span>
    <span class="quiet">${userName(person, standing(person))}</span></span>
      ${person.new_key && chip(t("people.new_key"), "is-warn")}</button></li>`);

function Contacts(/** @type {Page.Props} */ { state }) {
  const others = peopleOf(state).filter(({ me, revoked }) => !me && !revoked);
  const people = [...others.filter(({ contact }) => contact), ...others.filter(({ contact }) => !contact)];
  return html`
    <section class="card safety" aria-labelledby="contacts-title">
      <div><h3 id="contacts-title">${t("safety.choose")}</h3><p class="quiet">${t("safety.choose.text")}</p></div>
      ${people.length === 0 && html`<p class="none">${t("safety.nobody")}</p>`}
      <ul class="contacts">${people.map((person) => html`
        <${Contact} key=${person.uid} person=${person} />`)}</ul>
    </section>`;
}

export function Trust(/** @type {Page.Props} */ { state }) {
  const person = state.people[state.safety.uid ?? ""];
  useEffect(() => {
    if (state.safety.uid) document.getElementById("safety-title")?.scrollIntoView({ block: "nearest" });
  }, [state.safety.uid]);
  return html`
    <section class="pane page" aria-labelledby="trust-title">
      <div class="page-scroll" tabindex="0" role="group" aria-labelledby="trust-title"><div class="page-in wide">
      <header class="page-head"><div><h2 id="trust-title">${t("trust.title")}</h2><p class="quiet">
        ${t("trust.sub")}</p></div></header>
      <div class="two">
        ${person
            ? html`<${Safety} key=${person.uid} person=${person} safety=${state.safety} />`
            : html`<${Contacts} state=${state} />`}
        <${Logbook} state=${state} />
      </div></div></div></section>`;
}
