// A fact and its name, side by side in a list of facts.

import { html } from "../../vendor/preact.js";

export const factRow = (title, words, look = "", dir = undefined) => html`<div><dt>${title}</dt>
  <dd class=${look} dir=${dir}>${words}</dd></div>`;
