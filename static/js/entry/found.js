// Authorities that announce themselves on this network: each opens to the digits that a person compares before joining.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { joinFound, lookAround } from "../actions/account.js";
import { refusalOf } from "../core/connection.js";
import { t } from "../i18n/i18n.js";
import { where } from "../state/screen.js";
import { errorLine } from "../kit/field.js";
import { fingerprint } from "../kit/fingerprint.js";
import { name } from "../kit/faces.js";
import { dots, icon } from "../kit/icons.js";

/** Several may say that they are the same one: what tells them apart is all they say. @param {Api.Found} found */
const keyOf = ({ id, port }) => `${id}-${port}`;

function Item(/** @type {Page.Props} */ { found, isOpen, onOpen }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  const body = `found-${keyOf(found)}`;

  async function join() {
    if (busy) return;
    setError(null);
    setBusy(true);
    try {
      await joinFound(found.id);
    } catch (refusal) {
      setError(refusalOf(refusal));
    }
    setBusy(false);
  }

  return html`
    <li class=${`found-item ${isOpen ? "is-open" : ""}`} data-found=${found.id}>
      <button type="button" class="found-head" aria-expanded=${String(isOpen)} aria-controls=${body} onClick=${onOpen}>
        ${icon("wifi")}<span class="grow"><span class="strong">${name(found.name)}</span>
          <span class="code quiet" dir="ltr">${where(found)}</span></span>${icon("down")}</button>
      <div class="found-body" id=${body} hidden=${!isOpen}>
        <p>${t("join.compare")}</p>${fingerprint(found.digits)}
        <div role="alert">${errorLine(`${body}-error`, error)}</div>
        <button type="button" class="button primary wide" aria-busy=${String(busy)} onClick=${join}><span>
          ${t("join.same")}</span>${busy && dots()}</button></div>
    </li>`;
}

export function Found(/** @type {Page.Props} */ { state }) {
  const [open, setOpen] = useState(null);
  useEffect(() => {
    if (state.connected) lookAround();
  }, [state.connected]);
  return html`
    <div class="or"><span>${t("join.or")}</span></div>
    <div aria-live="polite">${state.found.length
        ? html`
      <ul class="found" aria-label=${t("join.found")}>${state.found.map(
        (found) => html`<${Item} key=${keyOf(found)} found=${found} isOpen=${open === keyOf(found)}
          onOpen=${() => setOpen(open === keyOf(found) ? null : keyOf(found))} />`,
      )}</ul>`
        : html`<p class="switch quiet">${t("join.none")}</p>`}</div>`;
}
