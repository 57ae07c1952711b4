// Faces as pixels: small, square, and nothing of what isn't a small picture.

import { cut, faceOf, portraitOf } from "../../../static/js/lib/pixels.js";
import { rasterOf } from "../../../static/js/lib/raster.js";
import { equal } from "../equal.js";

async function picture(width, height, type = "image/png") {
  const canvas = new OffscreenCanvas(width, height);
  const ink = canvas.getContext("2d");
  ink.fillStyle = "#f00";
  ink.fillRect(0, 0, width, height);
  return canvas.convertToBlob({ type });
}
const base64 = async (blob) => btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const sizeOf = async (blob) => {
  const face = await faceOf(await base64(blob));
  return face && [face.width, face.height];
};

/** A picture that says it is so large. */
async function said(side) {
  const found = new Uint8Array(await (await picture(8, 8)).arrayBuffer());
  new DataView(found.buffer).setUint32(16, side);
  new DataView(found.buffer).setUint32(20, side);
  return new Blob([found]);
}

export const cases = {
  "whatever its size, a face is a small square": async () => {
    for (const [width, height] of [[8, 8], [600, 200], [1000, 1000]]) equal(await sizeOf(await picture(width, height)), [192, 192]);
    equal(await sizeOf(await picture(300, 200, "image/jpeg")), [192, 192]);
  },
  "what says it is large never gets to a decoder, and what is broken is none": async () => {
    equal([await sizeOf(await picture(1100, 1100)), await sizeOf(await said(30_000)), await sizeOf(await said(1000))], [null, null, null]);
    const broken = (await picture(64, 64)).slice(0, 60);
    equal([await sizeOf(broken), await sizeOf(new Blob(["<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"]))], [null, null]);
    equal(await sizeOf(new Blob([])), null);
  },
  "one's own is cut to a square that can be published": async () => {
    const whole = await portraitOf(await picture(3000, 1500));
    equal([whole.width, whole.height], [1024, 512]);
    const found = bytes(await cut(whole, { x: 10, y: 0, side: 512 }));
    const { width, height } = rasterOf(found);
    equal([width, height, found.length <= 48 * 1024], [256, 256, true]);
  },
  "noise, which no picture makes smaller, is made smaller until it fits": async () => {
    const canvas = new OffscreenCanvas(256, 256);
    const ink = canvas.getContext("2d");
    const data = ink.createImageData(256, 256);
    for (let at = 0; at < data.data.length; at++) data.data[at] = at % 4 === 3 ? 255 : (at * 2654435761) >>> 24;
    ink.putImageData(data, 0, 0);
    const found = bytes(await cut(await createImageBitmap(canvas), { x: 0, y: 0, side: 256 }));
    equal(found.length <= 48 * 1024, true);
  },
  "no file that is no picture": async () => equal(await portraitOf(new Blob(["hello"])), null),
};
