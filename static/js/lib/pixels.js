// Pictures as pixels: decoded by the browser from bytes that are a raster picture, and never anything else; made small for
// a preview. Knows no state and no view.

import { atMost, enough, isPhoto, rasterOf } from "./raster.js";

const most = 64e6; // pixels of a picture that is looked at: 256 MB while it is open
const mostSmall = 1e6; // of a preview, whatever its sender says
const previewBytes = 24 * 1024;
// side and quality, from what looks well to what always fits
const tries = [
  [480, 0.72],
  [480, 0.5],
  [360, 0.5],
  [256, 0.5],
  [160, 0.5],
  [96, 0.4],
];

async function readRaster(/** @type {Blob} */ blob) {
  const begun = new Uint8Array(await blob.slice(0, enough).arrayBuffer());
  const found = rasterOf(begun);
  if (found || !isPhoto(begun) || blob.size <= enough) return found;
  return rasterOf(new Uint8Array(await blob.slice(0, atMost).arrayBuffer()));
}

async function decode(/** @type {Blob} */ blob, /** @type {number} */ limit) {
  const raster = await readRaster(blob);
  if (!raster || raster.width * raster.height > limit) return null;
  try {
    // the type that its bytes have, whatever somebody said
    return await createImageBitmap(new Blob([blob], { type: raster.type }));
  } catch (error) {
    if (error instanceof DOMException) return null; // damaged
    throw error;
  }
}

/** The picture in these bytes, or null. @param {ArrayBuffer} bytes */
export const pictureOf = (bytes) => decode(new Blob([bytes]), most);

const bytesOf = (/** @type {string} */ base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** The small picture that came with a message, or null. @param {string} base64 */
export const previewOf = (base64) => decode(new Blob([bytesOf(base64)]), mostSmall);

const faceSide = 192; // pixels: twice the largest circle that a face is drawn in
const mostFace = 2 ** 20; // of one that somebody else gave

/** The middle of a picture, as large a square as there is. @param {ImageBitmap} bitmap */
function middleOf({ width, height }) {
  const side = Math.min(width, height);
  return { x: (width - side) / 2, y: (height - side) / 2, side };
}

/** Somebody's face: small, square, whatever they gave; or null. @param {string} base64 */
export async function faceOf(base64) {
  const whole = await decode(new Blob([bytesOf(base64)]), mostFace);
  if (!whole) return null;
  const { x, y, side } = middleOf(whole);
  const face = await createImageBitmap(whole, x, y, side, side, { resizeWidth: faceSide, resizeHeight: faceSide, resizeQuality: "high" });
  whole.close();
  return face;
}

/** For one's own face: the picture in a file, no larger than it has to be, or null. @param {Blob} file */
export async function portraitOf(file) {
  const whole = await decode(file, most);
  if (!whole) return null;
  const small = shrink(whole, 1024).transferToImageBitmap();
  whole.close();
  return small;
}

/** @typedef {{x: number, y: number, side: number}} Square in pixels of the picture */
const faceBytes = 48 * 1024;
const faceTries = [
  [256, 0.86],
  [256, 0.7],
  [192, 0.7],
  [128, 0.6],
  [64, 0.5],
];

/** A square of it as it is published, in base64. @param {ImageBitmap} bitmap @param {Square} square */
export async function cut(bitmap, { x, y, side }) {
  for (const [size, quality] of faceTries) {
    const canvas = new OffscreenCanvas(size, size);
    const ink = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
    ink.imageSmoothingQuality = "high";
    ink.fillStyle = "#fff"; // what shows through a picture with holes
    ink.fillRect(0, 0, size, size);
    ink.drawImage(bitmap, x, y, side, side, 0, 0, size, size);
    const blob = await write(canvas, quality);
    if (blob.size <= faceBytes) return base64Of(await blob.arrayBuffer());
  }
  return null;
}

const base64Of = (/** @type {ArrayBuffer} */ bytes) => btoa(Array.from(new Uint8Array(bytes), (one) => String.fromCharCode(one)).join(""));

function shrink(/** @type {ImageBitmap} */ bitmap, /** @type {number} */ side) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const ink = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ink.imageSmoothingQuality = "high";
  ink.drawImage(bitmap, 0, 0, width, height);
  return canvas;
}

/** WebP where the browser writes it, which keeps what is clear; otherwise JPEG. @param {OffscreenCanvas} canvas @param {number} quality */
async function write(canvas, quality) {
  const blob = await canvas.convertToBlob({ type: "image/webp", quality });
  return blob.type === "image/webp" ? blob : canvas.convertToBlob({ type: "image/jpeg", quality });
}

/** preview: in base64. @typedef {{bitmap: ImageBitmap, preview: string, width: number, height: number, moves?: boolean}} Small */

/** For a file that is to be sent; null for what is no picture. @param {Blob} file @returns {Promise<Small | null>} */
export async function smallOf(file) {
  const whole = await decode(file, most);
  const small = whole && (await smallFrom(whole));
  return small && { ...small, moves: (await readRaster(file))?.moves };
}

/** The same of a picture, which is let go. @param {ImageBitmap} whole @returns {Promise<Small | null>} */
export async function smallFrom(whole) {
  const { width, height } = whole;
  for (const [side, quality] of tries) {
    const canvas = shrink(whole, side);
    const blob = await write(canvas, quality);
    if (blob.size > previewBytes) continue;
    const bytes = new Uint8Array(await blob.arrayBuffer());
    whole.close();
    return { bitmap: canvas.transferToImageBitmap(), preview: btoa(String.fromCharCode(...bytes)), width, height };
  }
  whole.close();
  return null;
}

export const smallerSide = 2048; // px

/** The same picture with fewer pixels, or null where that would be no less to send. Nothing but pixels stays of it. @param {File} file */
export async function smallerOf(file) {
  const whole = await decode(file, most);
  if (!whole) return null;
  const canvas = shrink(whole, smallerSide);
  whole.close();
  const isJpeg = file.type === "image/jpeg"; // which nothing shines through, and which everybody can open as what it was
  const blob = isJpeg ? await canvas.convertToBlob({ type: "image/jpeg", quality: 0.82 }) : await write(canvas, 0.82);
  if (blob.size >= file.size) return null;
  const ending = blob.type === "image/webp" ? ".webp" : ".jpg";
  const name = file.name.replace(/\.[^.]{1,5}$/, "") + ending;
  return { file: new File([blob], name, { type: blob.type, lastModified: file.lastModified }), width: canvas.width, height: canvas.height };
}
