// The loudest thing on the page: the authority signed two histories. Says what happened, what it means, the one thing
// to do.

import { html } from "../../vendor/preact.js";
import { saveEvidence } from "../actions/safety.js";
import { t } from "../i18n/i18n.js";
import { icon } from "../kit/icons.js";
import { isNarrow } from "../lib/width.js";
import { securityDetails } from "../kit/securitydetails.js";

const part = (/** @type {string} */ title, /** @type {string} */ text) => html`<div><dt>${title}</dt><dd>${text}</dd></div>`;

export function Alarm(/** @type {Page.Props} */ { alarm }) {
  const { name, entry: n } = alarm;
  return html`
    <section class="alarm" role="alert" data-alarm aria-labelledby="alarm-title"><div class="alarm-in">
      <span class="alarm-icon">${icon("warn")}</span>
      <div class="grow"><h2 id="alarm-title">${t("alarm.title")}</h2>
        <details class="alarm-more" open=${!isNarrow()}><summary>${t("alarm.more")}</summary><dl>
          ${part(t("alarm.what"), name === null ? t("alarm.what.self") : t("alarm.what.text", { name }))}
          ${part(t("alarm.means"), t("alarm.means.text"))}
          ${part(t("alarm.do"), t("alarm.do.text"))}
        </dl>
        ${securityDetails(html`<p>${name === null ? t("alarm.proof.self", { n }) : t("alarm.proof.text", { n, name })}</p>`)}</details></div>
      <button type="button" class="button alarm-go" onClick=${saveEvidence}>${icon("save")}<span>
        ${t("alarm.go")}</span></button>
    </div></section>`;
}
