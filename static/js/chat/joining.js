// A group's join link: where it is made and shown, who waits to be let in, and where one asks.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { answerAsk, askToJoin, joinLinkCode, readGroupLink, setJoinLink } from "../actions/joining.js";
import { showPerson } from "../actions/reading.js";
import { brief, number, t } from "../i18n/i18n.js";
import { closeDialog, dispatch, openDialog } from "../core/store.js";
import { Segments, Switch } from "../kit/choice.js";
import { Dialog, FormDialog } from "../kit/dialog.js";
import { avatar, groupAvatar, name, userName, verified } from "../kit/faces.js";
import { Field } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { icon } from "../kit/icons.js";
import { copyLink } from "../kit/inviting.js";
import { Qr } from "../kit/qr.js";
import { asksSaid } from "../state/asks.js";
import { called } from "../state/names.js";

/** Who waits, for who may let them in. @param {Page.Props} props */
export const Asks = ({ group, people, now }) =>
  group.asks.length > 0 && html`
    <section data-asks><header class="part"><h3>${t("asks.title")} <span class="count">${number(group.asks.length)}</span></h3></header>
      <ul class="members">${group.asks.map((/** @type {{uid: string, time: number}} */ { uid, time }) => {
        const person = people[uid];
        return person && html`<li key=${uid} class="member asks" data-ask=${uid}>
          ${avatar(person, "s")}<span class="grow"><span class="member-name"><button type="button" class="link plain" title=${t("chat.details")}
            onClick=${() => showPerson(uid)}>${name(called(person))}</button>${verified(person)}</span>
            <span class="quiet">${userName(person, brief(time, now))}</span></span>
          <span class="ask-answers"><button type="button" class="button small primary" data-let-in aria-label=${t("asks.let_in.of", { name: called(person) })}
            onClick=${() => answerAsk(group.gid, uid, true)}>${t("asks.let_in")}</button>
          <button type="button" class="button small" data-decline aria-label=${t("asks.decline.of", { name: called(person) })}
            onClick=${() => answerAsk(group.gid, uid, false)}>${t("asks.decline")}</button></span></li>`;
      })}</ul></section>`;

/** Over the messages, where somebody waits. @param {Page.Props} props */
export function AsksBar({ open, people }) {
  const asks = open.group?.asks ?? [];
  if (!asks.length) return null;
  const said = asksSaid(people, asks.map(({ uid }) => uid));
  return html`<section class="pin-bar" aria-label=${t("asks.title")}><button type="button" class="pin-main" data-asks-bar
    onClick=${() => dispatch({ type: "details", on: "about" })}>${icon("add-person")}<span class="bar-quote"><strong>${said}</strong></span></button></section>`;
}

/** Where one's link is turned on and off. @param {Page.Props} props */
export function JoinLinkPart({ group }) {
  const { gid, link } = group;
  const on = Boolean(link?.on);
  const now = link?.admits ?? "asked";
  return html`
    <section class="joinlink"><${Switch} id="join-link-on" words=${t("joinlink.title")} hint=${t("joinlink.hint")} on=${on}
        change=${(/** @type {boolean} */ to) => setJoinLink(gid, { on: to, admits: now })} />
      ${on && html`<${Segments} id="join-link-admits" words=${t("joinlink.admits")} now=${now}
          options=${[["asked", t("joinlink.asked_first")], ["all", t("joinlink.at_once")]]}
          change=${(/** @type {Api.GroupLink["admits"]} */ admits) => setJoinLink(gid, { on, admits })} />
        <button type="button" class="button wide" data-show-link onClick=${() => openDialog({ kind: "group_link", gid })}>
          ${icon("link")}<span>${t("joinlink.show")}</span></button>`}</section>`;
}

/** The link, as a picture and as text, and another one in its place. @param {Page.Props} props */
export function GroupLinkDialog({ state, dialog: { gid } }) {
  const [rows, set] = useState(/** @type {string[] | null} */ (null));
  const conversation = state.conversations[`g:${gid}`];
  const link = conversation?.group?.link;
  const url = link?.on ? link.url : null;
  useEffect(() => {
    if (url) joinLinkCode(gid).then(set, () => set(null));
  }, [url]);
  return html`
    <${Dialog} kind="group_link" title=${t("joinlink.dialog", { group: conversation?.name ?? "" })}>
      <div class="dialog-body"><p>${t(url ? `joinlink.who.${link?.admits}` : "joinlink.off")}</p>
        ${url && html`<div class="qr-place">${rows && html`<${Qr} rows=${rows} label=${t("joinlink.qr")} />`}</div>
          <p class="link-box code" dir="ltr" tabindex="0">${url}</p>
          <p class="quiet">${t("joinlink.anew.hint")} <button type="button" class="link" data-anew
            onClick=${() => setJoinLink(gid, { on: true, admits: link?.admits ?? "asked", anew: true })}>${t("joinlink.anew")}</button></p>`}</div>
      <footer><span class="spacer"></span><button type="button" class="button" onClick=${closeDialog}>
        ${t("action.close")}</button>${url && copyLink(url)}</footer><//>`;
}

/** What a link says, and asking its maker. @param {Page.Props} props */
export function AskJoin({ state, dialog: { link } }) {
  const maker = state.people[link.uid];
  const it = useForm([], () => askToJoin(link));
  return html`
    <${FormDialog} kind="ask_join" title=${t("joinlink.ask.title")} it=${it} go=${t("joinlink.ask")} note=${t("joinlink.ask.note")}>
      <div class="contact">${groupAvatar(link.gid, "l")}<div class="grow"><h3>${name(link.name)}</h3>
        <p class="quiet">${maker ? t("joinlink.by", { name: called(maker) }) : t("joinlink.by_unknown")}</p></div></div>
      <p>${maker ? t("joinlink.ask.text", { name: called(maker) }) : t("joinlink.ask.text.unknown")}</p><//>`;
}

/** Where a link is pasted. @param {Page.Props} _props */
export function PasteLink(_props) {
  const it = useForm(["link"], ({ link }) => readGroupLink(link));
  return html`
    <${FormDialog} kind="paste_link" title=${t("joinlink.paste.title")} it=${it} go=${t("joinlink.paste.go")}>
      <${Field} id="group-link" name="link" dir="ltr" placeholder="web+hamraz:/join/…" autocomplete="off" inputmode="url"
        label=${t("joinlink.paste")} hint=${t("joinlink.paste.hint")} error=${it.at("link")} /><//>`;
}
