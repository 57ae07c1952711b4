// What holds now and is no alarm: named conditions, what each means and stops, and the evidence where there is some.
// They go by themselves when what ends them is proved.

import { html } from "../../vendor/preact.js";
import { saveStateEvidence } from "../actions/safety.js";
import { has, t, errorText } from "../i18n/i18n.js";
import { icon } from "../kit/icons.js";
import { securityDetails } from "../kit/securitydetails.js";

const most = 4; // one after the other over the page; the others are counted

const part = (/** @type {string} */ name) => t(has(`inside.${name}`) ? `inside.${name}` : "inside.other");

/** Title, words, and what is technical about it: a code that this page doesn't know is still something that one should hear of.
 * @param {Api.State} state @returns {[string, string, (string | null)?]} */
function said({ code, name, values }) {
  if (code === "inside") return [t("named.inside"), part(String(values.part)), errorText({ code: String(values.code), values })];
  if (!has(`named.${code}`)) return [t("named.other"), code];
  const filled = { ...values, name: name ?? t("person.unknown") };
  const proof = `named.${code}.proof`;
  return [t(`named.${code}`, filled), t(`named.${code}.text`, filled), has(proof) ? t(proof, filled) : null];
}

function State(/** @type {{state: Api.State}} */ { state }) {
  const [title, text, technical] = said(state);
  return html`
    <section class="banner is-state" role="status" data-banner="state" data-state=${state.code}>
      <span class="banner-icon">${icon("warn")}</span>
      <div class="grow"><p class="strong">${title}</p><p>${text}</p>
        ${technical && securityDetails(html`<p>${technical}</p>`)}</div>
      ${state.evidence && html`<button type="button" class="button small" onClick=${() => saveStateEvidence(state)}>
        ${icon("save")}<span>${t("named.save")}</span></button>`}</section>`;
}

export const States = (/** @type {Page.Props} */ { states }) => html`
  ${states.slice(0, most).map((state) => html`<${State} key=${state.code + state.about + (state.values.part ?? "")}
    state=${state} />`)}
  ${states.length > most && html`<p class="banner is-state">${t("named.more", { n: states.length - most })}</p>`}`;
