// Beside the talk: who the other is, or what the group is, who is in it, and how it is kept safe.

import { html, useEffect } from "../../vendor/preact.js";
import { openChat } from "../actions/reading.js";
import { compare } from "../actions/safety.js";
import { t } from "../i18n/i18n.js";
import { dispatch } from "../core/store.js";
import { GroupDetails } from "./groupdetails.js";
import { avatar, name, roleMay, roleWord, verified } from "../kit/faces.js";
import { icon, iconButton } from "../kit/icons.js";
import { factRow } from "../kit/factrow.js";
import { presenceLine } from "../kit/presence.js";

function standing(/** @type {Api.Person} */ person) {
  if (person.new_key) return t("details.key.new");
  return t(person.verified ? "contact.verified" : "details.key.not_yet");
}

/** isBeside: of somebody in the open group. @param {Page.Props & {isBeside: boolean}} props */
const PersonDetails = ({ person, state, isBeside }) => html`
  <section class="contact">${avatar(person, "l")}<div class="grow"><h3>${name(person.name)}${verified(person)}</h3>
    <p class="quiet">${presenceLine(person, state.link.up, state.now)}</p></div></section>
  <section><dl class="pairs">
    ${factRow(t("people.col.role"), roleWord(person.role))}
    ${factRow(t("details.key"), standing(person))}
  </dl>${person.role !== "admin" && person.role !== "super admin" && html`<p class="quiet">
    ${roleMay(person.role)}</p>`}</section>
  ${!person.me && html`<section class="stacked">
    ${isBeside && html`<button type="button" class="button wide" data-write onClick=${() => openChat(`p:${person.uid}`)}>
      ${icon("chats")}<span>${t("member.write")}</span></button>`}
    <button type="button" class=${`button wide ${person.verified ? "" : "primary"}`}
    onClick=${() => compare(person.uid)}>${icon("trust")}<span>${t("keychange.go")}</span></button>
    <p class="quiet center">${t("details.why")}</p></section>`}`;

export function Details(/** @type {Page.Props} */ { state, open }) {
  const { group } = open;
  const beside = group && state.details ? state.people[state.details.slice(2)] : null;
  const person = beside ?? open.person;
  useEffect(() => {
    // where the details lie over the talk, reading goes on in them
    if (matchMedia("(max-width: 73.75em)").matches) /** @type {HTMLElement | null} */ (document.querySelector(".details-body"))?.focus();
  }, []);
  return html`
    <section class="details" aria-label=${t(group ? "group.details" : "details.title")} data-details-pane>
      <header class="details-head">${beside && iconButton("back", t("action.back"), () => dispatch({ type: "details", on: "about" }), {
        look: "flip", "data-back-to-group": true })}<h2>${t("details.title")}</h2>
        ${iconButton("close", t("action.close"), () => dispatch({ type: "details", on: false }))}</header>
      <div class="details-body" tabindex="0" role="group" aria-label=${t("details.title")}>
        ${group && !beside
            ? html`<${GroupDetails} key=${open.chat} state=${state} open=${open} />`
            : html`<${PersonDetails} person=${person} state=${state} isBeside=${Boolean(beside)} />`}
      </div></section>`;
}
