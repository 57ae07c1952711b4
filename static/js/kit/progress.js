// How much of something long is done, in words too.

import { html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { sizeWords } from "./bytes.js";

/** @param {{label: string, done: number, total: number}} props */
export const Progress = ({ label, done, total }) => html`
  <div class="progress"><progress aria-label=${label} value=${done} max=${total || 1}></progress>
    <p class="quiet">${t("progress.of", { done: { ready: sizeWords(done) }, total: { ready: sizeWords(total) } })}</p></div>`;
