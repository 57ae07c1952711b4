// Comparing by code: one's own to be scanned or copied, a place for the other's, and a verdict that can't be misread.

import { html } from "../../vendor/preact.js";
import { copy } from "../actions/messageactions.js";
import { compareCode } from "../actions/safety.js";
import { t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { errorLine } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { dots, icon, iconButton } from "../kit/icons.js";

/** What a verdict comes to: a log that is split or signed by nobody spoils the best number. @param {Api.Verdict} verdict */
const outcomeOf = ({ verdict, log }) => (log === "split" || log === "unsigned" || (log === "behind" && verdict === "same") ? log : verdict);

function Verdict(/** @type {Page.Props} */ { person, safety }) {
  if (!safety.verdict) return null;
  const outcome = outcomeOf(safety.verdict);
  /** @type {Record<string, [string, string]>} */
  const looks = { same: ["is-ok", "verified"], own: ["is-note", "info"], other_people: ["is-note", "info"] };
  const [look, sign] = looks[outcome] ?? ["is-stop", "warn"];
  return html`<p class=${`verdict ${look}`} data-verdict=${outcome}>${icon(sign)}<span>
    ${t(`safety.code.${outcome}`, { name: called(person) })}</span></p>`;
}

export function SafetyCode(/** @type {Page.Props} */ { person, safety }) {
  const it = useForm(["code"], ({ code }) => compareCode(person, code));
  return html`
    <details class="by-code"><summary>${t("safety.code.title")}</summary>
      <div class="field"><span class="label" id="own-code-label">${t("safety.code.mine")}</span>
        <div class="own-code"><p class="link-box code" dir="ltr" tabindex="0" aria-labelledby="own-code-label" role="group">
          ${safety.code}</p>
        ${iconButton("copy", t("action.copy"), () => copy(safety.code ?? ""))}</div></div>
      <form ref=${it.form} onSubmit=${it.onSubmit} novalidate>
        <div class=${`field ${it.at("code") ? "has-error" : ""}`}>
          <label for="other-code">${t("safety.code.theirs", { name: called(person) })}</label>
          <div class="input"><textarea id="other-code" name="code" rows="3" dir="ltr" spellcheck="false"
            autocapitalize="none" autocomplete="off" placeholder="HAMRAZ-SAFETY:…"
            aria-describedby=${`other-code-hint${it.at("code") ? " other-code-error" : ""}`}
            aria-invalid=${it.at("code") ? "true" : undefined}></textarea></div>
          ${errorLine("other-code-error", it.at("code"))}
          <p class="hint" id="other-code-hint">${t("safety.code.hint")}</p></div>
        <div role="alert">${errorLine("by-code-error", it.rest)}<${Verdict} person=${person} safety=${safety} /></div>
        <button type="submit" class="button" aria-busy=${String(it.busy)}><span>${t("safety.code.go")}</span>
          ${it.busy && dots()}</button>
      </form>
    </details>`;
}
