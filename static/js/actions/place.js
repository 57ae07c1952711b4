// Where this computer is, as its browser finds out, only when somebody has pressed for it; and a message that says so.

import { freshId } from "../core/connection.js";
import { closeDialog, dispatch, openDialog } from "../core/store.js";
import { geoLink } from "../lib/geo.js";
import { flow } from "./outbox.js";

/** @typedef {import("../lib/geo.js").Place} Place */

export const askPlace = (/** @type {string} */ chat) => openDialog({ kind: "place", chat });

const patience = 30_000; // ms
const refused = 1; // PERMISSION_DENIED

/** Where it is, or the words that say why nobody knows. @returns {Promise<{place?: Place, why?: string}>} */
export const findPlace = () =>
  new Promise((done) => {
    if (!navigator.geolocation) return done({ why: "place.none" });
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => done({ place: { lat: coords.latitude, lon: coords.longitude, within: coords.accuracy } }),
      ({ code }) => done({ why: code === refused ? "place.refused" : "place.none" }),
      { enableHighAccuracy: true, timeout: patience },
    );
  });

/** @param {string} chat @param {Place} place */
export function sendPlace(chat, place) {
  dispatch({ type: "sending", chat, id: freshId(), text: geoLink(place), reply: null, now: Date.now(), aside: true });
  closeDialog();
  flow(chat);
}
