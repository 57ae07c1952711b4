// Short words at the foot, over whatever stands there to be pressed or written into; read aloud by screen readers, and each
// can be put away.

import { html, useLayoutEffect, useRef } from "../../vendor/preact.js";
import { dismiss } from "../actions/notice.js";
import { t, errorText } from "../i18n/i18n.js";
import { icon } from "./icons.js";

const boxesOf = (/** @type {string} */ parts) => [...document.querySelectorAll(parts)].map((part) => part.getBoundingClientRect());

/** What they must not lie over: a dialog, or only its buttons where there is no room above it; without one, where one writes. @param {number} height */
function feet(height) {
  const [dialog] = boxesOf(".dialog");
  if (dialog) return dialog.top > height + 40 ? [dialog] : boxesOf(".dialog footer");
  return boxesOf(".composer, .closed, .rail").filter((box) => box.height < innerHeight / 2); // the rail at the side is none
}

/** How much of the window, from below, is taken by that. @param {Element} toasts */
function footHeight(toasts) {
  const { left, right, height } = toasts.getBoundingClientRect();
  const boxes = feet(height).filter((box) => box.height && box.left < right && box.right > left);
  // from the lowest up: each that reaches into where the toasts are by now lifts them over itself
  return boxes
    .sort((a, b) => b.bottom - a.bottom)
    .reduce((lift, { top, bottom }) => (bottom > innerHeight - lift - height - 32 ? Math.max(lift, innerHeight - top) : lift), 0);
}

export function Toasts(/** @type {Page.Props} */ { toasts }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    if (!toasts.length) return undefined;
    const place = () => box.current.style.setProperty("--foot", `${footHeight(box.current.children[0])}px`);
    place();
    addEventListener("resize", place);
    return () => removeEventListener("resize", place);
  });
  return html`
    <div class="toasts" role="status" aria-live="polite" ref=${box}><div>
      ${toasts.map((toast) => html`
        <p key=${toast.id} class=${`toast is-${toast.kind}`} data-toast=${toast.kind} data-error=${toast.error?.code}>
          ${icon(toast.kind === "stop" ? "warn" : "check")}
          <span class="grow">${toast.error ? errorText(toast.error) : t(toast.key ?? "", toast.values)}</span>
          ${toast.undo && html`<button type="button" class="link" data-undo onClick=${() => {
            dismiss(toast.id);
            toast.undo?.run();
          }}>${t(toast.undo.key)}</button>`}
          <button type="button" class="ghost small" aria-label=${t("action.close")} onClick=${() => dismiss(toast.id)}>
            ${icon("close")}</button>
        </p>`)}</div>
    </div>`;
}
