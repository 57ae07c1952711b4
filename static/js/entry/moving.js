// An account that comes from another computer, or has gone to one: what stands in front of the vault meanwhile.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { showForm } from "../actions/account.js";
import { endMove, forgetMove, goOnMove, lookForComputers, takeMove, takeOverMove } from "../actions/moving.js";
import { attempt } from "../actions/notice.js";
import { refusalOf } from "../core/connection.js";
import { fullDay, t } from "../i18n/i18n.js";
import { errorLine, Field } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { dots, icon } from "../kit/icons.js";
import { Progress } from "../kit/progress.js";
import { fingerprint } from "../kit/fingerprint.js";
import { formEnd } from "./account.js";

/** A button that does one thing, and says why not. @param {{id: string, words: string, primary?: boolean, stop?: boolean, press: () => Promise<unknown>}} props */
function Press({ id, words, primary, stop, press }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  async function go() {
    if (busy) return;
    setError(null);
    setBusy(true);
    try {
      await press();
    } catch (refusal) {
      setError(refusalOf(refusal));
    }
    setBusy(false);
  }
  return html`<div class="form-end"><div role="alert">${errorLine(`${id}-error`, error)}</div>
    <button type="button" id=${id} class=${`button wide ${primary ? "primary" : ""} ${stop ? "stop" : ""}`}
      aria-busy=${String(busy)} onClick=${go}><span>${words}</span>${busy && dots()}</button></div>`;
}

/** From where the account is to come: one that is announced, or an address that is typed. @param {Page.Props} props */
export function FromComputer({ state }) {
  const it = useForm(["address"], ({ address }) => takeMove(address, null));
  useEffect(() => {
    if (state.connected) lookForComputers();
  }, [state.connected]);
  const all = state.computers;
  return html`
    <form class="door" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <header><h1>${t("move.here.title")}</h1><p class="lead">${t("move.here.lead")}</p></header>
      <div aria-live="polite">${all.length
          ? html`
        <ul class="found" aria-label=${t("move.here.found")}>${all.map(
          (one) => html`<li class="found-item" key=${one.number} data-computer=${one.number}>
            <button type="button" class="found-head" onClick=${() => attempt(takeMove("", one.number))}>
              ${icon("wifi")}<span class="grow"><span class="strong">${t("move.here.number", { n: { ready: one.number } })}</span>
              <span class="code quiet" dir="ltr">${one.addresses[0]}</span></span></button></li>`,
        )}</ul>`
          : html`<p class="switch quiet">${t(state.status.discovery ? "move.here.none" : "move.here.silent")}</p>`}</div>
      <${Field} id="address" name="address" dir="ltr" autocomplete="off" placeholder="192.168.1.5:40123"
        label=${t("move.here.address")} hint=${t("move.here.hint")} error=${it.at("address")} />
      ${formEnd(it, t("move.here.go"))}
      <p class="switch"><button type="button" class="link" data-back onClick=${() => showForm(null)}>
        ${t("move.back")}</button></p>
    </form>`;
}

const page = (/** @type {string} */ state, /** @type {Page.Content} */ title, /** @type {Page.Content} */ content) => html`
  <section class="door" data-move=${state} aria-labelledby="move-title">
    <header><h1 id="move-title" tabindex="-1">${title}</h1></header>${content}</section>`;

const Gone = (/** @type {{move: Api.Move}} */ { move }) => page(
    "gone",
    t("move.gone.title", { time: { ready: move.when ? fullDay(move.when) : "–" } }),
    html`
    <p>${t("move.gone.text")}</p>
    ${!move.heard && html`<p role="note">${t("move.gone.unheard")}</p>`}
    <${Press} id="forget-move" words=${t(move.heard ? "move.gone.go" : "move.gone.sure")} stop=${!move.heard}
      press=${() => forgetMove(!move.heard)} />`,
  );

const Going = (/** @type {{move: Api.Move}} */ { move }) => page(
    "going",
    t("move.going.title"),
    html`
    <p>${t("move.going.text")}</p><${Progress} label=${t("move.progress")} done=${move.done} total=${move.total} />
    <${Press} id="end-move" words=${t("move.end")} press=${endMove} />`,
  );

function Unsure() {
  const [asked, setAsked] = useState(false);
  return html`
    ${asked
        ? html`<p role="note">${t("move.alone.text")}</p>
      <${Press} id="take-over" words=${t("move.alone.go")} stop press=${takeOverMove} />`
        : html`<p class="switch"><button type="button" class="link" data-gone-for-good onClick=${() => setAsked(true)}>
      ${t("move.alone.ask")}</button></p>`}
    <p class="switch"><button type="button" class="link" data-compare-again onClick=${() => showForm("move")}>
      ${t("move.again.compare")}</button></p>`;
}

/** What has come so far. @param {{move: Api.Move}} props */
function Coming({ move }) {
  const halted = move.state === "failed";
  const text = {
    calling: t("move.calling"),
    digits: t("move.digits.new"),
    filling: t("move.filling", { name: move.name ?? "" }),
    asked: t("move.asked"),
    failed: t("move.failed"),
  };
  return page(
    move.state,
    t(move.state === "digits" ? "move.digits.title" : "move.coming.title"),
    html`
    <p class="lead">${text[/** @type {keyof typeof text} */ (move.state)] ?? ""}</p>
    ${move.digits && fingerprint(move.digits)}
    ${move.total > 0 && html`<${Progress} label=${t("move.progress")} done=${move.done} total=${move.total} />`}
    <div role="alert">${errorLine("move-error", move.why)}</div>
    ${halted && html`<${Press} id="go-on-move" words=${t("move.again")} primary
      press=${move.name ? goOnMove : () => { showForm("move"); return endMove(); }} />`}
    ${move.state === "asked" ? move.why && html`<${Unsure} />` : html`<${Press} id="end-move" words=${t("move.give_up")}
      press=${() => { showForm(null); return endMove(); }} />`}`,
  );
}

/** @param {Page.Props} props */
export function Moving({ state }) {
  const move = /** @type {Api.Move | null} */ (state.move);
  if (!move) return null;
  if (move.side === "new") return html`<${Coming} move=${move} />`;
  return move.state === "gone" ? html`<${Gone} move=${move} />` : html`<${Going} move=${move} />`;
}
