// Somebody's words on one line, without links: quotes, previews, what is being answered. In their own direction.

import { html } from "../../vendor/preact.js";
import { plain } from "../i18n.js";
import { runsOf } from "../runs.js";

export const run = ({ kind, text, dir }) => (kind === "run" ? html`<bdi dir=${dir}>${text}</bdi>` : text);

const most = 200; // characters: a line shows fewer

// Marks of code are left out: here they would only be signs.
export const words = (text, look = "words") =>
  html`<span class=${look} dir="auto">${runsOf(plain(text.slice(0, most)).replaceAll("`", "")).map(run)}</span>`;
