// Pictures of people as pixels: asked of the agent once each, decoded small, and kept while they are looked at. What is no
// picture, or says that it is a large one, is none: then the letter stands.

import { faceOf as decode } from "../lib/pixels.js";
import { call, refusalOf } from "./connection.js";

const most = 200; // faces at hand, of 144 KB each

/** @typedef {Pick<Api.Person, "uid" | "picture">} Shown */
/** @type {Map<string, {bitmap: ImageBitmap | null, asked: Promise<ImageBitmap | null>}>} */
const kept = new Map(); // by person and picture, whoever was looked at last at the end

const nameOf = (/** @type {Shown} */ { uid, picture }) => `${uid} ${picture}`;

/** The face that is at hand already, or null. @param {Shown} person */
export const faceNow = (person) => kept.get(nameOf(person))?.bitmap ?? null;

/** Somebody's face, or null. @param {Shown} person */
export function faceOf(person) {
  const name = nameOf(person);
  const found = kept.get(name) ?? ask(person, name);
  kept.delete(name);
  kept.set(name, found);
  for (const [oldest] of kept) {
    if (kept.size <= most) break;
    kept.delete(oldest);
  }
  return found.asked;
}

/** @param {Shown} person @param {string} name */
function ask({ uid }, name) {
  /** @type {{bitmap: ImageBitmap | null, asked: Promise<ImageBitmap | null>}} */
  const one = { bitmap: null, asked: Promise.resolve(null) };
  one.asked = call("picture", { uid })
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
