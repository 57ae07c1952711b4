// How the page looks and types, what others are told, and the way out: password, lock, log out.

import { html } from "../../vendor/preact.js";
import { lock } from "../actions/account.js";
import { askExport } from "../actions/exporting.js";
import { allowNotifications, choose, chooseNotifications } from "../actions/choices.js";
import { setLook } from "../actions/look.js";
import { attempt } from "../actions/notice.js";
import { editProfile } from "../actions/profile.js";
import { isSeen, languages, plain, t } from "../i18n/i18n.js";
import { canInstall, canTakeLinks, install, takeLinks } from "../core/install.js";
import { permission } from "../core/notifications.js";
import { called } from "../state/names.js";
import { where } from "../state/screen.js";
import { openDialog } from "../core/store.js";
import { BlockedPeople } from "../chat/block.js";
import { Action, Segments, Switch } from "../kit/choice.js";
import { avatar, name, roleWord } from "../kit/faces.js";
import { icon } from "../kit/icons.js";
import { MyKey } from "../message/mykey.js";
import { AtLogin } from "./atlogin.js";
import { BackupRows } from "./backup.js";
import { Keywords } from "./keywords.js";
import { KitRow } from "./recovery.js";

const Part = (/** @type {Page.Props} */ { id, words, children }) => html`
  <section class="set" aria-labelledby=${id}><h3 id=${id}>${words}</h3><div class="card">${children}</div></section>`;

/** @param {Exclude<keyof Page.Look, "enter" | "technique">} setting @param {string} words @param {Page.Look} settings @param {string[][]} options */
const look = (setting, words, settings, options) => html`
  <${Segments} id=${setting} words=${words} now=${settings[setting]} options=${options}
    change=${(/** @type {string} */ value) => setLook({ [setting]: value })} />`;

function Look(/** @type {Page.Props} */ { settings }) {
  const tongues = Object.entries(languages).map(([code, { own }]) => [code, own, code]);
  const digits = [
    ["own", t("set.digits.own"), "fa"],
    ["latin", t("set.digits.latin"), "en"],
  ];
  const calendars = ["own", "persian", "gregory"].map((one) => [one, t(`set.calendar.${one}`)]);
  const themes = ["system", "light", "dark"].map((theme) => [theme, t(`set.theme.${theme}`)]);
  const accents = ["teal", "blue", "violet", "green"].map((one) => [one, t(`set.accent.${one}`)]);
  const densities = ["roomy", "compact"].map((one) => [one, t(`set.density.${one}`)]);
  const sizes = ["small", "medium", "large"].map((size) => [size, t(`set.size.${size}`)]);
  return html`
    <${Part} id="set-look" words=${t("set.look")}>
      ${look("language", t("set.language"), settings, tongues)}
      ${settings.language === "fa" && look("digits", t("set.digits"), settings, digits)}
      ${look("calendar", t("set.calendar"), settings, calendars)}
      ${look("theme", t("set.theme"), settings, themes)}
      ${look("accent", t("set.accent"), settings, accents)}
      ${look("size", t("set.size"), settings, sizes)}
      ${look("density", t("set.density"), settings, densities)}
      <${Switch} id="set-technique" words=${t("set.technique")} hint=${t("set.technique.hint")} on=${settings.technique}
        change=${(/** @type {boolean} */ technique) => setLook({ technique })} /><//>`;
}

/** What the browser says about notifications, where that stands in the way. @param {Page.Props} props */
function Leave({ choices }) {
  if (choices.notifications === "off" || permission() === "granted") return null;
  if (permission() === "default") {
    return html`<${Action} id="allow-notifications" words=${t("notify.ask")} hint=${t("notify.ask.hint")}
      go=${t("notify.allow")} press=${allowNotifications} />`;
  }
  return html`<p class="set-note quiet" role="note">${icon("info")}<span>
    ${t(permission() === "denied" ? "notify.denied" : "notify.none")}</span></p>`;
}

