// What a file's first bytes say it is: one of four raster pictures, its size in pixels and whether it moves, or null. Read before anything
// is decoded, so that neither a drawing with scripts in it nor a picture of a gigapixel ever gets to a decoder. Pure.

/** @param {Uint8Array} bytes @param {number} at @param {string} text */
const ascii = (bytes, at, text) => [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));
const u16 = (/** @type {Uint8Array} */ bytes, /** @type {number} */ at) => (bytes[at] << 8) | bytes[at + 1];
const u32 = (/** @type {Uint8Array} */ bytes, /** @type {number} */ at) => u16(bytes, at) * 65536 + u16(bytes, at + 2);
const l16 = (/** @type {Uint8Array} */ bytes, /** @type {number} */ at) => bytes[at] | (bytes[at + 1] << 8);
const l24 = (/** @type {Uint8Array} */ bytes, /** @type {number} */ at) => l16(bytes, at) | (bytes[at + 2] << 16);

function png(/** @type {Uint8Array} */ bytes) {
  if (!ascii(bytes, 1, "PNG\r\n\x1a\n") || bytes[0] !== 0x89 || !ascii(bytes, 12, "IHDR")) return null;
  return { type: "image/png", width: u32(bytes, 16), height: u32(bytes, 20), moves: moves(bytes) };
}

/** Before the picture itself stands how many there are. @param {Uint8Array} bytes */
function moves(bytes) {
  for (let at = 8; at + 8 <= bytes.length; at += 12 + u32(bytes, at)) {
    if (ascii(bytes, at + 4, "acTL")) return true;
    if (ascii(bytes, at + 4, "IDAT")) return false;
  }
  return false;
}

const frames = [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];

/** Segment by segment up to the one that has the size. @param {Uint8Array} bytes */
function jpeg(bytes) {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const mark = bytes[at + 1];
    if (frames.includes(mark)) return { type: "image/jpeg", width: u16(bytes, at + 7), height: u16(bytes, at + 5), moves: false };
    if (mark === 0xff) at += 1;
    else if (mark === 0x01 || (mark >= 0xd0 && mark <= 0xd8)) at += 2;
    else at += 2 + Math.max(2, u16(bytes, at + 2));
  }
  return null;
}

function webp(/** @type {Uint8Array} */ bytes) {
  if (!ascii(bytes, 0, "RIFF") || !ascii(bytes, 8, "WEBP")) return null;
  const type = "image/webp";
  if (ascii(bytes, 12, "VP8X")) return { type, width: l24(bytes, 24) + 1, height: l24(bytes, 27) + 1, moves: (bytes[20] & 2) > 0 };
  if (ascii(bytes, 12, "VP8L") && bytes[20] === 0x2f) {
    const bits = l24(bytes, 21) + bytes[24] * 2 ** 24;
    return { type, width: (bits & 0x3fff) + 1, height: (Math.floor(bits / 2 ** 14) & 0x3fff) + 1, moves: false };
  }
  if (!ascii(bytes, 12, "VP8 ") || !(bytes[23] === 0x9d && bytes[24] === 0x01 && bytes[25] === 0x2a)) return null;
  return { type, width: l16(bytes, 26) & 0x3fff, height: l16(bytes, 28) & 0x3fff, moves: false };
}

function gif(/** @type {Uint8Array} */ bytes) {
  if (!ascii(bytes, 0, "GIF87a") && !ascii(bytes, 0, "GIF89a")) return null;
  return { type: "image/gif", width: l16(bytes, 6), height: l16(bytes, 8), moves: true }; // most do
}

// How many bytes are enough: a photograph's own small picture stands before its size, and what some phones keep of its depth.
export const enough = 256 * 1024;
export const atMost = 16 * 1024 * 1024;

/** Whether it begins as a photograph does. @param {Uint8Array} bytes */
export const isPhoto = (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

export function rasterOf(/** @type {Uint8Array} */ bytes) {
  if (bytes.length < 30) return null;
  const found = png(bytes) ?? jpeg(bytes) ?? webp(bytes) ?? gif(bytes);
  return found && found.width > 0 && found.height > 0 ? found : null;
}
