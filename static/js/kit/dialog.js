// A dialog over the page: takes focus, keeps it, closes by Escape or a press on the scrim, gives focus back.

import { html, useLayoutEffect, useRef } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { closeDialog } from "../core/store.js";
import { isComposed } from "./composed.js";
import { errorLine } from "./field.js";
import { useForm } from "./form.js";
import { dots, iconButton } from "./icons.js";

const reachable = "button:not([disabled]), input, textarea, [href], [tabindex='0']";

// The foot of a dialog that is a form: what is wrong or worth knowing, the way back, and the one thing to do.
/** @type {(it: Page.Form, go: Page.Content, more?: {note?: Page.Content, stop?: boolean}) => Page.Content} */
const footer = (it, go, { note, stop = false } = {}) => html`
  <footer><div class="grow" role="alert">${it.rest
      ? errorLine("dialog-error", it.rest)
      : note &&
        html`<p class="quiet">
    ${note}</p>`}</div>
    <button type="button" class="button" onClick=${closeDialog}>${t("action.cancel")}</button>
    <button type="submit" class=${`button primary ${stop ? "is-stop" : ""}`} aria-busy=${String(it.busy)}>
      ${go}${it.busy && dots()}</button></footer>`;

let opener = /** @type {HTMLElement | null} */ (null); // what had focus before the dialogs that are open

export function Dialog(/** @type {Page.Props} */ { kind, title, look = "", children }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    // one that takes another's place gives focus back to where that one had it from
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    const before = active && active !== document.body && !active.closest("[data-dialog]") ? active : opener;
    opener = before;
    const firsts = ["[data-first]", "input, textarea", ".dialog-body[tabindex], footer .button"];
    const first = /** @type {HTMLElement | null | undefined} */ (firsts.map((one) => box.current.querySelector(one)).find(Boolean));
    first?.focus();
    // what is only there to be scrolled shows a ring once somebody goes there, not because the dialog has opened
    if (first?.matches(".dialog-body")) first.dataset.opened = "";
    first?.addEventListener("blur", () => delete first.dataset.opened, { once: true });
    return () =>
      requestAnimationFrame(() => {
        if (!document.querySelector("[data-dialog]")) opener = null;
        if (!before?.isConnected || (document.activeElement && document.activeElement !== document.body)) return;
        if (before.matches("[data-message]")) before.tabIndex = -1; // which it has only while it is where one is
        before.focus({ preventScroll: true });
      });
  }, []);

  function onKeyDown(/** @type {Page.Press} */ event) {
    if (event.key === "Escape" && !isComposed(event)) {
      closeDialog();
      event.preventDefault();
      event.stopPropagation();
    }
    if (event.key !== "Tab") return;
    const all = /** @type {HTMLElement[]} */ ([...box.current.querySelectorAll(reachable)]).filter(
      (one) => one.getClientRects().length && one.tabIndex >= 0,
    );
    const end = event.shiftKey ? all[0] : all.at(-1);
    if (document.activeElement !== end) return;
    (event.shiftKey ? all.at(-1) : all[0])?.focus();
    event.preventDefault();
  }

  return html`
    <div class="scrim" onMouseDown=${(event) => {
      if (event.target === event.currentTarget) closeDialog();
    }}>
      <section ref=${box} class=${`dialog ${look}`} role="dialog" aria-modal="true" aria-labelledby="dialog-title"
        data-dialog=${kind} onKeyDown=${onKeyDown}>
        <header><h2 id="dialog-title">${title}</h2>
          ${iconButton("close", t("action.close"), closeDialog)}</header>
        ${children}
      </section></div>`;
}

/** A dialog that is a form: what useForm() gave is `it`, `go` the words of its one button. */
export const FormDialog = (/** @type {Page.Props} */ { kind, title, it, go, note, stop, children }) => html`
  <${Dialog} kind=${kind} title=${title}><form class="dialog-form" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
    <div class="dialog-body">${children}</div>
    ${go
        ? footer(it, go, { note, stop })
        : html`<footer><span class="spacer"></span><button type="button" class="button" onClick=${closeDialog}>
          ${t("action.close")}</button></footer>`}</form><//>`;

/** Asks before something is done that can't be taken back, in a line or more. */
export function Ask(/** @type {Page.Props} */ { kind, title, lines, go, stop, submit, children }) {
  const it = useForm([], submit);
  return html`<${FormDialog} kind=${kind} title=${title} it=${it} go=${go} stop=${stop}>
    ${(lines ?? []).map((/** @type {string} */ line) => html`<p>${line}</p>`)}${children}<//>`;
}
