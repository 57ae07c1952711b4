// A fact and its name, side by side in a list of facts.

import { html } from "../../vendor/preact.js";

/** @param {string} title @param {Page.Content} words @param {string} [look] @param {string} [dir] */
export const factRow = (title, words, look = "", dir = undefined) => html`<div><dt>${title}</dt>
  <dd class=${look} dir=${dir}>${words}</dd></div>`;
