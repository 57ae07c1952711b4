// Sign up and log in: the two forms in front of the vault.

import { html, useState } from "../../vendor/preact.js";
import { logIn, showForm, signUp } from "../actions/account.js";
import { judgeAccount } from "../actions/judging.js";
import { lastName } from "../core/lastname.js";
import { list, t } from "../i18n/i18n.js";
import { name } from "../kit/faces.js";
import { Field, errorLine, strengthLine } from "../kit/field.js";
import { fingerprint } from "../kit/fingerprint.js";
import { haveAccount } from "./restore.js";
import { useForm } from "../kit/form.js";
import { dots } from "../kit/icons.js";

/** The error that belongs to no field, and the one primary button. @param {Page.Form} it @param {string} words */
export const formEnd = (it, words) => html`
  <div class="form-end">
    <div role="alert">${errorLine("form-error", it.rest)}</div>
    <button type="submit" class="button primary wide" aria-busy=${String(it.busy)}><span>${words}</span>
      ${it.busy && dots()}</button>
  </div>`;

/** An agent with an empty folder says which accounts it sees beside it. @param {Api.Status} status */
export const neighbours = (status) =>
  status.accounts.length > 0 &&
  html`<p class="switch quiet">${t("login.beside", { n: status.accounts.length, names: list(status.accounts) })}</p>`;

const email = (/** @type {Page.Form} */ it) => html`<${Field} id="email" name="email" type="email" dir="ltr" autocomplete="email"
  label=${t("field.email")} error=${it.at("email")} />`;

/** @param {Page.Form} it */
const username = (it, value = "") => html`
  <${Field} id="username" name="username" autocomplete="username" defaultValue=${value} label=${t("field.username")}
    error=${it.at("username")} />`;

/** Whoever got the join link from an unsure hand can hold it against the authority's screen. @param {Page.Props} props */
const Fingerprint = ({ authority }) => html`
  <details class="fingerprint"><summary>${t("join.check")}</summary>
    <p>${t("join.compare")}</p>
    ${fingerprint(authority.digits)}</details>`;

export function SignUp(/** @type {Page.Props} */ { state }) {
  const asks = state.status.needs_invitation;
  const fields = [...(asks ? ["invitation"] : []), "email", "username", "password", "password_confirm"];
  const it = useForm(fields, (values) => signUp(values, state.status.owner), judgeAccount);
  return html`
    <form class="door" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <header><h1>${t("signup.title")}</h1><p class="lead">
        ${t(state.status.owner ? "signup.owner" : "signup.lead")}</p></header>
      ${asks && html`<${Field} id="invitation" name="invitation" dir="ltr" autocomplete="off"
        label=${t("field.invitation")} hint=${t("field.invitation.hint")} error=${it.at("invitation")} />`}
      ${email(it)}
      ${username(it)}
      <${Field} id="password" name="password" type="password" dir="ltr" autocomplete="new-password"
        label=${t("field.password")}
        hint=${t("field.password.hint")} error=${it.at("password")} />
      ${strengthLine(it.at("password") ? null : it.strength)}
      <${Field} id="password-confirm" name="password_confirm" type="password" dir="ltr" autocomplete="new-password"
        label=${t("field.password_again")} error=${it.at("password_confirm")} />
      ${state.authority && html`<${Fingerprint} authority=${state.authority} />`}
      ${formEnd(it, t("signup.go"))}
      <p class="switch"><span>${t("signup.have")}</span> <button type="button" class="link"
        onClick=${() => showForm("log_in")}>${t("login.link")}</button></p>
      ${haveAccount()}
      <p class="switch"><button type="button" class="link" data-elsewhere
        onClick=${() => showForm("join")}>${t("join.elsewhere")}</button></p>
      <p class="switch"><button type="button" class="link" data-from-computer
        onClick=${() => showForm("move")}>${t("move.link")}</button></p>
      ${neighbours(state.status)}
    </form>`;
}

function lead(/** @type {Page.State} */ { stage, left, idle }) {
  if (idle && stage === "log_in") return "login.lead.idle";
  if (stage === "sign_up") return "login.lead.empty";
  if (stage === "ready") return "login.lead.page";
  return left ? "login.lead.locked" : "login.lead";
}

/** Whom this page knows already; a name that was refused is there to be mended. @param {Page.Props} props */
function Who({ state, it }) {
  const known = lastName(state.status);
  const [isOther, setOther] = useState(false);
  if (!known || isOther || it.at("username")) return username(it, known ?? "");
  return html`
    <div class="known" data-known-name=${known}><p><span class="quiet">${t("login.known")}</span>
      <span class="strong">${name(known)}</span></p>
      <button type="button" class="link" data-another-name onClick=${() => setOther(true)}>${t("login.other")}</button>
      <input type="text" name="username" autocomplete="username" value=${known} hidden /></div>`;
}

export function LogIn(/** @type {Page.Props} */ { state }) {
  const it = useForm(["username", "password"], logIn);
  const isHere = state.stage !== "sign_up";
  return html`
    <form class="door" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <header><h1>${t("login.title")}</h1><p class="lead">${t(lead(state))}</p></header>
      ${state.ended && html`<p class="switch quiet" role="status">${t("login.again")}</p>`}
      <${Who} state=${state} it=${it} />
      <${Field} id="password" name="password" type="password" dir="ltr" autocomplete="current-password"
        label=${t("field.password")} error=${it.at("password")} />
      ${formEnd(it, t("login.go"))}
      ${isHere && html`<p class="switch"><button type="button" class="link" data-forgot
        onClick=${() => showForm("with_kit")}>${t("forgot.link")}</button></p>
      <p class="switch"><button type="button" class="link" data-elsewhere
        onClick=${() => showForm("join")}>${t("login.moved")}</button></p>`}
      ${isHere
          ? html`<p class="switch quiet">${t("login.single")}</p>`
          : html`
        <p class="switch"><span>${t("login.new")}</span> <button type="button" class="link"
          onClick=${() => showForm("sign_up")}>${t("signup.link")}</button></p>`}
      ${neighbours(state.status)}
    </form>`;
}
