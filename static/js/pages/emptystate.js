// Nothing is open. Nobody else here: invite people. Others, and no conversation yet: who is there. Else: choose one. Each
// goes away by itself once it is done.

import { html } from "../../vendor/preact.js";
import { openPerson } from "../actions/reading.js";
import { t } from "../i18n/i18n.js";
import { firstHour } from "../state/screen.js";
import { errorLine } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { Inviting, copyLink } from "../kit/inviting.js";
import { NamePicker } from "../kit/picker.js";
import { Newcomer } from "../list/newcomer.js";

const star = () => html`<svg class="star" aria-hidden="true" focusable="false"><use href="#i-star" /></svg>`;

const Alone = (/** @type {Page.Props} */ { state }) => html`
  <section class="pane empty-state" aria-labelledby="empty-title" data-empty="alone"><div class="page-scroll" tabindex="0" role="group"
    aria-labelledby="empty-title"><div class="inviting">
    <h2 id="empty-title">${t("people.invite")}</h2>
    <p class="lead">${t("empty.alone")}</p>
    <div class="card"><${Inviting} state=${state} />${state.joinLink && copyLink(state.joinLink)}</div>
  </div></div></section>`;

function First(/** @type {Page.Props} */ { state }) {
  const it = useForm(["username"], async ({ username }) => openPerson(username));
  return html`
    <section class="pane empty-state" aria-labelledby="empty-title" data-empty="first">
      ${star()}
      <h2 id="empty-title">${t("empty.title")}</h2>
      <p class="lead">${t("empty.text")}</p>
      <${Newcomer} state=${state} />
      <form class="start" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
        <div class=${`field ${it.at("username") ? "has-error" : ""}`}>
          <${NamePicker} id="start-name" name="username" state=${state} label=${t("field.username")}
            error=${it.at("username")} onPick=${(/** @type {Api.Person} */ { name }) => openPerson(name)} />
          ${errorLine("start-name-error", it.at("username"))}
        </div>
        <button type="submit" class="button primary">${t("empty.go")}</button></form></section>`;
}

const Choose = () => html`
  <section class="pane empty-state" aria-labelledby="empty-title" data-empty="choose">
    ${star()}
    <h2 id="empty-title">${t("empty.choose")}</h2>
    <p class="quiet wide-only">${t("empty.keys", { key: "?" })}</p></section>`;

const kinds = { alone: Alone, first: First, done: Choose };

export const EmptyState = (/** @type {Page.Props} */ { state }) => html`<${kinds[firstHour(state)]} state=${state} />`;
