// Whose vault this page was logged in to last, so that only the password is asked for. The agent tells nobody while the
// vault is locked; what is kept here says which vault it belongs to, as another agent may be at this address one day.

import { lasting } from "../lib/kept.js";

const place = "hamraz.here";

export const keepName = (/** @type {string | null} */ vault, /** @type {string} */ name) => {
  if (vault) lasting.set(place, JSON.stringify({ vault, name }));
};

/** The user name, or nothing: another vault, or somebody else's value. @param {Api.Status} status */
export function lastName({ vault, username }) {
  if (username) return username;
  try {
    const kept = JSON.parse(lasting.get(place) ?? "null");
    return kept && vault && kept.vault === vault && typeof kept.name === "string" ? kept.name : null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}
