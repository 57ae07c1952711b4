// One field of a form: label, input, hint, and its error right under it; a password can be shown.

import { html, useState } from "../../vendor/preact.js";
import { t, errorText } from "../i18n/i18n.js";
import { icon } from "./icons.js";

export const errorLine = (/** @type {string} */ id, /** @type {Api.Failure | null | undefined} */ error) =>
  error && html`<p class="error" id=${id} data-error=${error.code}>${icon("warn")}<span>${errorText(error)}</span></p>`;

// Where one writes what is sought.
export const SearchField = (/** @type {Page.Props} */ { id, label, hint = label, look = "", find, children, ...input }) => html`
  <div class=${`search ${look}`}><label class="sr" for=${id}>${label}</label>${icon("search")}
    <input id=${id} type="search" autocomplete="off" spellcheck="false" dir="auto" placeholder=${hint}
      onInput=${(event) => find(event.target.value)} ...${input} />${children}</div>`;

/** Why somebody does something that others will see. @param {string} [hint] */
export const reasonField = (hint = t("remove.reason.hint")) => html`
  <${Field} id="reason" name="reason" dir="auto" autocomplete="off" maxlength="200" label=${t("remove.reason")}
    hint=${hint} />`;

/** How hard a new password is to guess, as the agent judges it. @param {number | null} strength 0 to 3, null before one is typed */
export const strengthLine = (strength) => html`
  <p class="strength" role="status" data-strength=${strength ?? ""}>${strength !== null && html`
    <span class="strength-bars" aria-hidden="true">${[1, 2, 3].map((at) => html`<i class=${at <= strength ? "on" : ""}></i>`)}</span>
    <span>${t(`strength.${["weak", "fair", "good", "strong"][strength]}`)}</span>`}</p>`;

export function Field(/** @type {Page.Props} */ { id, label, hint, error, type = "text", children, ...input }) {
  const [shown, show] = useState(false);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return html`
    <div class=${`field ${error ? "has-error" : ""}`}>
      <label for=${id}>${label}</label>
      <div class="input">
        <input ...${input} id=${id} type=${type === "password" && shown ? "text" : type} spellcheck="false"
          autocapitalize="none"
          aria-describedby=${described || undefined} aria-invalid=${error ? "true" : undefined} />
        ${type === "password" && html`
          <button type="button" class=${`ghost small ${shown ? "is-on" : ""}`} aria-label=${t("action.show_password")}
            aria-pressed=${String(shown)}
            title=${t("action.show_password")} onClick=${() => show(!shown)}>${icon("eye")}</button>`}
        ${children}
      </div>
      ${errorLine(`${id}-error`, error)}
      ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    </div>`;
}
