// Of all pages of one agent in one browser, the one that was looked at last: it alone tells of what comes, as it knows what
// somebody is reading. The browser keeps which it is (a lock has one holder), and hands it on when that page goes.

import { getState, watch } from "./store.js";

const name = "hamraz foremost";
/** @type {LockManager | undefined} */
const locks = navigator.locks; // where there are none, each page tells for itself
let letGo = /** @type {(() => void) | null} */ (null); // of the one that is it
let isWaiting = false; // to be it after the others: once is enough, however often another is looked at
let isDenied = false; // as with cookies blocked: then, too, each tells for itself

export const isForemost = () => !locks || isDenied || letGo !== null;

/** @param {boolean} now whether it is taken from who has it, or waited for */
async function beForemost(now) {
  if (letGo || (isWaiting && !now)) return;
  if (!now) isWaiting = true;
  let mine = /** @type {(() => void) | null} */ (null);
  const isTaken = await /** @type {LockManager} */ (locks).request(name, { steal: now }, () => {
    if (!now) isWaiting = false;
    if (!getState().session) return false;
    return new Promise((done) => {
      mine = () => done(false);
      letGo = mine;
    });
  }).catch((/** @type {Error} */ why) => {
    isDenied = why.name === "SecurityError";
    return why.name === "AbortError"; // it is another page that is looked at
  });
  if (letGo === mine) letGo = null;
  if (isTaken) beForemost(false);
}

/** Only who is logged in is told anything, and can be it. */
export function watchForemost() {
  if (!locks) return;
  let isIn = false;
  const look = (/** @type {Page.State} */ { session }) => {
    if (session === isIn) return;
    isIn = session;
    if (isIn) return void beForemost(document.hasFocus());
    letGo?.();
    letGo = null;
  };
  look(getState());
  watch(look);
  addEventListener("focus", () => isIn && beForemost(true));
}
