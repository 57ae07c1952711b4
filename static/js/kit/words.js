// Somebody's words on one line, without links: quotes, previews, what is being answered. In their own direction, which also
// says at which end they are cut.

import { html } from "../../vendor/preact.js";
import { isSeen, plain, t } from "../i18n/i18n.js";
import { glance } from "../lib/glance.js";
import { cut } from "../lib/graphemes.js";
import { runsOf } from "../lib/runs.js";

// Letters without end: a browser shapes joined ones anew for each line that it tries, so they are offered places to break.
const endless = /(\p{L}{240})/u;
const broken = (/** @type {string} */ text) => text.split(endless).map((part, at) => (at % 2 ? html`${part}<wbr />` : part));

export const run = (/** @type {{kind: string, text: string, dir?: string}} */ { kind, text, dir }) => {
  const shown = endless.test(text) ? broken(text) : text;
  return kind === "run" ? html`<bdi dir=${dir}>${shown}</bdi>` : shown;
};

const most = 200; // characters: a line shows fewer

/** @param {string} text */
export const words = (text, look = "words") =>
  text && !isSeen(text) ? html`<span class=${look}>${t("bounds.unseen")}</span>` : html`<span class=${look} dir="auto">${runsOf(plain(cut(glance(text), most))).map(run)}</span>`;
