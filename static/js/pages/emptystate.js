// Nothing is open: a khatam, and the one thing to do.

import { html } from "../../vendor/preact.js";
import { openPerson } from "../actions/reading.js";
import { t } from "../i18n/i18n.js";
import { errorLine } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { NamePicker } from "../kit/picker.js";

const star = () => html`
  <svg class="star" viewBox="0 0 240 240" aria-hidden="true" focusable="false">
    <g fill="none" stroke="var(--accent-line)" stroke-width="1.5" stroke-linejoin="round">
      <path d="M232 120L120 232L8 120L120 8Z" /><path d="M199.2 199.2L40.8 199.2L40.8 40.8L199.2 40.8Z" />
      <path opacity=".45"
        d="M223.47 162.86L180.61 180.61L162.86 223.47L120 205.72L77.14 223.47L59.39 180.61L16.53 162.86L34.28 120L16.53 77.14L59.39 59.39L77.14 16.53L120 34.28L162.86 16.53L180.61 59.39L223.47 77.14L205.72 120Z" />
      <path d="M190 120L120 190L50 120L120 50Z" /><path d="M169.5 169.5L70.5 169.5L70.5 70.5L169.5 70.5Z" />
    </g>
    <path
      d="M160 120L148.28 131.72L148.28 148.28L131.72 148.28L120 160L108.28 148.28L91.72 148.28L91.72 131.72L80 120L91.72 108.28L91.72 91.72L108.28 91.72L120 80L131.72 91.72L148.28 91.72L148.28 108.28Z" fill="var(--accent-tint)" stroke="var(--accent)" stroke-width="2" stroke-linejoin="round" />
    <path d="M120 108a8 8 0 0 1 4.4 14.7l2.6 10.3h-14l2.6-10.3A8 8 0 0 1 120 108Z" fill="var(--accent)" />
  </svg>`;

export function EmptyState(/** @type {Page.Props} */ { state }) {
  const it = useForm(["username"], async ({ username }) => openPerson(username));
  return html`
    <section class="pane empty-state" aria-labelledby="empty-title">${star()}
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
