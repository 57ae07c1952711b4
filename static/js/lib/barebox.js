// The same as bare.js for what lies in boxes (ISO/IEC 14496-12): HEIC and AVIF pictures, and films of phones and cameras. What is found in them
// by its place stays where it is: what tells of their maker is called `free`, or filled with zeros, and nothing moves. Pure but for reading a film in
// pieces.

/** @typedef {Uint8Array<ArrayBuffer>} Bytes @typedef {{type: string, at: number, body: number, end: number}} Box */

const view = (/** @type {Bytes} */ bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const textAt = (/** @type {Bytes} */ bytes, /** @type {number} */ at) => String.fromCharCode(...bytes.subarray(at, at + 4));
const free = Uint8Array.from("free", (letter) => letter.charCodeAt(0));
const most = 64 * 1024 * 1024; // bytes of one index that is read whole

/** The one that begins there; null where none can. @param {Bytes} bytes @param {number} at @param {number} until @returns {Box | null} */
function boxAt(bytes, at, until) {
  if (at + 8 > bytes.length) return null;
  const short = view(bytes).getUint32(at);
  const isLong = short === 1 && at + 16 <= bytes.length;
  const size = isLong ? Number(view(bytes).getBigUint64(at + 8)) : short || until - at;
  const body = at + (isLong ? 16 : 8);
  return at + size < body ? null : { type: textAt(bytes, at + 4), at, body, end: Math.min(until, at + size) };
}

/** @param {Bytes} bytes @param {number} from @param {number} until */
function boxes(bytes, from, until) {
  const found = [];
  for (let box = boxAt(bytes, from, until); box && box.end <= until && box.at < until; box = boxAt(bytes, box.end, until)) found.push(box);
  return found;
}

// --- pictures: which items of them tell, and where these lie (ISO/IEC 23008-12) ---

/** A reader that goes on by itself. @param {Bytes} bytes @param {number} from */
function reader(bytes, from) {
  let at = from;
  return {
    /** of 0 to 8 bytes @param {number} size */
    number(size) {
      let value = 0;
      for (let read = 0; read < size; read += 1, at += 1) value = value * 256 + (bytes[at] ?? 0);
      return value;
    },
    isOver: () => at >= bytes.length,
  };
}

/** @typedef {{begins: number[], fill: number}} Nothing */

// What stands in their places: Exif with no entry (an offset, a header, none, no further one), XMP that says nothing.
const nothing = /** @type {Record<string, Nothing>} */ ({
  Exif: { begins: [0, 0, 0, 0, 0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0], fill: 0 },
  mime: { begins: Array.from('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>', (letter) => letter.charCodeAt(0)), fill: 0x20 },
});

/** The ids of those that are Exif or XMP, and which. @param {Bytes} bytes @param {Box} info `iinf` @returns {Map<number, string>} */
function tellingItems(bytes, info) {
  const from = info.body + (bytes[info.body] === 0 ? 6 : 8);
  const found = new Map();
  for (const { type, body } of boxes(bytes, from, info.end)) {
    const wide = bytes[body] === 3 ? 4 : 2;
    const kind = textAt(bytes, body + 4 + wide + 2);
    if (type === "infe" && bytes[body] >= 2 && Object.hasOwn(nothing, kind)) found.set(reader(bytes, body + 4).number(wide), kind);
  }
  return found;
}

/** Where each piece of these items lies, and what may stand there. @param {Bytes} bytes @param {Box} places `iloc` @param {Map<number, string>} items
 * @param {Box | undefined} inside `idat` */
function piecesOf(bytes, places, items, inside) {
  const version = bytes[places.body];
  const sizes = [bytes[places.body + 4], bytes[places.body + 5]].flatMap((two) => [two >> 4, two & 15]);
  const [offset, length, base] = sizes;
  const index = version > 0 ? sizes[3] : 0;
  const read = reader(bytes.subarray(0, places.end), places.body + 6);
  const count = read.number(version < 2 ? 2 : 4);
  const found = [];
  for (let one = 0; one < count && !read.isOver(); one += 1) {
    const item = read.number(version < 2 ? 2 : 4);
    const method = version > 0 ? read.number(2) & 15 : 0;
    read.number(2); // in this very file
    const start = read.number(base) + (method === 1 ? (inside?.body ?? bytes.length) : 0);
    const instead = nothing[items.get(item) ?? ""];
    let begins = instead?.begins ?? [];
    for (let pieces = read.number(2); pieces > 0 && !read.isOver() && found.length < mostPieces; pieces -= 1) {
      read.number(index);
      const from = start + read.number(offset);
      const until = Math.min(from + read.number(length), bytes.length);
      if (instead && from < until) found.push({ from, until, begins: begins.length <= until - from ? begins : [], fill: instead.fill });
      begins = []; // it stands whole in the first one, or there is no room for it
    }
  }
  return found;
}

const mostPieces = 64; // some have two
const pictures = ["heic", "heix", "heim", "heis", "hevc", "mif1", "msf1", "avif", "avis"];

/** A picture's bytes without; null where nothing is to be left out. @param {Bytes} whole */
function barePicture(whole) {
  const bytes = whole.slice();
  for (const box of boxes(bytes, 0, bytes.length)) {
    if (["uuid", "udta"].includes(box.type)) clear(bytes, box);
    if (box.type !== "meta") continue;
    const within = boxes(bytes, box.body + 4, box.end);
    const of = (/** @type {string} */ type) => within.find((one) => one.type === type);
    const [info, places] = [of("iinf"), of("iloc")];
    for (const { from, until, begins, fill } of info && places ? piecesOf(bytes, places, tellingItems(bytes, info), of("idat")) : []) {
      bytes.fill(fill, from, until);
      bytes.set(begins, from);
    }
  }
  return bytes.some((byte, at) => byte !== whole[at]) ? bytes : null;
}

// --- films: what stands beside their tracks ---

const tells = ["udta", "meta", "uuid"];
const tellsInTrack = ["udta", "meta"]; // a box of no known type may say how its pictures are to be shown: all around, for one

/** @param {Bytes} bytes @param {Box} box */
function clear(bytes, { at, body, end }) {
  bytes.set(free, at + 4);
  bytes.fill(0, body, end);
}

/** Clears what is of these types, also in the tracks; whether there was any. @param {Bytes} bytes @param {number} from @param {number} until @param {string[]} types @returns {boolean} */
function clearAll(bytes, from, until, types = tells) {
  let isChanged = false;
  for (const box of boxes(bytes, from, until)) {
    const within = box.type === "moov" ? tells : box.type === "trak" ? tellsInTrack : null;
    if (within) isChanged = clearAll(bytes, box.body, box.end, within) || isChanged;
    if (!types.includes(box.type)) continue;
    clear(bytes, box);
    isChanged = true;
  }
  return isChanged;
}

/** The film without; null where nothing is to be left out, or it isn't one. Music keeps its title. @param {Blob} file */
async function bareFilm(file) {
  /** @type {BlobPart[]} */
  const parts = [];
  let [isChanged, isFilm] = [false, false];
  for (let at = 0; at < file.size; ) {
    const head = new Uint8Array(await file.slice(at, at + 16).arrayBuffer());
    const box = boxAt(head, 0, file.size - at);
    if (!box) return null;
    const whole = file.slice(at, at + box.end);
    at += box.end;
    if (!["moov", ...tells].includes(box.type) || whole.size > most) {
      parts.push(whole);
      continue;
    }
    const bytes = new Uint8Array(await whole.arrayBuffer());
    isFilm ||= box.type === "moov" && hasPictures(bytes, box);
    isChanged = clearAll(bytes, 0, bytes.length) || isChanged;
    parts.push(bytes);
  }
  return isChanged && isFilm ? new Blob(parts) : null;
}

/** Whether one of its tracks is of pictures. @param {Bytes} bytes @param {Box} film */
const hasPictures = (bytes, { body, end }) =>
  boxes(bytes, body, end).some(({ type, body: inTrack, end: trackEnd }) => type === "trak"
    && boxes(bytes, inTrack, trackEnd).some((media) => media.type === "mdia"
      && boxes(bytes, media.body, media.end).some((one) => one.type === "hdlr" && textAt(bytes, one.body + 8) === "vide")));

const begins = ["ftyp", "moov", "mdat", "wide", "free", "skip"]; // the first box; films of before 2001 have no `ftyp`

/** @param {Blob} file @returns {Promise<BlobPart | null>} */
export async function bareBoxes(file) {
  const head = new Uint8Array(await file.slice(0, 4096).arrayBuffer());
  const first = boxAt(head, 0, head.length);
  if (!first || !begins.includes(first.type)) return null;
  const brands = [];
  for (let at = first.body; first.type === "ftyp" && at + 4 <= first.end; at += 4) brands.push(textAt(head, at));
  return brands.some((brand) => pictures.includes(brand)) ? barePicture(new Uint8Array(await file.arrayBuffer())) : bareFilm(file);
}
