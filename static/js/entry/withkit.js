// A forgotten password: the recovery kit opens the vault on this computer, and another password takes its place.

import { html } from "../../vendor/preact.js";
import { openWithKit, showForm } from "../actions/account.js";
import { judgeNewPassword } from "../actions/judging.js";
import { lastName } from "../core/lastname.js";
import { t } from "../i18n/i18n.js";
import { Field, strengthLine } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { formEnd } from "./account.js";

const back = () => html`<p class="switch"><button type="button" class="link" data-back-to-login
  onClick=${() => showForm(null)}>${t("forgot.back")}</button></p>`;

const NoKit = () => html`
  <div class="door" data-no-kit><header><h1>${t("forgot.title")}</h1><p class="lead">${t("forgot.none")}</p></header>
    ${back()}</div>`;

/** @param {Page.Props} props */
function Form({ state }) {
  const it = useForm(["kit", "new_password", "new_password_confirm"], openWithKit, judgeNewPassword);
  return html`
    <form class="door" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <header><h1>${t("forgot.title")}</h1><p class="lead">${t("forgot.lead")}</p></header>
      <${Field} id="kit" name="kit" dir="ltr" autocomplete="off" label=${t("field.kit")} hint=${t("field.kit.hint")}
        error=${it.at("kit")} />
      <input type="text" name="username" autocomplete="username" value=${lastName(state.status) ?? ""} hidden />
      <${Field} id="new-password" name="new_password" type="password" dir="ltr" autocomplete="new-password"
        label=${t("password.new")} hint=${t("field.password.hint")} error=${it.at("new_password")} />
      ${strengthLine(it.at("new_password") ? null : it.strength)}
      <${Field} id="new-password-confirm" name="new_password_confirm" type="password" dir="ltr" autocomplete="new-password"
        label=${t("field.password_again")} error=${it.at("new_password_confirm")} />
      ${formEnd(it, t("forgot.go"))}
      ${back()}
    </form>`;
}

export const WithKit = (/** @type {Page.Props} */ { state }) =>
  state.status.kit ? html`<${Form} state=${state} />` : html`<${NoKit} />`;
