// What a message says where there is room for one line: without the sign that it came silently, of a poll its question, and of a
// place where it is. Pure.

import { coordinatesOf, placeIn } from "./geo.js";
import { beginning } from "./hidden.js";
import { questionOf } from "./poll.js";
import { flat } from "./prose.js";
import { silentOf } from "./silent.js";

const read = 1000; // characters that are looked at for marks, which would only be signs here

/** @param {string} text */
export function glance(text) {
  const said = silentOf(text) ?? text;
  const place = placeIn(said);
  if (place) return `📍 ${coordinatesOf(place).replace(",", ", ")}`;
  return questionOf(said) ?? flat(beginning(said, read));
}
