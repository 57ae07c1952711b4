// Somebody's or a group's picture over the letter or sign that stands for them; where there is none, or none that can be
// shown, that stays. Of a thousand people only those are asked for who are looked at.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/preact.js";
import { faceNow, faceOf } from "../core/faces.js";

/** @type {WeakMap<Element, (isNear: boolean) => void>} */
const told = new WeakMap();
const nearby = new IntersectionObserver((seen) => seen.forEach(({ target, isIntersecting }) => told.get(target)?.(isIntersecting)), {
  rootMargin: "200px",
});

export function Portrait(/** @type {{of: import("../core/faces.js").Shown}} */ { of }) {
  const canvas = /** @type {{current: HTMLCanvasElement}} */ (useRef(null));
  const [isNear, near] = useState(/** @type {boolean | null} */ (null)); // null: not known yet
  const [bitmap, setBitmap] = useState(faceNow(of));
  useEffect(() => {
    const face = /** @type {HTMLElement} */ (canvas.current.parentElement);
    told.set(face, near);
    nearby.observe(face);
    return () => nearby.unobserve(face);
  }, []);
  useEffect(() => {
    if (isNear === false) setBitmap(null); // else a long list would hold on to all of them
    if (!isNear) return undefined;
    let isHere = true;
    faceOf(of).then((found) => isHere && setBitmap(found));
    return () => {
      isHere = false;
    };
  }, [isNear, of.uid, of.gid, of.picture]);
  useLayoutEffect(() => {
    canvas.current.width = bitmap?.width ?? 0;
    canvas.current.height = bitmap?.height ?? 0;
    if (bitmap) canvas.current.getContext("2d")?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return html`<canvas ref=${canvas} class="portrait" hidden=${!bitmap} data-portrait=${bitmap?.width}></canvas>`;
}
