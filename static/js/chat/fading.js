// How long what is written in a conversation stays: what holds, beside the talk, and the choice.

import { html } from "../../vendor/preact.js";
import { setLifetime } from "../actions/chats.js";
import { t } from "../i18n/i18n.js";
import { choices, lasting } from "../i18n/lasting.js";
import { openDialog } from "../core/store.js";
import { Dialog } from "../kit/dialog.js";
import { icon } from "../kit/icons.js";

export function Fading(/** @type {Page.Props} */ { open }) {
  const { chat, conversation, person, group } = open;
  if (!conversation || person?.me) return null;
  const { lifetime } = conversation;
  const may = group ? group.state === "joined" && group.may_add : conversation.can_send;
  return html`
    <section class="stacked">${may && html`<button type="button" class="button wide" data-lifetime aria-describedby="fading-says"
      onClick=${() => openDialog({ kind: "lifetime", chat })}>${icon("timer")}<span>${t("fade.item")}</span></button>`}
      ${(may || lifetime > 0) && html`<p class="quiet center" id="fading-says">
        ${lifetime ? t("fade.on", { time: lasting(lifetime) }) : t("fade.stay")}</p>`}</section>`;
}

export function Lifetime(/** @type {Page.Props} */ { state, dialog: { chat } }) {
  const now = state.conversations[chat]?.lifetime ?? 0;
  const first = choices.includes(now) ? now : 0;
  return html`
    <${Dialog} kind="lifetime" title=${t("fade.title")} look="small">
      <div class="dialog-body"><p class="quiet">${t("fade.text")}</p><p class="quiet">${t("fade.text.limits")}</p>
        <div class="choices">${choices.map((seconds) => html`<button type="button" class="button wide" key=${seconds} data-seconds=${seconds}
          data-first=${seconds === first ? "" : undefined} aria-pressed=${String(seconds === now)} onClick=${() => setLifetime(chat, seconds)}>
          ${seconds === now && icon("check")}<span>${seconds ? t("fade.after", { time: lasting(seconds) }) : t("fade.never")}</span></button>`)}</div></div><//>`;
}
