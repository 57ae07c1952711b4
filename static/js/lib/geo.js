// Where somebody is, as a link in a message (RFC 5870): `geo:35.7,51.42;u=20`. Pure.

import { numerals } from "./numerals.js";

/** Degrees north and east; metres within which it is, or null. @typedef {{lat: number, lon: number, within: number | null}} Place */

const number = String.raw`\d{1,15}(?:\.\d{1,15})?`;
const shape = new RegExp(String.raw`^geo:(-?${number}),(-?${number})(?:,-?${number})?((?:;[a-z\d-]{1,30}(?:=[\w.%+-]{1,60})?){0,8})$`, "iu");
const longest = 200; // characters
const precise = 5; // digits behind the point: a metre
const around = 20_038_000; // metres to the other side of the earth

/** As keyboards of Persian and Arabic write it, too. @param {string} text */
const latin = (text) =>
  text.replace(new RegExp(`[${numerals}]`, "gu"), (sign) => String(sign.charCodeAt(0) & 15)).replaceAll("٫", ".").replaceAll("،", ",");

/** The place that a text names and nothing else; null of every other. @param {string} text @returns {Place | null} */
export function placeIn(text) {
  const found = text.length > longest ? null : shape.exec(latin(text.trim()));
  if (!found) return null;
  const [lat, lon] = [Number(found[1]), Number(found[2])];
  const parameters = new Map(found[3].toLowerCase().split(";").slice(1).map((one) => /** @type {[string, string]} */ (one.split("="))));
  const crs = parameters.get("crs") ?? "wgs84";
  if (crs !== "wgs84" || Math.abs(lat) > 90 || Math.abs(lon) > 180) return null; // degrees of another kind are others
  const within = Number(parameters.get("u") ?? "none");
  return { lat, lon, within: within >= 0 && within <= around ? within : null };
}

const degrees = (/** @type {number} */ value) => String(Number(value.toFixed(precise)) + 0);

/** "35.7,51.42", as maps take it. @param {Place} place */
export const coordinatesOf = ({ lat, lon }) => `${degrees(lat)},${degrees(lon)}`;

/** @param {Place} place */
export const geoLink = (place) => `geo:${coordinatesOf(place)}${place.within === null ? "" : `;u=${Math.ceil(place.within)}`}`;