function Talk(/** @type {Page.Props} */ { settings, choices }) {
  const kinds = ["off", "name", "full"].map((kind) => [kind, t(`set.notify.${kind}`)]);
  return html`
    <${Part} id="set-talk" words=${t("set.talk")}>
      <${Switch} id="set-receipts" words=${t("set.receipts")} hint=${t("set.receipts.hint")} on=${choices.read_receipts}
        change=${(/** @type {boolean} */ on) => choose("read_receipts", on)} />
      <${Switch} id="set-typing" words=${t("set.typing")} hint=${t("set.typing.hint")} on=${choices.typing}
        change=${(/** @type {boolean} */ on) => choose("typing", on)} />
      <${Switch} id="set-presence" words=${t("set.presence")} hint=${t("set.presence.hint")} on=${choices.presence}
        change=${(/** @type {boolean} */ on) => choose("presence", on)} />
      <${Segments} id="groups" words=${t("set.groups")} hint=${t("set.groups.hint")} now=${choices.groups}
        options=${["asked", "contacts"].map((who) => [who, t(`set.groups.${who}`)])} change=${(/** @type {string} */ who) => choose("groups", who)} />
      <${Segments} id="notifications" words=${t("set.notify")} hint=${t("set.notify.hint")}
        now=${choices.notifications} options=${kinds} change=${chooseNotifications} />
      <${Leave} choices=${choices} />
      ${choices.notifications !== "off" && html`<${Switch} id="set-sound" words=${t("set.sound")} hint=${t("set.sound.hint")} on=${settings.sound}
        change=${(/** @type {boolean} */ sound) => setLook({ sound })} />`}
      ${choices.notifications !== "off" && choices.desktop && html`<${Switch} id="set-desktop" words=${t("set.desktop")} hint=${t("set.desktop.hint")}
        on=${choices.desktop !== "off"} change=${(/** @type {boolean} */ on) => choose("desktop", on ? settings.language : "off")} />`}
      <${Keywords} keywords=${choices.keywords} />
      ${canInstall() && html`<${Action} id="install" words=${t("install.row")} hint=${t("install.hint")} go=${t("install.go")} press=${install} />`}
      <${AtLogin} />
      ${canTakeLinks() && html`<${Action} id="take-links" words=${t("links.row")} hint=${t("links.hint")} go=${t("links.go")} press=${takeLinks} />`}
      <${Switch} id="set-enter" words=${t("set.enter")} hint=${t("set.enter.hint")} on=${settings.enter}
        change=${(/** @type {boolean} */ enter) => setLook({ enter })} />
      <${Action} words=${t("keys.title")} hint=${t("set.keys.hint")} go=${t("set.keys.go")}
        press=${() => openDialog({ kind: "shortcuts" })} /><//>`;
}

const lockTimes = () => [
  ["never", t("set.lock_after.never")],
  ...["5", "15", "60"].map((minutes) => [minutes, t("set.lock_after.minutes", { n: Number(minutes) })]),
];

export function Settings(/** @type {Page.Props} */ { state }) {
  const me = state.people[state.me];
  return html`
    <section class="pane page" aria-labelledby="set-title">
      <div class="page-scroll" tabindex="0" role="group" aria-labelledby="set-title"><div class="page-in">
      <header class="page-head"><div class="profile">${avatar({ ...me, online: state.link.up }, "l")}<div>
        <h2 id="set-title">${name(called(me))}</h2>
        ${isSeen(me.line) && html`<p dir="auto">${plain(me.line)}</p>`}
        ${me.alike && html`<p class="quiet" data-alike>${t("profile.alike")}</p>`}
        <p class="quiet">${called(me) !== me.name && html`<bdi>${me.name}</bdi> · `}${roleWord(me.role)} · <span class="code" dir="ltr">
          ${where(state.authority)}</span></p></div></div>
        <div class="head-tools"><button type="button" class="button primary" id="edit-profile" onClick=${editProfile}>${icon("edit")}<span>
          ${t("card.edit")}</span></button>
        <button type="button" class="button" onClick=${() => attempt(lock())}>${icon("lock")}<span>
          ${t("set.lock")}</span></button></div></header>
      <${Look} settings=${state.settings} />
      <${Talk} settings=${state.settings} choices=${state.choices} />
      <${BlockedPeople} people=${state.people} />
      <${Part} id="set-backup" words=${t("backup.title")}><${BackupRows} state=${state} /><//>
      <${Part} id="set-leave" words=${t("set.leave")}>
        <${Action} id="change-password" words=${t("set.password")} hint=${t("set.password.hint")}
          go=${t("set.password.go")} press=${() => openDialog({ kind: "password" })} />
        <${KitRow} state=${state} />
        <${MyKey} me=${me} />
        <${Action} id="move-account" words=${t("move.row")} hint=${t("move.row.hint")} go=${t("move.row.go")}
          press=${() => openDialog({ kind: "move" })} />
        <${Action} id="export-all" words=${t("export.set")} hint=${t("export.set.hint")} go=${t("export.item")}
          press=${() => askExport(null)} />
        <${Segments} id="lock_after" words=${t("set.lock_after")} hint=${t("set.lock_after.hint")}
          now=${state.choices.lock_after} options=${lockTimes()}
          change=${(/** @type {string} */ after) => choose("lock_after", after)} />
        <${Action} words=${t("action.lock")} hint=${t("set.lock.hint")} go=${t("set.lock")}
          press=${() => attempt(lock())} />
        <${Action} words=${t("set.log_out")} hint=${t("set.log_out.hint")} go=${t("set.log_out")} stop
          press=${() => openDialog({ kind: "log_out" })} /><//>
    </div></div></section>`;
}
