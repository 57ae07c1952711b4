// Nobody loses their place: where what had focus has gone from the page, focus goes to the part that it was in, or to the
// next best one. A press beside everything takes focus away as ever.

const parts = ["[data-dialog]", ".details-body", ".details", ".rows", ".page-scroll", ".composer", ".log", ".rail"];
/** What takes focus in each part, the best first; then what there is on every screen. @type {Record<string, string>} */
const heads = {
  "[data-dialog]": "[data-dialog] header .ghost",
  ".details-body": ".details-body",
  ".details": ".details-head .ghost",
  ".rows": ".rows .row[tabindex='0']",
  ".page-scroll": ".page-scroll",
  ".composer": "#write",
  ".log": ".log",
  ".rail": ".rail [aria-current]",
};
const rest = ["[data-dialog] header .ghost", "#write", ".page-scroll", ".log", ".rows .row[tabindex='0']", "#main-panel"];

let last = /** @type {HTMLElement | null} */ (null); // the element that had focus last
let part = ""; // the part it was in
let pending = 0; // the frame in which this is looked at

/** @param {HTMLElement | null} element */
const isSeen = (element) => element?.isConnected && element.getClientRects().length > 0 && !element.closest("[inert]");

function mend() {
  if (document.activeElement !== document.body || last === null || isSeen(last)) return;
  const found = [heads[part], ...rest]
    .filter(Boolean)
    .map((one) => /** @type {HTMLElement | null} */ (document.querySelector(one)))
    .find(isSeen);
  found?.focus({ preventScroll: true });
}

export function watchFocus() {
  document.addEventListener("focusin", ({ target }) => {
    last = /** @type {HTMLElement} */ (target);
    part = parts.find((one) => last?.closest(one)) ?? "";
  });
}

// After each drawing, when dialogs and menus have given back the focus they had: of several drawings after the last.
export function keepFocus() {
  cancelAnimationFrame(pending);
  pending = requestAnimationFrame(() => (pending = requestAnimationFrame(mend)));
}
