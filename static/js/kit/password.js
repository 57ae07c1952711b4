// Another password for the vault on this computer.

import { html } from "../../vendor/preact.js";
import { changePassword } from "../actions/choices.js";
import { t } from "../i18n/i18n.js";
import { Dialog, footer } from "./dialog.js";
import { Field } from "./field.js";
import { useForm } from "./form.js";

export function ChangePassword({ state }) {
  const it = useForm(["password", "new_password", "new_password_confirm"], changePassword);
  const field = (name, label, autocomplete, hint) => html`
    <${Field} id=${name.replaceAll("_", "-")} name=${name} type="password" dir="ltr" autocomplete=${autocomplete}
      label=${label} hint=${hint} error=${it.at(name)} />`;
  return html`
    <${Dialog} kind="password" title=${t("set.password")}>
      <form class="dialog-form" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <div class="dialog-body">
        <input type="text" name="username" autocomplete="username" value=${state.people[state.me].name} hidden />
        ${field("password", t("password.now"), "current-password")}
        ${field("new_password", t("password.new"), "new-password", t("field.password.hint"))}
        ${field("new_password_confirm", t("field.password_again"), "new-password")}</div>
      ${footer(it, t("password.go"))}</form><//>`;
}
