// Dialogs about one message: where a link leads, whether to delete it or take it away, who answered it with a sign.

import { html } from "../../vendor/preact.js";
import { clear, removeChat } from "../actions/chats.js";
import { exportChat } from "../actions/exporting.js";
import { showCard } from "../actions/profile.js";
import { removeAll } from "../actions/selecting.js";
import { clearMessage, remove, takeAway } from "../actions/messageactions.js";
import { t } from "../i18n/i18n.js";
import { readable } from "../lib/poll.js";
import { called, titleOf } from "../state/names.js";
import { closeDialog } from "../core/store.js";
import { Ask, Dialog } from "../kit/dialog.js";
import { reasonField } from "../kit/field.js";
import { avatar, name } from "../kit/faces.js";
import { gist } from "../message/quote.js";

export const OpenLink = (/** @type {Page.Props} */ { dialog: { text, href, host } }) => html`
  <${Dialog} kind="link" title=${t("link.title")}>
    <div class="dialog-body"><p>${t("link.text")}</p>
      <dl class="pairs"><div><dt>${t("link.written")}</dt><dd><bdi class="url" dir="ltr">${text}</bdi></dd></div>
        <div><dt>${t("link.leads")}</dt><dd><bdi class="url" dir="ltr">${host}</bdi></dd></div></dl></div>
    <footer><span class="spacer"></span><button type="button" class="button" onClick=${closeDialog} data-first>
      ${t("action.cancel")}</button>
      <a class="button primary" href=${href} rel="noopener noreferrer" target="_blank" onClick=${closeDialog}>
        ${t("link.go")}</a></footer><//>`;

export function Delete(/** @type {Page.Props} */ { dialog: { message } }) {
  const kind = message.chat.startsWith("g:") ? "all" : "both";
  return html`<${Ask} kind="delete" title=${t(`delete.title.${kind}`)} go=${t("delete.go")} stop submit=${() => remove(message)}>
    <blockquote class="doomed">${gist(message)}</blockquote><p>${t(`delete.text.${kind}`)}</p><//>`;
}

export function ClearMessage(/** @type {Page.Props} */ { dialog: { message } }) {
  return html`<${Ask} kind="clear_message" title=${t("clear.message.title")} go=${t("delete.go")} stop submit=${() => clearMessage(message)}>
    <blockquote class="doomed">${gist(message)}</blockquote><p>${t("clear.message.text")}</p><//>`;
}

/** Several messages, for oneself or for everybody. @param {Page.Props} props */
export function ClearAll({ dialog: { kind, messages } }) {
  const isOwn = kind === "clear_messages";
  const how = messages[0]?.chat.startsWith("g:") ? "all" : "both";
  return html`<${Ask} kind=${kind} title=${t(isOwn ? "select.clear.title" : `select.delete.${how}`, { n: messages.length })} go=${t("delete.go")} stop
    submit=${() => removeAll(isOwn ? "clear_message" : "delete_message", messages)}
    lines=${[t(isOwn ? "select.clear.text" : "select.delete.text")]} />`;
}

/** All of a chat, and with `delete_chat` the chat, for oneself. @param {Page.Props} props */
export function Clear({ state, dialog: { kind, chat } }) {
  const of = { name: titleOf(state.people, state.conversations[chat]) };
  const isAll = kind === "delete_chat";
  const isGroup = chat.startsWith("g:");
  const goes = t(isGroup ? "clear.chat.text.group" : "clear.chat.text");
  return html`<${Ask} kind=${kind} title=${t(isAll ? "clear.chat.title" : "clear.title", of)}
    go=${t(isAll ? "delete.go" : "clear.go")} stop submit=${() => (isAll ? removeChat(chat) : clear(chat))}
    lines=${[t(isGroup ? "clear.text.group" : "clear.text", of), isAll ? goes : t("clear.stays")]} />`;
}

export function Export(/** @type {Page.Props} */ { state, dialog: { chat } }) {
  const title =
    chat === null ? t("export.title.all") : t("export.title", { name: titleOf(state.people, state.conversations[chat]) });
  return html`<${Ask} kind="export" title=${title} go=${t("export.go")} submit=${() => exportChat(chat)}
    lines=${[t("export.what"), t("export.shows"), t("export.open")]} />`;
}

export function TakeAway(/** @type {Page.Props} */ { state, dialog: { message } }) {
  const who = called(state.people[message.from] ?? { name: t("person.unknown") });
  return html`<${Ask} kind="retract" title=${t("retract.title")} go=${t("retract.go")} stop
    submit=${(/** @type {Record<string, string>} */ { reason }) => takeAway(message, reason)}>
    <blockquote class="doomed">${gist(message)}</blockquote><p>${t("retract.text", { name: who })}</p>${reasonField()}<//>`;
}

export function Reacted(/** @type {Page.Props} */ { state, dialog: { chat, id } }) {
  const message = state.talks[chat]?.messages.find((one) => one.id === id);
  return html`
    <${Dialog} kind="reacted" title=${t("msg.reactions")}>
      <div class="dialog-body reacted" tabindex="0" role="group" aria-labelledby="dialog-title">
        ${(message?.reactions ?? []).map(({ emoji, from }) => html`<section key=${emoji}><h3>${readable(emoji)}</h3><ul>${from.map((uid) => {
            const person = state.people[uid] ?? { uid, name: t("person.unknown") };
            const you = person.me && html`<span class="quiet">${t("you.mark")}</span>`;
            const who = html`${avatar(person, "s", false)}${name(called(person))}`;
            return html`<li key=${uid}>${state.people[uid]
                ? html`<button type="button" class="link plain who-reacted" title=${t("card.item")} onClick=${() => showCard(uid)}>${who}</button>`
                : who}${you}</li>`;
          })}</ul></section>`)}</div><//>`;
}
