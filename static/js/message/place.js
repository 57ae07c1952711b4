// A place as a card: where, how exactly, and what opens it on the map of one's own computer. Nothing is fetched for it.

import { html } from "../../vendor/preact.js";
import { copy } from "../actions/messageactions.js";
import { degrees, number, t } from "../i18n/i18n.js";
import { coordinatesOf, geoLink } from "../lib/geo.js";
import { icon } from "../kit/icons.js";

/** @typedef {import("../lib/geo.js").Place} Place */

/** In words, each number in the page's digits. @param {Place} place */
function where({ lat, lon }) {
  const north = t(lat < 0 ? "place.south" : "place.north", { n: { ready: degrees(lat) } });
  const east = t(lon < 0 ? "place.west" : "place.east", { n: { ready: degrees(lon) } });
  return t("place.where", { north: { ready: north }, east: { ready: east } });
}

/** @param {Place} place */
const nearness = ({ within }) =>
  within !== null && html`<p class="quiet">${within >= 1000 ? t("place.within_km", { n: { ready: number(Math.ceil(within / 100) / 10) } }) : t("place.within", { n: { ready: number(Math.ceil(within)) } })}</p>`;

/** @param {{place: Place}} props */
export const Where = ({ place }) => html`
  <div class="place-where">${icon("place")}<div class="grow"><p class="strong">${where(place)}</p>${nearness(place)}</div></div>`;

/** @param {Page.Props & {place: Place}} props */
export const PlaceCard = ({ place, end }) => html`
  <div class="place" data-place=${coordinatesOf(place)}><${Where} place=${place} />
    <p class="place-ways"><a class="button small" href=${geoLink(place)} rel="noopener noreferrer" data-map>${t("place.map")}</a>
      <button type="button" class="button small" data-copy-place onClick=${() => copy(coordinatesOf(place))}>${icon("copy")}<span>${t("action.copy")}</span></button></p></div>${end}`;
