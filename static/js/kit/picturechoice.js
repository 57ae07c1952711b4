// Choosing a picture for oneself or for a group, and the square of it that is seen.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { cut, portraitOf } from "../lib/pixels.js";
import { grown, moved, squareOf } from "../lib/square.js";
import { icon } from "./icons.js";

const seen = 160; // px of the picture while its square is chosen
const step = 12; // px that an arrow key moves it

/** @type {Record<string, [number, number]>} */
const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };

/** The chosen picture under its circle. @param {{bitmap: ImageBitmap, square: import("../lib/square.js").Square, set: (square: import("../lib/square.js").Square) => void}} props */
function Crop({ bitmap, square, set }) {
  const canvas = /** @type {{current: HTMLCanvasElement}} */ (useRef(null));
  const by = (/** @type {number} */ x, /** @type {number} */ y) => set(moved(square, bitmap, (-x * square.side) / seen, (-y * square.side) / seen));
  useLayoutEffect(() => {
    const scale = Math.min(2, Math.ceil(devicePixelRatio));
    canvas.current.width = canvas.current.height = seen * scale;
    const ink = /** @type {CanvasRenderingContext2D} */ (canvas.current.getContext("2d"));
    ink.imageSmoothingQuality = "high";
    ink.drawImage(bitmap, square.x, square.y, square.side, square.side, 0, 0, seen * scale, seen * scale);
  }, [bitmap, square]);
  return html`
    <canvas ref=${canvas} class="crop" tabindex="0" role="img" aria-label=${t("profile.move")} title=${t("profile.move")} data-crop
      onPointerDown=${(/** @type {Page.Press} */ event) => event.target.setPointerCapture(event.pointerId)}
      onPointerMove=${(/** @type {Page.Press} */ event) => event.buttons && by(event.movementX, event.movementY)}
      onKeyDown=${(/** @type {Page.Press} */ event) => {
        const way = ways[event.key];
        if (!way) return;
        by(...way);
        event.preventDefault();
      }}></canvas>
    <label class="zoom"><span>${t("profile.zoom")}</span><input type="range" min="1" max="4" step="0.05" data-zoom
      value=${Math.min(bitmap.width, bitmap.height) / square.side}
      onInput=${(/** @type {Page.Press} */ event) => set(grown(square, bitmap, Number(event.target.value)))} /></label>`;
}

/** What a form holds of the picture that is chosen in it; `given`: what is saved, in base64; "" for none any more, null if it
 * stays as it is. */
export function usePicture() {
  const [bitmap, setBitmap] = useState(/** @type {ImageBitmap | null} */ (null));
  const [square, setSquare] = useState({ x: 0, y: 0, side: 1 });
  const [isDropped, drop] = useState(false);
  const [isBad, setBad] = useState(false);
  useEffect(() => () => bitmap?.close(), [bitmap]);
  async function choose(/** @type {Page.Press} */ event) {
    const [chosen] = event.target.files ?? [];
    event.target.value = "";
    if (!chosen) return;
    const found = await portraitOf(chosen);
    setBad(!found);
    if (!found) return;
    setSquare(squareOf(found));
    setBitmap(found);
  }
  function takeAway() {
    setBitmap(null);
    setBad(false);
    drop(true);
  }
  const given = async () => (bitmap ? cut(bitmap, square) : isDropped ? "" : null);
  return { bitmap, square, setSquare, isDropped, isBad, choose, takeAway, given };
}

/** it: what usePicture() gave; face: what is shown while none is chosen; has: whether there is one.
 * @param {{it: ReturnType<typeof usePicture>, face: Page.Content, has: string | null}} props */
export function PictureChoice({ it, face, has }) {
  const file = /** @type {{current: HTMLInputElement}} */ (useRef(null));
  const isThere = it.bitmap || (has && !it.isDropped);
  return html`
    <div class="profile-picture" role="group" aria-label=${t("profile.picture")}>
      ${it.bitmap ? html`<${Crop} bitmap=${it.bitmap} square=${it.square} set=${it.setSquare} />` : face}
      <div class="profile-choose">
        <input type="file" accept="image/*" hidden ref=${file} onChange=${it.choose} data-picture-file />
        <button type="button" class="button small" data-choose onClick=${() => file.current.click()}>${icon("image")}<span>
          ${t(isThere ? "profile.another" : "profile.choose")}</span></button>
        ${isThere && html`<button type="button" class="button small" data-drop onClick=${it.takeAway}>${icon("trash")}<span>
          ${t("profile.drop")}</span></button>`}</div>
      <div role="alert">${it.isBad && html`<p class="error" data-error="no_picture">${icon("warn")}<span>${t("profile.no_picture")}</span></p>`}</div>
    </div>`;
}
