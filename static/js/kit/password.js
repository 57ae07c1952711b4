// Another password for the vault on this computer.

import { html } from "../../vendor/preact.js";
import { changePassword } from "../actions/choices.js";
import { judgeNewPassword } from "../actions/judging.js";
import { t } from "../i18n/i18n.js";
import { FormDialog } from "./dialog.js";
import { Field, strengthLine } from "./field.js";
import { useForm } from "./form.js";

export function ChangePassword(/** @type {Page.Props} */ { state }) {
  const it = useForm(["password", "new_password", "new_password_confirm"], changePassword, judgeNewPassword);
  /** @param {string} name @param {string} label @param {string} autocomplete @param {string} [hint] */
  const field = (name, label, autocomplete, hint) => html`
    <${Field} id=${name.replaceAll("_", "-")} name=${name} type="password" dir="ltr" autocomplete=${autocomplete}
      label=${label} hint=${hint} error=${it.at(name)} />`;
  return html`
    <${FormDialog} kind="password" title=${t("set.password")} it=${it} go=${t("password.go")}>
        <input type="text" name="username" autocomplete="username" value=${state.people[state.me].name} hidden />
        ${field("password", t("password.now"), "current-password")}
        ${field("new_password", t("password.new"), "new-password", t("field.password.hint"))}
        ${strengthLine(it.at("new_password") ? null : it.strength)}
        ${field("new_password_confirm", t("field.password_again"), "new-password")}<//>`;
}
