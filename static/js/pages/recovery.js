// The recovery kit: the sheet that is printed, the two groups that confirm it, another one, and the request to an admin.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { askForKit, confirmKit, newKit, showKit, signForKit } from "../actions/recovery.js";
import { copy } from "../actions/messageactions.js";
import { refusalOf } from "../core/connection.js";
import { closeDialog, openDialog } from "../core/store.js";
import { fullDay, t, wordsIn } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { byRank } from "../state/screen.js";
import { Dialog, FormDialog } from "../kit/dialog.js";
import { Field, errorLine } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { icon } from "../kit/icons.js";
import { Qr } from "../kit/qr.js";

/** Whoever finds the sheet may read the one language or the other. @param {string} key */
const both = (key) => html`<span lang="fa" dir="rtl">${wordsIn("fa", key)}</span><span lang="en" dir="ltr">
  ${wordsIn("en", key)}</span>`;

const fact = (/** @type {string} */ key, /** @type {Page.Content} */ value) =>
  html`<div><dt>${both(key)}</dt><dd>${value}</dd></div>`;

export const Sheet = (/** @type {{sheet: Api.KitSheet, now: number}} */ { sheet, now }) => html`
  <article class="sheet" data-sheet tabindex="0" aria-label=${t("kit.title")}>
    <header><svg class="brand" aria-hidden="true" focusable="false"><use href="#i-brand" /></svg>
      <h3>${both("paper.title")}</h3></header>
    <dl>${fact("paper.account", html`<bdi class="strong">${sheet.username}</bdi>`)}
      ${fact("paper.digits", html`<span class="code" dir="ltr">${sheet.digits.join(" ")}</span>`)}
      ${fact("paper.date", fullDay(now))}</dl>
    <div class="sheet-key">
      <ol dir="ltr" lang="en">${sheet.groups.map((group, place) => html`
        <li data-kit-group=${place + 1}><span class="sheet-n">${place + 1}</span><span class="code">${group}</span></li>`)}</ol>
      <figure><${Qr} rows=${sheet.rows} label=${t("paper.scan")} /><figcaption>${both("paper.scan")}</figcaption></figure></div>
    <div class="sheet-words">${both("paper.guard")}</div>
    <div class="sheet-words is-quiet">${both("paper.use")}</div>
    <dl class="sheet-foot">${fact("paper.server", html`<span class="code" dir="ltr">${sheet.link}</span>`)}</dl>
  </article>`;

function ShowKit(/** @type {Page.Props} */ { state }) {
  const it = useForm(["password"], showKit);
  return html`
    <${FormDialog} kind="kit" title=${t("kit.title")} it=${it} go=${t("kit.show")}><p>${t("kit.why")}</p>
      <p class="quiet">${t("kit.show.what")}</p>
      <input type="text" name="username" autocomplete="username" value=${state.people[state.me].name} hidden />
      <${Field} id="kit-password" name="password" type="password" dir="ltr" autocomplete="current-password"
        label=${t("field.password")} error=${it.at("password")} /><//>`;
}

const Paper = (/** @type {Page.Props & {sheet: Api.KitSheet, next: () => void}} */ { sheet, now, next }) => html`
  <${Dialog} kind="kit" title=${t("kit.title")} look="is-sheet">
    <div class="dialog-body"><p class="not-printed">${t("kit.why")}</p><${Sheet} sheet=${sheet} now=${now} /></div>
    <footer><button type="button" class="button" data-kit-act="later" onClick=${closeDialog}>${t("kit.later")}</button>
      <span class="spacer"></span>
      <button type="button" class="button" data-kit-act="next" onClick=${next}>${t("kit.next")}</button>
      <button type="button" class="button primary" data-first data-kit-act="print" onClick=${() => print()}>
        ${icon("doc")}<span>${t("kit.print")}</span></button></footer><//>`;

function Confirm(/** @type {{sheet: Api.KitSheet, back: () => void}} */ { sheet, back }) {
  const it = useForm(["first", "second"], confirmKit);
  const field = (/** @type {string} */ name, /** @type {number} */ n) => html`
    <${Field} id=${`kit-${name}`} name=${name} dir="ltr" autocomplete="off" maxlength="12" label=${t("kit.group", { n })}
      error=${it.at(name)} />`;
  return html`
    <${FormDialog} kind="kit" title=${t("kit.confirm.title")} it=${it} go=${t("kit.confirm.go")}>
      <p>${t("kit.confirm.text")}</p>${field("first", sheet.ask[0])}${field("second", sheet.ask[1])}
      <p><button type="button" class="link" data-kit-act="back" onClick=${back}>${t("kit.confirm.back")}</button></p><//>`;
}

/** Shown by the password; on paper; confirmed. @param {Page.Props} props */
export function KitDialog({ state }) {
  const [isPrinted, setPrinted] = useState(false);
  if (!state.sheet) return html`<${ShowKit} state=${state} />`;
  return isPrinted
    ? html`<${Confirm} key="confirm" sheet=${state.sheet} back=${() => setPrinted(false)} />`
    : html`<${Paper} key="paper" sheet=${state.sheet} now=${state.now} next=${() => setPrinted(true)} />`;
}

