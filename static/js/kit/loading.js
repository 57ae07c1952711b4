// The shape of the page while the agent opens the vault, so that nothing jumps when it is there.

import { html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";

const rows = [["a0", "b0"], ["a1", "b1"], ["a2", "b2"], ["a0", "b3"], ["a1", "b0"], ["a2", "b1"]];
const bubbles = [["other", "w46 l2"], ["other", "w30 l1"], ["own", "w38 l1"], ["other", "w58 l3"], ["own", "w24 l1"], ["own", "w44 l2"]];

export const Loading = (/** @type {Page.Props} */ { state }) => html`
  <div class="frame"><div class="app"><div class="rail" aria-hidden="true"><svg class="brand" focusable="false">
    <use href="#i-brand" /></svg></div>
    <main class="whole">
      <section class="list" aria-label=${t("list.label")}><header class="list-head"><h1 class="sr">${t("app.name")}</h1>
        <h2>${t("list.title")}</h2></header>
        <ul class="rows" aria-hidden="true">
          ${rows.map(([a, b]) => html`<li class="row sk-row"><span class="sk sk-avatar"></span>
            <span class=${`sk sk-${a}`}></span><span class=${`sk sk-${b}`}></span></li>`)}
        </ul></section>
      <div class="main-panel"><section class="pane" aria-label=${t("loading.label")}>
        <header class="panel-head" aria-hidden="true"><span class="sk sk-avatar"></span><div class="who">
          <span class="sk sk-title"></span><span class="sk sk-sub"></span></div></header>
        <div class="log is-loading"><p class="loading-word" role="status">
          ${t(state.connected ? "loading.text" : "agent.away")}</p>
          <ol class="messages" aria-hidden="true">
            ${bubbles.map(([side, size]) => html`<li class=${`msg ${side}`}>
            <span class=${`sk sk-bubble ${size}`}></span></li>`)}</ol></div>
      </section></div>
    </main></div></div>`;
