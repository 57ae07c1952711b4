// What lies over the page beside something: placed so that it fits the window, closed by Escape, by a press elsewhere and
// by scrolling, and focus goes back to where one was. On a narrow window it rises from the foot (CSS).

import { html, useLayoutEffect, useRef } from "../../vendor/preact.js";
import { closePopover } from "../actions/messageactions.js";
import { isComposed } from "./composed.js";

const edge = 8; // px that stay free at the window's edges

const clamp = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(edge, Math.min(value, most));

// Under the thing if it fits there, else above it, else beside it; its end at the thing's end.
function place(/** @type {HTMLElement} */ box, /** @type {Page.Popover["at"]} */ at) {
  const { offsetWidth: width, offsetHeight: height } = box;
  const isTurned = document.documentElement.dir === "rtl";
  const below = at.y + at.height + edge;
  const above = at.y - height - edge;
  const fits = below + height <= innerHeight - edge;
  const y = fits ? below : above >= edge ? above : innerHeight - height - edge;
  const [left, right] = [at.x - width - edge, at.x + at.width + edge];
  const beside = isTurned === right + width <= innerWidth - edge || left < edge ? right : left;
  const end = at.width ? at.x + at.width - width : at.x;
  const start = at.width ? at.x : at.x - width;
  const x = fits || above >= edge || !at.width ? (isTurned ? start : end) : beside;
  box.style.left = `${clamp(x, innerWidth - width - edge)}px`;
  box.style.top = `${clamp(y, innerHeight - height - edge)}px`;
}

// A finger is served no keyboard that it didn't ask for.
const isTouched = () => matchMedia("(hover: none)").matches;

// Where focus goes afterwards: who came by the keyboard is still at the message, who came by the pointer writes on.
function backTo(/** @type {{id: string | null, byKey: boolean}} */ { id, byKey }) {
  const message = /** @type {HTMLElement | null} */ (byKey ? document.querySelector(`[data-message="${id}"]`) : null);
  const field = isTouched() ? null : document.getElementById("write");
  const to = message || field || /** @type {HTMLElement | null} */ (document.querySelector(".log"));
  if (message) message.tabIndex = -1;
  to?.focus({ preventScroll: true });
}

export function Popover(/** @type {Page.Props} */ { popover, look, first, onKeyDown, children, ...rest }) {
  const box = useRef(null);

  useLayoutEffect(() => {
    const element = box.current;
    const line = popover.id === null ? null : document.querySelector(`[data-message="${popover.id}"]`);
    line?.setAttribute("data-picked", "");
    const outside = (/** @type {Event} */ event) => {
      const target = /** @type {Element} */ (event.target);
      // a press on what opened it closes it by itself
      if (!element.contains(target) && !target.closest("[aria-haspopup=dialog][aria-expanded=true]")) closePopover();
    };
    const placed = new ResizeObserver(() => place(element, popover.at));
    placed.observe(element);
    placed.observe(document.documentElement);
    const start = /** @type {HTMLElement | null} */ (element.querySelector(first));
    (start && !(isTouched() && start.matches("input")) ? start : element).focus({ preventScroll: true });
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("wheel", outside, { capture: true, passive: true });
    return () => {
      placed.disconnect();
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("wheel", outside, { capture: true });
      line?.removeAttribute("data-picked");
      if (element.contains(document.activeElement) || document.activeElement === document.body) backTo(popover);
    };
  }, []);

  useLayoutEffect(() => place(box.current, popover.at));

  function keys(/** @type {Page.Press} */ event) {
    if (event.key === "Escape" && !isComposed(event)) closePopover();
    else {
      onKeyDown?.(event);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  return html`<div class="popover-scrim"></div><div ref=${box} class=${`popover ${look}`} tabindex="-1" data-popover=${popover.kind}
    onKeyDown=${keys} ...${rest}>${children}</div>`;
}
