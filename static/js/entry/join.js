// The first screen of an empty agent: the join link of an authority, or one that is found on this network.

import { html } from "../../vendor/preact.js";
import { join, showForm } from "../actions/account.js";
import { t } from "../i18n/i18n.js";
import { Field } from "../kit/field.js";
import { BackupFile } from "./backupfile.js";
import { Found } from "./found.js";
import { useForm } from "../kit/form.js";
import { formEnd, neighbours } from "./account.js";

export function Join(/** @type {Page.Props} */ { state }) {
  const it = useForm(["link"], join);
  return html`
    <form class="door" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <header><h1>${t("join.title")}</h1><p class="lead">${t("join.lead")}</p></header>
      <${Field} id="join-link" name="link" dir="ltr" placeholder="hamraz://…" autocomplete="off" inputmode="url"
        label=${t("join.link")}
        hint=${t("join.link.hint")} error=${it.at("link")} />
      ${formEnd(it, t("join.go"))}
      <p class="switch quiet">${t("restore.join")}</p>
      <${BackupFile} state=${state} />
      ${state.status.discovery && html`<${Found} state=${state} />`}
      <p class="switch"><button type="button" class="link" data-from-computer
        onClick=${() => showForm("move")}>${t("move.link")}</button></p>
      ${neighbours(state.status)}
    </form>`;
}
