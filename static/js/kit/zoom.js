// What is looked at closely: larger and smaller by the wheel, by + and -, by two fingers or a double press, moved where it is
// larger than its frame; and, where it is as large as the frame, swept to the side for the next one.

import { html, useEffect, useRef } from "../../vendor/preact.js";

const most = 8; // times as large
const step = 1.4;
const near = 2.5; // of a double press
const far = 60; // px of a sweep

/** @typedef {{scale: number, x: number, y: number}} View */

/** A view that is larger around a point of the frame (px from its middle), no less than whole and never out of sight.
 * @param {View} view @param {number} factor @param {number} px @param {number} py @param {DOMRect} frame @returns {View} */
export function zoomed({ scale, x, y }, factor, px, py, frame) {
  const next = Math.max(1, Math.min(most, scale * factor));
  const part = next / scale;
  return within({ scale: next, x: px - (px - x) * part, y: py - (py - y) * part }, frame);
}

/** @param {View} view @param {{width: number, height: number}} frame @returns {View} */
export function within({ scale, x, y }, { width, height }) {
  const [wide, high] = [(width * (scale - 1)) / 2, (height * (scale - 1)) / 2];
  return { scale, x: Math.max(-wide, Math.min(wide, x)), y: Math.max(-high, Math.min(high, y)) };
}

/** of: another value, another thing, which is whole at first. sweep(1): to the left. @param {Page.Props & {sweep: (way: number) => void}} props */
export function Zoom({ of, label, sweep, children, more }) {
  const box = /** @type {{current: HTMLElement}} */ (useRef(null));
  const view = /** @type {{current: View}} */ (useRef({ scale: 1, x: 0, y: 0 }));
  const fingers = /** @type {{current: Map<number, PointerEvent>}} */ (useRef(new Map()));
  const begun = useRef(0);

  function show(/** @type {View} */ next) {
    view.current = next;
    const inside = /** @type {HTMLElement} */ (box.current.firstElementChild);
    inside.style.transform = next.scale === 1 ? "" : `translate(${next.x}px, ${next.y}px) scale(${next.scale})`;
    box.current.dataset.scale = next.scale.toFixed(1);
  }
  useEffect(() => show({ scale: 1, x: 0, y: 0 }), [of]);

  /** By so much, around a place of the screen or the middle. @param {number} factor @param {{clientX: number, clientY: number} | null} at */
  function by(factor, at = null) {
    const frame = box.current.getBoundingClientRect();
    const [x, y] = at ? [at.clientX - frame.x - frame.width / 2, at.clientY - frame.y - frame.height / 2] : [0, 0];
    show(zoomed(view.current, factor, x, y, frame));
  }

  function onWheel(/** @type {WheelEvent} */ event) {
    event.preventDefault();
    by(event.deltaY < 0 ? step : 1 / step, event);
  }

  function onMove(/** @type {PointerEvent} */ event) {
    const before = fingers.current.get(event.pointerId);
    if (!before) return;
    const other = [...fingers.current.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    if (other) {
      const apart = (/** @type {PointerEvent} */ one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      by(apart(event) / Math.max(1, apart(before)), { clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 });
      begun.current = Number.NaN; // two fingers sweep nothing
    } else if (view.current.scale > 1) {
      const { scale, x, y } = view.current;
      show(within({ scale, x: x + event.clientX - before.clientX, y: y + event.clientY - before.clientY }, box.current.getBoundingClientRect()));
    }
    fingers.current.set(event.pointerId, event);
  }

  function onDown(/** @type {PointerEvent} */ event) {
    if (event.button !== 0) return;
    box.current.setPointerCapture(event.pointerId);
    fingers.current.set(event.pointerId, event);
    begun.current = fingers.current.size === 1 && view.current.scale === 1 ? event.clientX : Number.NaN;
  }

  function onUp(/** @type {PointerEvent} */ event) {
    fingers.current.delete(event.pointerId);
    const way = event.clientX - begun.current;
    if (event.type === "pointerup" && Math.abs(way) > far) sweep(way < 0 ? 1 : -1);
    begun.current = Number.NaN;
  }

  function onKeyDown(/** @type {Page.Press} */ event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return; // the browser's own
    const factor = { "+": step, "=": step, "-": 1 / step, 0: 0 }[event.key];
    if (factor === undefined) return;
    event.preventDefault();
    by(factor);
  }

  return html`
    <div class="zoom" ref=${box} tabindex="0" data-first data-scale="1.0" role="img" aria-label=${label} onWheel=${onWheel} onKeyDown=${onKeyDown}
      onPointerDown=${onDown} onPointerMove=${onMove} onPointerUp=${onUp} onPointerCancel=${onUp}
      onDblClick=${(/** @type {MouseEvent} */ event) => by(view.current.scale > 1 ? 0 : near, event)} ...${more}>${children}</div>`;
}
