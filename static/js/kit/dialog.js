// A dialog over the page: takes focus, keeps it, closes by Escape or a press on the scrim, gives focus back.

import { html, useLayoutEffect, useRef } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { dispatch } from "../core/store.js";
import { errorLine } from "./field.js";
import { dots, icon } from "./icons.js";

export const closeDialog = () => dispatch({ type: "dialog", dialog: null });

const reachable = "button:not([disabled]), input, textarea, [href], [tabindex='0']";

// The foot of a dialog that is a form: what is wrong or worth knowing, the way back, and the one thing to do.
/** @type {(it: any, go: any, more?: {note?: any, stop?: boolean}) => any} */
export const footer = (it, go, { note, stop = false } = {}) => html`
  <footer><div class="grow" role="alert">${
    it.rest
      ? errorLine("dialog-error", it.rest)
      : note &&
        html`<p class="quiet">
    ${note}</p>`
  }</div>
    <button type="button" class="button" onClick=${closeDialog}>${t("action.cancel")}</button>
    <button type="submit" class=${`button primary ${stop ? "is-stop" : ""}`} aria-busy=${String(it.busy)}>
      ${go}${it.busy && dots()}</button></footer>`;

export function Dialog({ kind, title, look = "", children }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    (
      box.current.querySelector("[data-first]") ??
      box.current.querySelector("input, textarea") ??
      box.current.querySelector(".dialog-body[tabindex], footer .button")
    ).focus();
    return () =>
      requestAnimationFrame(() => {
        if (!before?.isConnected || (document.activeElement && document.activeElement !== document.body)) return;
        if (before.matches("[data-message]")) before.tabIndex = -1; // which it has only while it is where one is
        before.focus({ preventScroll: true });
      });
  }, []);

  function onKeyDown(event) {
    if (event.key === "Escape" && !event.isComposing) {
      closeDialog();
      event.preventDefault();
      event.stopPropagation();
    }
    if (event.key !== "Tab") return;
    const all = [...box.current.querySelectorAll(reachable)].filter(
      (one) => one.getClientRects().length && one.tabIndex >= 0,
    );
    const end = event.shiftKey ? all[0] : all.at(-1);
    if (document.activeElement !== end) return;
    (event.shiftKey ? all.at(-1) : all[0]).focus();
    event.preventDefault();
  }

  return html`
    <div class="scrim" onMouseDown=${(event) => {
      if (event.target === event.currentTarget) closeDialog();
    }}>
      <section ref=${box} class=${`dialog ${look}`} role="dialog" aria-modal="true" aria-labelledby="dialog-title"
        data-dialog=${kind} onKeyDown=${onKeyDown}>
        <header><h2 id="dialog-title">${title}</h2>
          <button type="button" class="ghost" aria-label=${t("action.close")} title=${t("action.close")}
            onClick=${closeDialog}>${icon("close")}</button></header>
        ${children}
      </section></div>`;
}
