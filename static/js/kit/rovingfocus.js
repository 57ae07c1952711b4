// Arrow keys among things of one kind that share one tab stop: rows, menu items, messages.

/** @type {Record<string, number>} */
const down = { ArrowDown: 1, ArrowUp: -1 };

/** @returns {Record<string, number>} */
const along = () => (document.documentElement.dir === "rtl" ? { ArrowLeft: 1, ArrowRight: -1 } : { ArrowRight: 1, ArrowLeft: -1 });

// Moves focus within event.currentTarget; true when the key was one of these. inLine: the things stand in a line.
export function rovingFocus(/** @type {Page.Press} */ event, /** @type {string} */ selector, /** @type {boolean} */ inLine = false) {
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  const { key } = event;
  const steps = inLine ? along() : down;
  if (!(key in steps) && key !== "Home" && key !== "End") return false;
  const all = /** @type {HTMLElement[]} */ ([...event.currentTarget.querySelectorAll(selector)]).filter((one) => one.getClientRects().length);
  if (!all.length) return false;
  const at = all.findIndex((one) => one === document.activeElement?.closest(selector));
  const to =
    key === "Home" ? 0 : key === "End" ? all.length - 1 : Math.min(all.length - 1, Math.max(0, at + steps[key]));
  all[to].focus();
  event.preventDefault();
  return true;
}
