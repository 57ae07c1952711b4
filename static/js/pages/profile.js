// What one shows of oneself: a name, a line, and a picture of which one chooses the square that is seen.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/preact.js";
import { saveProfile } from "../actions/profile.js";
import { t } from "../i18n/i18n.js";
import { graphemesOf } from "../lib/graphemes.js";
import { cut, portraitOf } from "../lib/pixels.js";
import { grown, moved, squareOf } from "../lib/square.js";
import { FormDialog } from "../kit/dialog.js";
import { avatar } from "../kit/faces.js";
import { Field } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { icon } from "../kit/icons.js";

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

/** What is too long is said while one types. @type {Page.Judge} */
const judge = async ({ display_name: name, line }) => ({
  errors: [
    ...(graphemesOf(name.trim()).length > 48 ? [{ code: "too_long", field: "display_name", values: { limit: 48 } }] : []),
    ...(graphemesOf(line.trim()).length > 140 ? [{ code: "too_long", field: "line", values: { limit: 140 } }] : []),
  ],
  strength: null,
});

export function ProfileDialog(/** @type {Page.Props} */ { state }) {
  const me = state.people[state.me];
  const [bitmap, setBitmap] = useState(/** @type {ImageBitmap | null} */ (null));
  const [square, setSquare] = useState({ x: 0, y: 0, side: 1 });
  const [isDropped, drop] = useState(false);
  const [isBad, setBad] = useState(false);
  const file = /** @type {{current: HTMLInputElement}} */ (useRef(null));
  useEffect(() => () => bitmap?.close(), [bitmap]);
  const names = ["display_name", "line"];
  const it = useForm(names, async ({ display_name: name, line }) =>
    saveProfile(name, line, bitmap ? await cut(bitmap, square) : isDropped ? "" : null), judge, names);
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
  const has = bitmap || (me.picture && !isDropped);
  return html`
    <${FormDialog} kind="profile" title=${t("profile.title")} it=${it} go=${t("profile.go")} note=${t("profile.who")}>
      <div class="profile-picture" role="group" aria-label=${t("profile.picture")}>
        ${bitmap ? html`<${Crop} bitmap=${bitmap} square=${square} set=${setSquare} />` : avatar(isDropped ? { ...me, picture: null } : me, "xl", false)}
        <div class="profile-choose">
          <input type="file" accept="image/*" hidden ref=${file} onChange=${choose} data-picture-file />
          <button type="button" class="button small" data-choose onClick=${() => file.current.click()}>${icon("image")}<span>
            ${t(has ? "profile.another" : "profile.choose")}</span></button>
          ${has && html`<button type="button" class="button small" data-drop onClick=${takeAway}>${icon("trash")}<span>
            ${t("profile.drop")}</span></button>`}</div>
        <div role="alert">${isBad && html`<p class="error" data-error="no_picture">${icon("warn")}<span>${t("profile.no_picture")}</span></p>`}</div>
      </div>
      <${Field} id="display-name" name="display_name" dir="auto" autocomplete="off" maxlength="400" defaultValue=${me.display_name}
        label=${t("profile.name")} hint=${t("profile.name.hint", { name: me.name })} error=${it.at("display_name")} />
      ${me.alike && html`<p class="quiet with-mark" data-alike>${icon("info")}<span>${t("profile.alike")}</span></p>`}
      <${Field} id="profile-line" name="line" dir="auto" autocomplete="off" maxlength="1000" defaultValue=${me.line}
        label=${t("profile.line")} hint=${t("profile.line.hint")} error=${it.at("line")} /><//>`;
}
