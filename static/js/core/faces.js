// Pictures of people and of groups as pixels: asked of the agent once each, decoded small, and kept while they are looked at. What is no
// picture, or says that it is a large one, is none: then the letter or the sign stands.

import { faceOf as decode } from "../lib/pixels.js";
import { call, refusalOf } from "./connection.js";

const most = 200; // faces at hand, of 144 KB each

/** @typedef {{uid?: string, gid?: string, picture: string | null}} Shown a person or a group */
/** @type {Map<string, {bitmap: ImageBitmap | null, asked: Promise<ImageBitmap | null>}>} */
const kept = new Map(); // by person and picture, whoever was looked at last at the end

const nameOf = (/** @type {Shown} */ { uid, gid, picture }) => `${uid ?? gid} ${picture}`;

/** The face that is at hand already, or null. @param {Shown} shown */
export const faceNow = (shown) => kept.get(nameOf(shown))?.bitmap ?? null;

/** Somebody's face or a group's picture, or null. @param {Shown} shown */
export function faceOf(shown) {
  const name = nameOf(shown);
  const found = kept.get(name) ?? ask(shown, name);
  kept.delete(name);
  kept.set(name, found);
  for (const [oldest] of kept) {
    if (kept.size <= most) break;
    kept.delete(oldest);
  }
  return found.asked;
}

/** @param {Shown} shown @param {string} name */
function ask({ uid, gid }, name) {
  /** @type {{bitmap: ImageBitmap | null, asked: Promise<ImageBitmap | null>}} */
  const one = { bitmap: null, asked: Promise.resolve(null) };
  one.asked = (gid ? call("group_picture", { group_id: gid }) : call("picture", { uid: String(uid) }))
    .then(({ picture }) => (picture === null ? null : decode(picture)))
    .then((bitmap) => (one.bitmap = bitmap))
    .catch((error) => {
      refusalOf(error);
      kept.delete(name); // asked again when it is looked at again
      return null;
    });
  return one;
}

/** Another account has other people. */
export const forgetFaces = () => kept.clear();
