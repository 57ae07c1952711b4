// One's own identity key, as the settings and the banner show it: a new one is made here, calmly; and when the account
// has ended, the way to another.

import { html } from "../../vendor/preact.js";
import { attempt } from "../actions/notice.js";
import { call } from "../core/connection.js";
import { dayLine, t } from "../i18n/i18n.js";
import { openDialog } from "../core/store.js";
import { icon } from "../kit/icons.js";

/** @typedef {"begin_anew" | "recover_key" | "new_key"} Kind */
const open = (/** @type {Kind} */ kind) => () => openDialog({ kind });

const Row = (/** @type {Page.Props & {kind: Kind}} */ { words, hint, go, kind, look = "" }) => html`
  <div class="set-row" data-my-key><div class="grow"><p class="strong">${words}</p><p class="quiet">${hint}</p></div>
    <button type="button" class=${`button small ${look}`} data-open=${kind} onClick=${open(kind)}>${go}</button></div>`;

/** A row for the settings. @param {Page.Props} props */
export const MyKey = ({ me }) =>
  me.revoked
    ? html`<${Row} words=${t("ended.title")} hint=${t("ended.text")} go=${t("ended.go")} kind="begin_anew" look="primary" />`
    : html`<${Row} words=${t("mykey.title")} hint=${t("mykey.hint")} go=${t("mykey.open")} kind="new_key" />`;

export const Ended = () => html`
  <section class="banner" role="status" data-banner="ended"><span class="banner-icon">${icon("lock")}</span>
    <div class="grow"><p class="strong">${t("ended.title")}</p><p>${t("ended.text")}</p></div>
    <div class="retry"><button type="button" class="button small" data-open="begin_anew"
      onClick=${open("begin_anew")}>${t("ended.go")}</button></div></section>`;

export const Recover = () => html`
  <button type="button" class="button small" data-open="recover_key" onClick=${open("recover_key")}>
    ${t("recover.open")}</button>`;

/** This vault was put back from a copy: its agent has noticed, and made a new key by itself. @param {Page.Props} props */
export const Restored = ({ since }) => html`
  <section class="banner" role="status" data-banner="restored"><span class="banner-icon">${icon("info")}</span>
    <div class="grow"><p class="strong">${t("restored.title")}</p>
      <p>${t("restored.text", { time: dayLine(since, Date.now()) })}</p></div>
    <div class="retry"><button type="button" class="button small" onClick=${() => attempt(call("restored_read"))}>
      ${t("restored.go")}</button></div></section>`;
