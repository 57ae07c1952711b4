// Settings: this account is to go to another computer. The password; who may call; the digits of who has called.

import { html, useState } from "../../vendor/preact.js";
import { beginMove, confirmMove, endMove, refuseMove } from "../actions/moving.js";
import { attempt } from "../actions/notice.js";
import { closeDialog, openDialog } from "../core/store.js";
import { digits as own, t } from "../i18n/i18n.js";
import { Dialog, FormDialog } from "../kit/dialog.js";
import { Field } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { icon } from "../kit/icons.js";

function Begin(/** @type {Page.Props} */ { state }) {
  const it = useForm(["password"], beginMove);
  return html`
    <${FormDialog} kind="move" title=${t("move.title")} it=${it} go=${t("move.begin")}>
      <p>${t("move.what")}</p><p class="quiet">${t("move.kept")}</p>
      <input type="text" name="username" autocomplete="username" value=${state.people[state.me].name} hidden />
      <${Field} id="move-password" name="password" type="password" dir="ltr" autocomplete="current-password"
        label=${t("field.password")} error=${it.at("password")} /><//>`;
}

const cancel = () => {
  closeDialog();
  attempt(endMove());
};

const Waiting = (/** @type {{move: Api.Move}} */ { move }) => html`
  <${Dialog} kind="move" title=${t("move.waiting.title")}>
    <div class="dialog-body" data-move="waiting"><p>${t("move.waiting.text")}</p>
      <p>${t("move.number")}: <b data-number>${own(move.number ?? "")}</b></p>
      ${move.addresses.length > 0 && html`<p>${t("move.address")}: ${move.addresses.map((one) => html`
        <span class="code" dir="ltr" data-address>${one}</span> `)}</p>`}
      <p class="quiet" role="status">${t("move.waiting.for")}</p></div>
    <footer><span class="spacer"></span><button type="button" class="button" data-move-act="cancel" onClick=${cancel}>
      ${t("action.cancel")}</button></footer><//>`;

function Compare(/** @type {{digits: string[]}} */ { digits }) {
  const [busy, setBusy] = useState(false);
  async function same() {
    if (busy) return;
    setBusy(true);
    await attempt(confirmMove(digits));
    setBusy(false);
  }
  return html`
    <${Dialog} kind="move" title=${t("move.digits.title")}>
      <div class="dialog-body" data-move="asked"><p>${t("move.digits.old")}</p>
        <p class="digits" dir="ltr" role="status">${digits.map((group) => html`<span>${own(group)}</span>`)}</p>
        <p class="quiet">${t("move.digits.then")}</p></div>
      <footer><button type="button" class="button" data-move-act="cancel" onClick=${cancel}>${t("action.cancel")}</button>
        <span class="spacer"></span>
        <button type="button" class="button stop" data-move-act="differ" onClick=${() => attempt(refuseMove(digits))}>
          ${t("move.differ")}</button>
        <button type="button" class="button primary" data-move-act="same" aria-busy=${String(busy)} onClick=${same}>
          ${t("move.same")}</button></footer><//>`;
}

/** The dialog is closed, and the account is still offered: that is to be seen, and can be ended.
 * @param {{move: Api.Move}} props */
export const Offered = ({ move }) => html`
  <section class="banner" role="status" data-banner="move"><span class="banner-icon">${icon("info")}</span>
    <div class="grow"><p class="strong">${t("move.title")}</p>
      <p>${move.digits ? t("move.offer.asked") : t("move.offer.waiting", { n: { ready: own(move.number ?? "") } })}</p></div>
    <div class="retry"><button type="button" class="button small" data-move-act="show"
        onClick=${() => openDialog({ kind: "move" })}>${t("move.offer.show")}</button>
      <button type="button" class="button small" data-move-act="end" onClick=${() => attempt(endMove())}>
        ${t("move.offer.end")}</button></div></section>`;

/** Whether it is offered to whoever calls. @param {Page.State} state */
export const isOffered = ({ move }) => move?.side === "old" && (move.state === "waiting" || move.state === "asked");

export function MoveDialog(/** @type {Page.Props} */ { state }) {
  const move = /** @type {Api.Move | null} */ (state.move);
  if (!move || move.side !== "old") return html`<${Begin} key="begin" state=${state} />`;
  return move.digits
    ? html`<${Compare} key=${move.digits.join()} digits=${move.digits} />`
    : html`<${Waiting} key="waiting" move=${move} />`;
}
