// A picture without what tells of its maker: where and when it was taken, by which camera, small pictures of before it was cut, what an editor
// or a phone has added behind its end. No pixel changes: segments are left out, and what decides how the pixels are shown stays (colour
// profile, how it is turned, what moves). Of a type that isn't known here nothing is said. Pure.

import { bareBoxes } from "./barebox.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const ascii = (/** @type {Bytes} */ bytes, /** @type {number} */ at, /** @type {string} */ text) =>
  [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));
const textAt = (/** @type {Bytes} */ bytes, /** @type {number} */ at) => String.fromCharCode(...bytes.subarray(at, at + 4));
const u16 = (/** @type {Bytes} */ bytes, /** @type {number} */ at) => (bytes[at] << 8) | bytes[at + 1];
const u32 = (/** @type {Bytes} */ bytes, /** @type {number} */ at) => u16(bytes, at) * 65536 + u16(bytes, at + 2);
const l32 = (/** @type {Bytes} */ bytes, /** @type {number} */ at) => (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16)) + bytes[at + 3] * 2 ** 24;
const big = (/** @type {number} */ value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const little = (/** @type {number} */ value) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
const letters = (/** @type {string} */ text) => [...text].map((letter) => letter.charCodeAt(0));
const all = (/** @type {(Bytes | number[])[]} */ parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

// --- how it is turned: the one thing of Exif that a picture needs ---

const upright = 1;
const orientation = 0x0112;

/** By Exif 2.32, 4.6: 1 to 8. @param {Bytes} tiff */
function turnOf(tiff) {
  const isLittle = ascii(tiff, 0, "II");
  const [short, long] = isLittle ? [(/** @type {number} */ at) => tiff[at] | (tiff[at + 1] << 8), (/** @type {number} */ at) => l32(tiff, at)]
    : [(/** @type {number} */ at) => u16(tiff, at), (/** @type {number} */ at) => u32(tiff, at)];
  const first = long(4);
  const count = short(first);
  for (let entry = 0, at = first + 2; entry < count && at + 12 <= tiff.length; entry += 1, at += 12)
    if (short(at) === orientation) return short(at + 8) >= 1 && short(at + 8) <= 8 ? short(at + 8) : upright;
  return upright;
}

/** Exif with nothing else. @param {number} turn */
const tiffOf = (turn) => [...letters("II"), 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, turn, 0, 0, 0, 0, 0, 0, 0];

// --- JPEG (ITU-T T.81, annex B) ---

const [end, scan, comment] = [0xd9, 0xda, 0xfe];
const isApp = (/** @type {number} */ mark) => mark >= 0xe0 && mark <= 0xef;
const isAlone = (/** @type {number} */ mark) => mark <= 0x01 || (mark >= 0xd0 && mark <= 0xd8);

/** The next mark behind compressed data, in which 0xff is followed by 0 or by a restart. @param {Bytes} bytes @param {number} at */
function afterScan(bytes, at) {
  for (let next = bytes.indexOf(0xff, at); next >= 0; next = bytes.indexOf(0xff, next + 1)) {
    const mark = bytes[next + 1];
    if (mark > 0x01 && mark < 0xff && !(mark >= 0xd0 && mark <= 0xd7)) return next;
  }
  return bytes.length;
}

function jpeg(/** @type {Bytes} */ bytes) {
  /** @type {(Bytes | number[])[]} */
  const kept = [];
  let turn = upright;
  let at = 2;
  while (at < bytes.length) {
    const mark = bytes[at + 1];
    if (bytes[at] !== 0xff || mark === 0xff) at += 1; // fill bytes, and what decoders pass over
    else if (mark === end) {
      kept.push([0xff, end]);
      break;
    } else if (isAlone(mark)) at += 2;
    else {
      const stop = at + 2 + Math.max(2, u16(bytes, at + 2));
      const to = mark === scan ? afterScan(bytes, stop) : stop;
      if (mark === 0xe1 && ascii(bytes, at + 4, "Exif\0")) turn = turnOf(bytes.subarray(at + 10, stop));
      if (!isApp(mark) ? mark !== comment : (mark === 0xe2 && ascii(bytes, at + 4, "ICC_PROFILE\0")) || (mark === 0xee && ascii(bytes, at + 4, "Adobe")))
        kept.push(bytes.subarray(at, to));
      else if (mark === 0xe0 && ascii(bytes, at + 4, "JFIF\0")) kept.push([0xff, 0xe0, 0, 16, ...bytes.subarray(at + 4, at + 16), 0, 0]); // no small picture
      at = to;
    }
  }
  const exif = turn === upright ? [] : [0xff, 0xe1, 0, 34, ...letters("Exif"), 0, 0, ...tiffOf(turn)];
  const isFirst = kept.length > 0 && kept[0][1] === 0xe0; // JFIF stands before everything else
  return all([[0xff, 0xd8], ...(isFirst ? [kept[0], exif, ...kept.slice(1)] : [exif, ...kept])]);
}

// --- PNG (third edition, 11) ---

const shown = ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI", "bKGD", "hIST", "pHYs", "sPLT", "acTL", "fcTL", "fdAT"];

/** Annex D, bit by bit, as it is for 30 bytes. @param {number[]} bytes */
function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}

function png(/** @type {Bytes} */ bytes) {
  /** @type {(Bytes | number[])[]} */
  const kept = [bytes.subarray(0, 8)];
  let [turn, before] = [upright, 0];
  for (let at = 8; at + 8 <= bytes.length; ) {
    const stop = at + 12 + u32(bytes, at);
    const type = textAt(bytes, at + 4);
    if (type === "eXIf") turn = turnOf(bytes.subarray(at + 8, stop - 4));
    if (type === "IDAT" && !before) before = kept.length;
    if (shown.includes(type)) kept.push(bytes.subarray(at, stop));
    if (type === "IEND") break;
    at = stop;
  }
  const exif = [...letters("eXIf"), ...tiffOf(turn)];
  if (turn !== upright) kept.splice(before, 0, [...big(exif.length - 4), ...exif, ...big(crc(exif))]);
  return all(kept);
}

// --- WebP (RFC 9649) ---

const [hasExif, hasXmp] = [0x08, 0x04];

function webp(/** @type {Bytes} */ bytes) {
  const until = Math.min(bytes.length, 8 + l32(bytes, 4));
  /** @type {(Bytes | number[])[]} */
  const kept = [];
  let turn = upright;
  for (let at = 12; at + 8 <= until; ) {
    const size = l32(bytes, at + 4);
    const stop = at + 8 + size + (size % 2);
    const type = textAt(bytes, at);
    if (type === "EXIF") {
      const tiff = bytes.subarray(at + 8, at + 8 + size);
      turn = turnOf(ascii(tiff, 0, "Exif\0") ? tiff.subarray(6) : tiff);
    } else if (["VP8 ", "VP8L", "VP8X", "ICCP", "ANIM", "ANMF", "ALPH"].includes(type)) kept.push(bytes.slice(at, stop));
    at = stop;
  }
  const about = kept.find((part) => ascii(/** @type {Bytes} */ (part), 0, "VP8X"));
  if (about) about[8] = (about[8] & ~(hasExif | hasXmp)) | (turn === upright ? 0 : hasExif);
  const exif = about && turn !== upright ? [...letters("EXIF"), 26, 0, 0, 0, ...tiffOf(turn)] : [];
  const body = all([...kept, exif]);
  return all([letters("RIFF"), little(body.length + 4), letters("WEBP"), body]);
}

// --- GIF (89a) ---

/** Behind the last of a row of blocks, each with its length before it. @param {Bytes} bytes @param {number} at */
function afterBlocks(bytes, at) {
  let next = at;
  while (next < bytes.length && bytes[next] !== 0) next += 1 + bytes[next];
  return next + 1;
}

const colours = (/** @type {number} */ flags) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

function gif(/** @type {Bytes} */ bytes) {
  let at = 13 + colours(bytes[10]);
  const kept = [bytes.subarray(0, at)];
  while (at < bytes.length) {
    const isImage = bytes[at] === 0x2c;
    if (!isImage && bytes[at] !== 0x21) break; // its end, or nothing that anybody could read
    const stop = afterBlocks(bytes, isImage ? at + 11 + colours(bytes[at + 9]) : at + 2);
    const tells = bytes[at + 1] === 0xfe || (bytes[at + 1] === 0xff && !["NETSCAPE", "ANIMEXTS", "ICCRGBG1"].some((name) => ascii(bytes, at + 3, name)));
    if (isImage || !tells) kept.push(bytes.subarray(at, stop));
    at = stop;
  }
  return all([...kept, [0x3b]]);
}

/** How it is done for a file that begins so; null for what is none of these. @param {Bytes} head its first 16 bytes */
function howOf(head) {
  if (ascii(head, 0, "\xff\xd8\xff")) return jpeg;
  if (ascii(head, 0, "\x89PNG\r\n\x1a\n")) return png;
  if (ascii(head, 0, "RIFF") && ascii(head, 8, "WEBP")) return webp;
  return ascii(head, 0, "GIF8") ? gif : null;
}

/** The same picture without all that; null where there is nothing to leave out. @param {Bytes} bytes */
export function bare(bytes) {
  const made = howOf(bytes)?.(bytes);
  const isSame = made?.length === bytes.length && made.every((byte, at) => byte === bytes[at]);
  return made && !isSame ? made : null;
}

/** The same of a file, whatever it is: a picture or film without, or null. @param {File} file @returns {Promise<File | null>} */
export async function bareOf(file) {
  const isRaster = howOf(new Uint8Array(await file.slice(0, 16).arrayBuffer()));
  const made = isRaster ? bare(new Uint8Array(await file.arrayBuffer())) : await bareBoxes(file);
  return made === null ? null : new File([made], file.name, { type: file.type, lastModified: file.lastModified });
}

/** What goes on where a file of so many bytes was begun: the one without, unless it was begun as it is. Where both are as long, nobody knows which it was,
 * and the one without leaves out the most. @template {{size: number}} T @param {{size: number}} whole @param {T | null} made @param {number} begun */
export const goesOnAs = (whole, made, begun) => (whole.size === begun && made?.size !== begun ? null : made);
