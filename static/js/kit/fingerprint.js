// The digits by which people tell a server from another, in groups.

import { html } from "../../vendor/preact.js";
import { digits } from "../i18n/i18n.js";

export const fingerprint = (/** @type {string[]} */ groups) =>
  html`<p class="digits" dir="ltr">${groups.map((group) => html`<span>${digits(group)}</span>`)}</p>`;
