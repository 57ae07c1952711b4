// An account whose computer is lost goes on here: the kit, whose it is and of when, a new password.

import { html } from "../../vendor/preact.js";
import { showForm } from "../actions/account.js";
import { beginAnew, chooseBackup, findBackup, forgetBackup, goOnHere, goWithout, restoreAgain } from "../actions/backup.js";
import { judgeAccount } from "../actions/judging.js";
import { dayAndTime, errorText, number, t } from "../i18n/i18n.js";
import { Field, strengthLine } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { BackupFile } from "./backupfile.js";
import { fingerprint } from "../kit/fingerprint.js";
import { formEnd } from "./account.js";

/** @param {string} words @param {() => unknown} press @param {string} mark */
const other = (words, press, mark) => html`
  <p class="switch"><button type="button" class="link" data-restore=${mark} onClick=${press}>${words}</button></p>`;

/** @param {Page.Props} props */
function AskKit({ state }) {
  const it = useForm(["kit"], findBackup);
  return html`
    <form class="door" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <header><h1>${t("restore.title")}</h1><p class="lead">${t("restore.lead")}</p></header>
      ${state.authority && html`<div class="fingerprint"><p>${t("restore.digits")}</p>${fingerprint(state.authority.digits)}</div>`}
      <${Field} id="restore-kit" name="kit" dir="ltr" autocomplete="off" label=${t("restore.kit")}
        hint=${t("restore.kit.hint")} error=${it.at("kit")} />
      ${formEnd(it, t("restore.find"))}
      <${BackupFile} state=${state} />
      ${other(t("restore.none"), () => showForm("sign_up"), "none")}
    </form>`;
}

/** The password that opens it from now on. @param {Page.Form} it @param {string} username */
const newPassword = (it, username) => html`
  <input type="text" name="username" autocomplete="username" value=${username} hidden />
  <${Field} id="password" name="password" type="password" dir="ltr" autocomplete="new-password"
    label=${t("restore.password")} hint=${t("field.password.hint")} error=${it.at("password")} />
  ${strengthLine(it.at("password") ? null : it.strength)}
  <${Field} id="password-confirm" name="password_confirm" type="password" dir="ltr" autocomplete="new-password"
    label=${t("field.password_again")} error=${it.at("password_confirm")} />`;

/** By the kit alone: what that means is said before anything is done. @param {{without: Api.WithoutBackup}} props */
function Without({ without }) {
  const it = useForm(["password", "password_confirm"], goOnHere, judgeAccount);
  const { username, why } = without;
  return html`
    <form class="door" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <header><h1>${t("restore.found", { name: username })}</h1>
        <p class="lead" data-restore-without=${why}>${why === "no_backup" ? t("restore.without.none") : errorText({ code: why })}</p></header>
      <p>${t("restore.without.what")}</p>
      <p class="quiet">${t("restore.without.groups")} ${t("restore.what")}</p>
      ${newPassword(it, username)}
      ${formEnd(it, t("restore.without.go"))}
      ${other(t("restore.another"), forgetBackup, "another")}
    </form>`;
}

/** @param {Page.Props & {found: Page.Restore}} props */
function Choose({ state, found }) {
  const it = useForm(["password", "password_confirm"], goOnHere, judgeAccount);
  const { backups, chosen } = found;
  const { username, when } = backups[chosen];
  const done = state.restoring;
  return html`
    <form class="door" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <header><h1>${t("restore.found", { name: username })}</h1>
        <p class="lead" data-restore-when=${when}>${t("restore.when", { time: dayAndTime(when, state.now) })}</p></header>
      <p class="quiet">${t("restore.what")}</p>
      ${newPassword(it, username)}
      ${formEnd(it, t("restore.go"))}
      <p class="quiet" role="status">${it.busy && done && t("restore.progress", { done: number(done.done), of: number(done.of) })}</p>
      ${found.failed && other(t("restore.without.link"), goWithout, "without")}
      ${backups.length > 1 &&
        other(t(chosen ? "restore.newer" : "restore.older"), () => chooseBackup(chosen ? 0 : 1), "other")}
      ${other(t("restore.another"), forgetBackup, "another")}
    </form>`;
}

/** Cut off after all had come: the password that was chosen then. */
function GoOn() {
  const it = useForm(["password"], restoreAgain);
  return html`
    <form class="door" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <header><h1>${t("restore.again")}</h1><p class="lead">${t("restore.again.lead")}</p></header>
      <${Field} id="password" name="password" type="password" dir="ltr" autocomplete="current-password"
        label=${t("field.password")} error=${it.at("password")} />
      ${formEnd(it, t("restore.go"))}
      ${other(t("restore.anew"), beginAnew, "anew")}
    </form>`;
}

export function Restore(/** @type {Page.Props} */ { state }) {
  if (state.status.restoring) return html`<${GoOn} />`;
  if (state.restore?.without) return html`<${Without} key="without" without=${state.restore.without} />`;
  return state.restore
    ? html`<${Choose} key=${state.restore.chosen} state=${state} found=${state.restore} />`
    : html`<${AskKit} state=${state} />`;
}

/** From where there is no account yet. */
export const haveAccount = () => html`
  <p class="switch"><span>${t("restore.have")}</span> <button type="button" class="link" data-have-account
    onClick=${() => showForm("restore")}>${t("restore.link")}</button></p>`;
