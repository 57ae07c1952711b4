// A QR code, crisp at any size: dark on white in both themes, because scanners want it so, and with its margin.

import { html } from "../../vendor/preact.js";

const margin = 4; // modules of quiet zone, which the standard asks for
const room = 264; // pixels: a module is a whole number of them, or some would look wider than others

/** The dark modules as one path: a rectangle for each run of them in a row. @param {any[]} rows */
const outline = (rows) =>
  rows
    .flatMap((row, y) => [...row.matchAll(/1+/g)].map(({ index, 0: run }) => `M${index} ${y}h${run.length}v1h-${run.length}z`))
    .join("");

export function Qr(/** @type {Page.Props} */ { rows, label }) {
  const size = rows.length + 2 * margin;
  const side = size * Math.max(2, Math.floor(room / size));
  return html`
    <svg class="qr" width=${side} height=${side} viewBox=${`${-margin} ${-margin} ${size} ${size}`} role="img" aria-label=${label}
      focusable="false" shape-rendering="crispEdges">
      <rect x=${-margin} y=${-margin} width=${size} height=${size} fill="#fff" />
      <path d=${outline(rows)} fill="#10282c" /></svg>`;
}
