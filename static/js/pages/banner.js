// The line is down: to the authority (what still works, what waits, when it is tried again), or to one's own agent.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { tryNow } from "../actions/safety.js";
import { number, t, errorText } from "../i18n/i18n.js";
import { openDialog } from "../core/store.js";
import { icon } from "../kit/icons.js";
import { Ended, Recover } from "../message/mykey.js";

const plain = ["", "authority_down", "timed_out"]; // nothing to add: it can't be reached

function Countdown(/** @type {Page.Props} */ { link }) {
  const [now, tick] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => tick(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  if (link.retry_in === null) return null;
  const left = Math.max(0, Math.ceil(link.retry_in - (Math.max(now, link.since) - link.since) / 1000));
  return html`<span class="quiet" aria-live="off">${left > 0 ? t("down.next", { n: left }) : t("down.trying")}</span>`;
}

const openQueue = () => openDialog({ kind: "queue" });

const patience = 1500; // ms; logging in and a hiccup of the line take less

export function Banner(/** @type {Page.Props} */ { link, connected }) {
  const [late, wait] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => wait(true), patience);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  if (!connected) {
    return html`
      <section class="banner" role="status" data-banner="agent"><span class="banner-icon">${icon("away")}</span>
        <div class="grow"><p class="strong">${t("agent.away")}</p><p>${t("agent.away.text")}</p></div></section>`;
  }
  if (link.why === "revoked") return html`<${Ended} />`;
  const isPlain = plain.includes(link.why ?? "");
  return html`
    <section class="banner" role="status" data-banner="authority"><span class="banner-icon">${icon("away")}</span>
      <div class="grow"><p class="strong">${t(isPlain ? "down.title" : "down.refused")}</p>
        <p>${isPlain ? t("down.works") : errorText({ code: link.why ?? "" })}</p></div>
      ${link.waiting > 0 && html`<button type="button" class="queue" data-queue onClick=${openQueue}>
        <span class="queue-n">${number(link.waiting)}</span><span>${t("down.queue")}</span>
        <span class="flip">${icon("forward")}</span></button>`}
      <div class="retry"><${Countdown} link=${link} />${["bad_proof", "moved"].includes(link.why ?? "") && html`<${Recover} />`}
        <button type="button" class="button small" onClick=${tryNow}>
        ${t("down.try")}</button></div></section>`;
}
