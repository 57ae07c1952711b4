// What is asked before a key changes for good: one's own, somebody else's account, a new account in place of one's own.

import { html } from "../../vendor/preact.js";
import { beginAnew, recoverKey, renewKey, revokePerson } from "../actions/identity_keys.js";
import { t } from "../i18n/i18n.js";
import { Ask, FormDialog } from "../kit/dialog.js";
import { Field } from "../kit/field.js";
import { useForm } from "../kit/form.js";

export const NewKey = () => html`
  <${Ask} kind="new_key" title=${t("mykey.title")} go=${t("mykey.go")} submit=${renewKey}
    lines=${[t("mykey.what"), t("mykey.means"), t("mykey.not")]} />`;

export function RevokePerson(/** @type {Page.Props} */ { state, dialog }) {
  const person = state.people[dialog.uid];
  const { name } = person;
  return html`
    <${Ask} kind="revoke" title=${t("revoke.title", { name })} go=${t("revoke.go")} stop
      submit=${() => revokePerson(person)} lines=${[t("revoke.what", { name }), t("revoke.means", { name })]} />`;
}

// Whatever is asked for with the vault's password, and perhaps with the recovery kit.
function AskPassword(/** @type {Page.Props} */ { state, kind, title, text, go, submit, more }) {
  const it = useForm(more ? ["kit", "password"] : ["password"], submit);
  return html`
    <${FormDialog} kind=${kind} title=${title} it=${it} go=${go}><p>${text}</p>
      ${more && html`<${Field} id="recover-kit" name="kit" dir="ltr" autocomplete="off" label=${t("field.kit")}
        hint=${t("field.kit.hint")} error=${it.at("kit")} />`}
      <input type="text" name="username" autocomplete="username" value=${state.people[state.me].name} hidden />
      <${Field} id="anew-password" name="password" type="password" dir="ltr" autocomplete="current-password"
        label=${t("field.password")} error=${it.at("password")} /><//>`;
}

export const BeginAnew = (/** @type {Page.Props} */ { state }) => html`
  <${AskPassword} state=${state} kind="begin_anew" title=${t("ended.go")} text=${t("ended.what")} go=${t("ended.go")}
    submit=${beginAnew} />`;

export const RecoverKey = (/** @type {Page.Props} */ { state }) => html`
  <${AskPassword} state=${state} kind="recover_key" title=${t("recover.title")}
    text=${t(state.kit.where === "here" ? "recover.what" : "recover.kit")} more=${state.kit.where !== "here"}
    go=${t("recover.go")}
    submit=${(/** @type {Record<string, string>} */ values) => recoverKey(state.people[state.me].name, values)} />`;
