// Nothing is open: a khatam, and the one thing to do.

import { html } from "../../vendor/preact.js";
import { openPerson } from "../actions/reading.js";
import { t } from "../i18n/i18n.js";
import { errorLine } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { NamePicker } from "../kit/picker.js";

export function EmptyState(/** @type {Page.Props} */ { state }) {
  const it = useForm(["username"], async ({ username }) => openPerson(username));
  return html`
    <section class="pane empty-state" aria-labelledby="empty-title">
      <svg class="star" aria-hidden="true" focusable="false"><use href="#i-star" /></svg>
      <h2 id="empty-title">${t("empty.title")}</h2>
      <p class="lead">${t("empty.text")}</p>
      <form class="start" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
        <div class=${`field ${it.at("username") ? "has-error" : ""}`}>
          <${NamePicker} id="start-name" name="username" state=${state} label=${t("field.username")}
            error=${it.at("username")} onPick=${(/** @type {Api.Person} */ { name }) => openPerson(name)} />
          ${errorLine("start-name-error", it.at("username"))}
        </div>
        <button type="submit" class="button primary">${t("empty.go")}</button></form>
      <p class="quiet wide-only">${t("empty.keys", { key: "?" })}</p></section>`;
}
