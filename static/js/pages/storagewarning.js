// One's own disk refuses to write: what that means, and what to do. It goes away by itself.

import { html } from "../../vendor/preact.js";
import { t, errorText } from "../i18n/i18n.js";
import { icon } from "../kit/icons.js";

export const StorageWarning = (/** @type {Page.Props} */ { disk }) => html`
  <section class="banner is-disk" role="alert" data-banner="disk" data-error=${disk.code}>
    <span class="banner-icon">${icon("warn")}</span>
    <div class="grow"><p class="strong">${t(disk.code === "vault_damaged" ? "disk.damaged" : "disk.title")}</p>
      <p>${errorText(disk)}</p></div></section>`;
