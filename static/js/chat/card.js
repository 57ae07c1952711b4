// Who somebody is: picture and names, of which the user name is one always, what they say of themselves, what one shares
// with them, and what one can do. Beside a talk, and as a dialog over everything else.

import { html, useState } from "../../vendor/preact.js";
import { askNickname, editProfile, giveNickname } from "../actions/profile.js";
import { openChat } from "../actions/reading.js";
import { compare } from "../actions/safety.js";
import { isSeen, plain, t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { groupsWith } from "../state/screen.js";
import { closeDialog } from "../core/store.js";
import { muteItem } from "../kit/chatmenu.js";
import { Dialog, FormDialog } from "../kit/dialog.js";
import { avatar, groupAvatar, name, roleMay, roleWord, verified } from "../kit/faces.js";
import { factRow } from "../kit/factrow.js";
import { Field } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { icon } from "../kit/icons.js";
import { presenceLine } from "../kit/presence.js";
import { blockItems } from "./block.js";

const few = 4; // groups that are named at once

function standing(/** @type {Api.Person} */ person) {
  if (person.new_key) return t("details.key.new");
  return t(person.verified ? "contact.verified" : "details.key.not_yet");
}

function go(/** @type {string} */ chat) {
  closeDialog();
  openChat(chat);
}

function Common(/** @type {Page.Props} */ { state, person }) {
  const [all, showAll] = useState(false);
  const groups = groupsWith(state, person.uid);
  if (person.me || !groups.length) return null;
  return html`
    <section class="common"><h3>${t("card.common")}</h3><ul>
      ${(all ? groups : groups.slice(0, few)).map((one) => html`<li key=${one.chat}><button type="button" class="menu-item"
        data-common=${one.chat} onClick=${() => go(one.chat)}>${groupAvatar(one.chat.slice(2), "s", one.group?.picture)}
        <span class="grow">${name(one.name)}</span></button></li>`)}</ul>
      ${!all && groups.length > few && html`<button type="button" class="link" onClick=${() => showAll(true)}>
        ${t("card.common.more", { n: groups.length })}</button>`}</section>`;
}

const wide = (/** @type {{key: string, icon: string, label: string, stop?: boolean, onPick: () => unknown}} */ item) => html`
  <button type="button" key=${item.key} class=${`button wide ${item.stop ? "stop" : ""}`} data-card=${item.key}
    onClick=${item.onPick}>${icon(item.icon)}<span>${item.label}</span></button>`;

/** isTalk: the talk with them lies beside it, so that one needs no way there. @param {Page.Props & {isTalk: boolean}} props */
function Acts({ state, person, isTalk }) {
  const conversation = state.conversations[`p:${person.uid}`];
  const isHere = !person.revoked;
  return html`
    <section class="stacked">
      ${isHere && !isTalk && html`<button type="button" class="button wide" data-write data-first
        onClick=${() => go(`p:${person.uid}`)}>${icon("chats")}<span>${t("member.write")}</span></button>`}
      ${isHere && html`<button type="button" class=${`button wide ${person.verified ? "" : "primary"}`}
        onClick=${() => compare(person.uid)}>${icon("trust")}<span>${t("keychange.go")}</span></button>
      <p class="quiet center">${t("details.why")}</p>`}
      ${wide({ key: "nickname", icon: "edit", label: t("nickname.item"), onPick: () => askNickname(person.uid) })}
      ${conversation && wide(muteItem(conversation))}
      ${blockItems(person).map(wide)}</section>`;
}

/** @param {Page.Props & {isTalk: boolean}} props */
export function Card({ state, person, isTalk }) {
  const { display_name: own, nickname, line = "" } = person;
  return html`
    <section class="contact">${avatar(person, "xl")}<div class="grow">
      <h3>${name(called(person))}${verified(person)}</h3>
      <p class="quiet">${presenceLine(person, state.link.up, state.now)}</p></div></section>
    ${isSeen(line) && html`<p class="about-line" dir="auto" data-line>${plain(line)}</p>`}
    <section><dl class="pairs">
      ${factRow(t("field.username"), html`<bdi data-user-name>${person.name}</bdi>`)}
      ${nickname && own && factRow(t("card.own_name"), name(own))}
      ${factRow(t("people.col.role"), roleWord(person.role))}
      ${!person.me && factRow(t("details.key"), standing(person))}
    </dl>
    ${person.role !== "admin" && person.role !== "super admin" && html`<p class="quiet">${roleMay(person.role)}</p>`}
    ${person.alike && html`<p class="quiet with-mark alike" data-alike>${icon("info")}<span>
      ${person.me ? t("profile.alike") : t("card.alike", { name: person.name })}</span></p>`}</section>
    <${Common} state=${state} person=${person} />
    ${person.me
        ? html`<section class="stacked"><button type="button" class="button wide" data-edit-profile onClick=${editProfile}>
          ${icon("edit")}<span>${t("card.edit")}</span></button></section>`
        : html`<${Acts} state=${state} person=${person} isTalk=${isTalk} />`}`;
}

export function PersonDialog(/** @type {Page.Props} */ { state, dialog }) {
  const person = state.people[dialog.uid];
  return html`
    <${Dialog} kind="person" title=${t("card.title")} look="small">
      <div class="dialog-body card-body" tabindex="0" role="group" aria-labelledby="dialog-title" data-of=${person.uid}>
        <${Card} state=${state} person=${person} isTalk=${false} /></div><//>`;
}

export function Nickname(/** @type {Page.Props} */ { state, dialog }) {
  const person = state.people[dialog.uid];
  const it = useForm(["nickname"], ({ nickname }) => giveNickname(person.uid, nickname), undefined, ["nickname"]);
  return html`
    <${FormDialog} kind="nickname" title=${t("nickname.title", { name: person.name })} it=${it} go=${t("nickname.go")}>
      <${Field} id="nickname" name="nickname" dir="auto" autocomplete="off" maxlength="200" defaultValue=${person.nickname}
        label=${t("nickname.label")} hint=${t("nickname.hint")} error=${it.at("nickname")} /><//>`;
}
