// The first screen of an empty agent: the join link of an authority, or one that is found on this network. And where
// one's own authority has moved, its new link.

import { html, useState } from "../../vendor/preact.js";
import { join, showForm } from "../actions/account.js";
import { t } from "../i18n/i18n.js";
import { joinLinkGiven } from "../state/place.js";
import { Field } from "../kit/field.js";
import { BackupFile } from "./backupfile.js";
import { Found } from "./found.js";
import { useForm } from "../kit/form.js";
import { formEnd, neighbours } from "./account.js";

/** One that was pressed in another program is in the field, and leaves the address: it lets people in. */
function given() {
  const link = joinLinkGiven(location.hash.slice(1));
  if (link) history.replaceState(null, "", location.pathname);
  return link;
}

export function Join(/** @type {Page.Props} */ { state }) {
  const [offered] = useState(given);
  const it = useForm(["link"], join);
  const isNew = state.stage !== "log_in"; // else an account is here, whose server has moved
  return html`
    <form class="door" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <header><h1>${t("join.title")}</h1><p class="lead">${t("join.lead")}</p></header>
      <${Field} id="join-link" name="link" dir="ltr" placeholder="hamraz://…" autocomplete="off" inputmode="url"
        label=${t("join.link")} defaultValue=${offered}
        hint=${t("join.link.hint")} error=${it.at("link")} />
      ${formEnd(it, t("join.go"))}
      ${isNew && html`<p class="switch quiet">${t("restore.join")}</p>
        <${BackupFile} state=${state} />`}
      ${state.status.discovery && html`<${Found} state=${state} />`}
      ${isNew
        ? html`<p class="switch"><button type="button" class="link" data-from-computer
            onClick=${() => showForm("move")}>${t("move.link")}</button></p>`
        : html`<p class="switch"><button type="button" class="link" data-back-to-login
            onClick=${() => showForm(null)}>${t("login.link")}</button></p>`}
      ${state.stage === "sign_up" && html`<p class="switch"><button type="button" class="link" data-back
        onClick=${() => showForm(null)}>${t("move.back")}</button></p>`}
      ${neighbours(state.status)}
    </form>`;
}
