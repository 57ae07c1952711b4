// What is technical about a thing, folded under "Security details"; open where the technique is in front.

import { html } from "../../vendor/preact.js";
import { isTechnical, t } from "../i18n/i18n.js";

export const securityDetails = (/** @type {Page.Content} */ inside) => html`
  <details class="security-details" data-security-details open=${isTechnical()}>
    <summary>${t("security.details")}</summary>${inside}</details>`;
