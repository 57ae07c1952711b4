// A decoded picture, drawn. What isn't here yet, or is no picture, leaves its place empty.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/preact.js";

// load() gives the promise of a bitmap or null; it is asked again when `of` changes. With `owns`, the bitmap is let go with the view.
export function Canvas(/** @type {Page.Props} */ { load, of, look, shape, owns = false }) {
  const canvas = /** @type {{current: HTMLCanvasElement}} */ (useRef(null));
  const [bitmap, setBitmap] = useState(/** @type {ImageBitmap | null} */ (null));
  useEffect(() => {
    let isHere = true;
    let mine = /** @type {ImageBitmap | null} */ (null);
    load().then((/** @type {ImageBitmap | null} */ found) => {
      if (isHere) setBitmap(found);
      mine = found;
      if (!isHere && owns) found?.close();
    });
    return () => {
      isHere = false;
      if (owns) mine?.close();
    };
  }, [of]);
  useLayoutEffect(() => {
    if (!bitmap || !bitmap.width) return;
    canvas.current.width = bitmap.width;
    canvas.current.height = bitmap.height;
    canvas.current.getContext("2d")?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return html`<canvas ref=${canvas} class=${look} style=${shape && { aspectRatio: shape }} aria-hidden="true"
    data-drawn=${bitmap ? `${bitmap.width}x${bitmap.height}` : undefined}></canvas>`;
}