export function NewKit(/** @type {Page.Props} */ { state }) {
  const me = state.people[state.me];
  const isSole = me.role === "super admin";
  const it = useForm(isSole ? ["password"] : ["kit", "password"], newKit);
  return html`
    <${FormDialog} kind="new_kit" title=${t("kit.new.title")} it=${it} go=${t("kit.new.go")} stop>
      <p>${t(isSole ? "kit.new.sole" : "kit.new.what")}</p>
      ${!isSole && html`
      <${Field} id="kit-old" name="kit" dir="ltr" autocomplete="off" label=${t("kit.new.old")}
        hint=${t("field.kit.hint")} error=${it.at("kit")} />
      <p><button type="button" class="link" data-open="ask_kit" onClick=${() => openDialog({ kind: "ask_kit" })}>
        ${t("kit.new.lost")}</button></p>`}
      <input type="text" name="username" autocomplete="username" value=${me.name} hidden />
      <${Field} id="kit-password" name="password" type="password" dir="ltr" autocomplete="current-password"
        label=${t("field.password")} error=${it.at("password")} /><//>`;
}

const ranks = ["super admin", "admin", "advanced user", "beginner user"];

/** Who can sign for one's new kit. @param {Page.Props["state"]} state */
const admins = (state) =>
  Object.values(state.people)
    .filter(({ me, revoked, role }) => !me && !revoked && ["super admin", "admin"].includes(role))
    .filter(({ role }) => ranks.indexOf(role) < ranks.indexOf(state.people[state.me].role))
    .sort(byRank);

function Choose(/** @type {Page.Props} */ { state }) {
  const it = useForm(["admin"], ({ admin }) => askForKit(admin));
  const all = admins(state);
  return html`
    <${FormDialog} kind="ask_kit" title=${t("kit.ask.title")} it=${it} go=${all.length ? t("kit.ask.go") : ""}>
      <p>${t("kit.ask.what")}</p>
      ${all.length === 0 && html`<p class="none">${t("kit.ask.nobody")}</p>`}
      <fieldset class="choices"><legend class="strong">${t("kit.ask.who")}</legend>
        ${all.map(({ uid, name }, place) => html`
          <label class="choice" key=${uid} data-person=${uid}><input type="radio" name="admin" value=${uid}
            checked=${place === 0} /><span class="strong"><bdi>${name}</bdi></span></label>`)}</fieldset>
      ${errorLine("ask-error", it.at("admin"))}<//>`;
}

function Request(/** @type {Page.Props} */ { state }) {
  const { asked, request } = state.kit;
  const [error, setError] = useState(null);
  useEffect(() => {
    if (!state.requestCode) askForKit(asked ?? "").catch((thrown) => setError(refusalOf(thrown)));
  }, []);
  return html`
    <${Dialog} kind="ask_kit" title=${t("kit.ask.title")}>
      <div class="dialog-body"><p>${t("kit.ask.ready", { name: called(state.people[asked ?? ""] ?? { name: "" }) })}</p>
        ${errorLine("request-error", error)}
        <div class="qr-place">${state.requestCode && html`<${Qr} rows=${state.requestCode} label=${t("kit.ask.qr")} />`}</div>
        <p class="link-box code" dir="ltr" tabindex="0" data-kit-request>${request}</p></div>
      <footer><span class="spacer"></span><button type="button" class="button" onClick=${closeDialog}>
        ${t("action.close")}</button>
        <button type="button" class="button primary" data-first onClick=${() => copy(request ?? "")}>${icon("copy")}<span>
          ${t("action.copy")}</span></button></footer><//>`;
}

export const AskKit = (/** @type {Page.Props} */ { state }) =>
  state.kit.request ? html`<${Request} state=${state} />` : html`<${Choose} state=${state} />`;

export function SignKit(/** @type {Page.Props} */ { state, dialog }) {
  const person = state.people[dialog.uid];
  const { name } = person;
  const it = useForm(["request"], ({ request }) => signForKit(person, request));
  return html`
    <${FormDialog} kind="sign_kit" title=${t("kit.sign.title", { name })} it=${it} go=${t("kit.sign.go")} stop>
      <p>${t("kit.sign.what", { name })}</p>
      <${Field} id="kit-request" name="request" dir="ltr" autocomplete="off" label=${t("kit.sign.field", { name })}
        hint=${t("kit.sign.hint")} error=${it.at("request")} /><//>`;
}

function standing(/** @type {Page.Props["state"]} */ { kit, people }) {
  if (kit.asked) return t("kit.row.asked", { name: called(people[kit.asked] ?? { name: "" }) });
  if (kit.where === "paper") return t("kit.row.paper", { time: { ready: fullDay(kit.when) } });
  return t(kit.where === "here" ? "kit.row.here" : "kit.row.unknown");
}

/** A row for the settings. @param {Page.Props} props */
export function KitRow({ state }) {
  const isHere = state.kit.where === "here" && !state.kit.asked;
  /** @type {"kit" | "ask_kit" | "new_kit"} */
  const kind = isHere ? "kit" : state.kit.asked ? "ask_kit" : "new_kit";
  return html`
    <div class="set-row" data-kit=${state.kit.where}><div class="grow"><p class="strong">${t("kit.title")}</p>
      <p class=${isHere ? "warn-words" : "quiet"}>${standing(state)}</p></div>
      <button type="button" class=${`button small ${isHere ? "primary" : ""}`} data-open=${kind}
        onClick=${() => openDialog({ kind })}>${t(isHere ? "kit.row.open" : kind === "ask_kit" ? "kit.ask.title" : "kit.new")}
      </button></div>`;
}
