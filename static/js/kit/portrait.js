// Somebody's or a group's picture over the letter or sign that stands for them; where there is none, or none that can be
// shown, that stays.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/preact.js";
import { faceNow, faceOf } from "../core/faces.js";

export function Portrait(/** @type {{of: import("../core/faces.js").Shown}} */ { of }) {
  const canvas = /** @type {{current: HTMLCanvasElement}} */ (useRef(null));
  const [bitmap, setBitmap] = useState(faceNow(of));
  useEffect(() => {
    let isHere = true;
    faceOf(of).then((found) => isHere && setBitmap(found));
    return () => {
      isHere = false;
    };
  }, [of.uid, of.gid, of.picture]);
  useLayoutEffect(() => {
    if (!bitmap || !canvas.current) return;
    canvas.current.width = bitmap.width;
    canvas.current.height = bitmap.height;
    canvas.current.getContext("2d")?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return bitmap && html`<canvas ref=${canvas} class="portrait" data-portrait=${bitmap.width}></canvas>`;
}
