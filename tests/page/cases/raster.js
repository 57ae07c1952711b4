// What the first bytes of a file say it is.

import { smallOf } from "../../../static/js/lib/pixels.js";
import { rasterOf } from "../../../static/js/lib/raster.js";
import { equal } from "../equal.js";

const hex = (text) => {
  const bytes = text.replace(/\s/g, "").match(/../g) ?? [];
  return Uint8Array.from([...bytes.map((two) => parseInt(two, 16)), ...Array(64).fill(0)]);
};
const letters = (text) => hex([...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
const png = "89504e470d0a1a0a 0000000d 49484452";

export const cases = {
  "a PNG": () => equal(rasterOf(hex(`${png} 00000280 000001e0 0802`)), { type: "image/png", width: 640, height: 480, moves: false }),
  "a PNG that says it is a gigapixel is believed, so that it can be refused": () =>
    equal(rasterOf(hex(`${png} 00007530 00007530 0802`)).width, 30000),
  "a JPEG, its size behind other segments": () =>
    equal(rasterOf(hex("ffd8 ffe00010 4a464946000101000001000100 00 ffff c0 0011 08 0258 0320 03")), {
      type: "image/jpeg",
      width: 800,
      height: 600,
      moves: false,
    }),
  "a JPEG whose size stands behind much else is a picture": async () => {
    const canvas = new OffscreenCanvas(40, 30);
    canvas.getContext("2d");
    const plain = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer());
    const depth = Array.from({ length: 9 }, () => [Uint8Array.of(0xff, 0xe1, 0xff, 0xff), new Uint8Array(65_533)]).flat();
    const small = await smallOf(new Blob([plain.slice(0, 2), ...depth, plain.slice(2)]));
    equal([small?.width, small?.height], [40, 30]);
  },
  "a JPEG that ends before its size": () => equal(rasterOf(hex("ffd8 ffe0ffff")), null),
  "a GIF": () => equal(rasterOf(hex("474946383961 0a00 1400")), { type: "image/gif", width: 10, height: 20, moves: true }),
  "a WebP in its three forms": () => {
    const head = "52494646 00000000 57454250";
    const size = { type: "image/webp", width: 401, height: 301, moves: false };
    equal(rasterOf(hex(`${head} 56503858 0a000000 00000000 900100 2c0100`)), size);
    equal(rasterOf(hex(`${head} 5650384c 00000000 2f 90014b00`)), { ...size, width: 401, height: 301 });
    equal(rasterOf(hex(`${head} 56503820 00000000 000000 9d012a 9101 2d01`)), size);
  },
  "one that moves says so before its first picture": () => {
    equal(rasterOf(hex(`${png} 00000280 000001e0 08020000 00000000 00 00000008 6163544c`)).moves, true);
    equal(rasterOf(hex(`${png} 00000280 000001e0 08020000 00000000 00 00000001 49444154 0000000000 00000008 6163544c`)).moves, false);
    equal(rasterOf(hex("52494646 00000000 57454250 56503858 0a000000 02000000 900100 2c0100")).moves, true);
  },
  "a size of nothing": () => equal(rasterOf(hex(`${png} 00000000 000001e0 0802`)), null),
  "a drawing with scripts in it": () => equal(rasterOf(letters("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")), null),
  "a page, a PDF, nothing": () => {
    equal(rasterOf(letters("<!doctype html><html>")), null);
    equal(rasterOf(letters("%PDF-1.7")), null);
    equal(rasterOf(new Uint8Array()), null);
  },
};
