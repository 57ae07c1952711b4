// Beside the talk: who the other is, or what the group is, who is in it, and how it is kept safe.

import { html, useEffect } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { openGallery } from "../actions/gallery.js";
import { dispatch } from "../core/store.js";
import { isOverTalk } from "../lib/width.js";
import { Card } from "./card.js";
import { Fading } from "./fading.js";
import { GroupDetails } from "./groupdetails.js";
import { icon, iconButton } from "../kit/icons.js";

export function Details(/** @type {Page.Props} */ { state, open }) {
  const { group } = open;
  const beside = group && state.details ? state.people[state.details.slice(2)] : null;
  const person = beside ?? open.person;
  useEffect(() => {
    // where the details lie over the talk, reading goes on in them
    if (isOverTalk()) /** @type {HTMLElement | null} */ (document.querySelector(".details-body"))?.focus();
  }, []);
  return html`
    <section class="details" aria-label=${t(group ? "group.details" : "details.title")} data-details-pane>
      <header class="details-head">${beside && iconButton("back", t("action.back"), () => dispatch({ type: "details", on: "about" }), {
        look: "flip", "data-back-to-group": true })}<h2>${t("details.title")}</h2>
        ${iconButton("close", t("action.close"), () => dispatch({ type: "details", on: false }))}</header>
      <div class="details-body" tabindex="0" role="group" aria-label=${t("details.title")}>
        ${group && !beside
            ? html`<${GroupDetails} key=${open.chat} state=${state} open=${open} />`
            : html`<${Card} person=${person} state=${state} isTalk=${!beside} />`}
        ${!beside && html`<${Fading} open=${open} />`}
        ${!beside && state.conversations[open.chat] && html`<section class="stacked"><button type="button" class="button wide" data-gallery
          onClick=${() => openGallery(open.chat)}>${icon("image")}<span>${t("gallery.title")}</span></button></section>`}
      </div></section>`;
}
