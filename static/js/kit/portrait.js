// Somebody's picture over the letter that stands for them; where there is none, or none that can be shown, the letter stays.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/preact.js";
import { faceNow, faceOf } from "../core/faces.js";

export function Portrait(/** @type {Page.Props} */ { person }) {
  const canvas = /** @type {{current: HTMLCanvasElement}} */ (useRef(null));
  const [bitmap, setBitmap] = useState(faceNow(person));
  useEffect(() => {
    let isHere = true;
    faceOf(person).then((found) => isHere && setBitmap(found));
    return () => {
      isHere = false;
    };
  }, [person.uid, person.picture]);
  useLayoutEffect(() => {
    if (!bitmap || !canvas.current) return;
    canvas.current.width = bitmap.width;
    canvas.current.height = bitmap.height;
    canvas.current.getContext("2d")?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return bitmap && html`<canvas ref=${canvas} class="portrait" data-portrait=${bitmap.width}></canvas>`;
}
