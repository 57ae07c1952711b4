// The frame: alarm and banner over everything, the rail, and the section that is open.

import { html } from "../../vendor/preact.js";
import { lock } from "../actions/account.js";
import { attempt } from "../actions/notice.js";
import { goTo, openChat } from "../actions/reading.js";
import { number, t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { openOf, unreadOf } from "../state/screen.js";
import { threadIn } from "../state/threads.js";
import { Alarm } from "../pages/alarm.js";
import { Announcer } from "./announcer.js";
import { sections } from "./keyboard.js";
import { Banner } from "../pages/banner.js";
import { Details } from "../chat/details.js";
import { Thread } from "../chat/thread.js";
import { FromBackup } from "../pages/backup.js";
import { isOffered, Offered } from "../pages/move.js";
import { StorageWarning } from "../pages/storagewarning.js";
import { Guard } from "../kit/guard.js";
import { EmptyState } from "../pages/emptystate.js";
import { List } from "../list/list.js";
import { avatar } from "../kit/faces.js";
import { icon, iconButton } from "../kit/icons.js";
import { Restored } from "../message/mykey.js";
import { Pane } from "../chat/pane.js";
import { People } from "../pages/people.js";
import { Settings } from "../pages/settings.js";
import { States } from "../pages/states.js";
import { Trust } from "../pages/trust.js";
import { ChatSearch } from "../chat/chatsearch.js";

/** @type {Record<string, Page.View<Page.Props>>} */
const pages = { people: People, trust: Trust, settings: Settings };

function Rail(/** @type {Page.Props} */ { state }) {
  const unread = unreadOf(state);
  const me = state.people[state.me];
  const go = (/** @type {Page.Section} */ section) => (section === "chats" && state.section === "chats" ? openChat(null) : goTo(section));
  return html`
    <nav class="rail" aria-label=${t("nav.label")}>
      <svg class="brand" aria-hidden="true" focusable="false"><use href="#i-brand" /></svg>
      <ul>${sections.map((section) => html`
        <li><button type="button" class=${state.section === section ? "is-here" : ""}
          aria-current=${state.section === section ? "page" : undefined}
          data-section=${section} onClick=${() => go(section)}>
          <span class="rail-icon">${icon(section)}${section === "chats" && unread > 0 && html`
            <span class="badge">${number(unread)}<span class="sr">${t("nav.unread")}</span></span>`}
            ${section === "settings" && state.kit.where === "here" && html`
            <span class="rail-dot" data-kit-reminder title=${t("kit.reminder")}><span class="sr">
              ${t("kit.reminder")}</span></span>`}</span>
          <span>${t(`nav.${section}`)}</span></button></li>`)}
      </ul>
      <span class="spacer"></span>
      ${iconButton("lock", t("action.lock"), () => attempt(lock()))}
      <button type="button" class="me" aria-label=${t(state.link.up ? "nav.me" : "nav.me.away", { name: called(me) })}
        onClick=${() => goTo("settings")}>
        ${avatar({ ...me, online: state.link.up }, "s")}</button>
    </nav>`;
}

export function Frame(/** @type {Page.Props} */ { state, screen }) {
  const Page = pages[screen];
  const open = openOf(state);
  const line = !state.connected ? "agent" : state.link.up ? "up" : "down";
  return html`
    <div class="frame" inert=${state.dialog !== null} data-link=${line}>
      <a class="skip" href="#main-panel"
        onClick=${(event) => {
          event.preventDefault();
          document.getElementById("main-panel")?.focus();
        }}>${t("skip")}</a>
      <header class="sr"><h1>${t("app.name")}</h1>
        <${Announcer} conversations=${state.conversations} people=${state.people} open=${state.open} /></header>
      ${state.alarm && html`<${Alarm} alarm=${state.alarm} />`}
      ${state.disk && html`<${StorageWarning} disk=${state.disk} />`}
      ${state.states.length > 0 && html`<${States} states=${state.states} />`}
      ${line !== "up" && html`<${Banner} link=${state.link} connected=${state.connected} />`}
      ${state.backup.restored && html`<${FromBackup} restored=${state.backup.restored} now=${state.now} />`}
      ${isOffered(state) && state.dialog?.kind !== "move" && html`<${Offered} move=${state.move} />`}
      ${state.link.restored && html`<${Restored} since=${state.link.restored} />`}
      <div class="app">
        <${Rail} state=${state} />
        <main class="whole">
          <${Guard} part of="list"><${List} state=${state} /><//>
          <div class="main-panel" id="main-panel" tabindex="-1">
            ${Page
                ? html`<${Guard} key=${screen} part of=${screen}><${Page} state=${state} /><//>`
                : open
                  ? html`<${Guard} key=${open.chat} part of=${open.chat}><${Pane} state=${state}
              open=${open} /><//>`
                  : html`<${EmptyState} state=${state} />`}
          </div>
          ${!Page && open && state.details && (state.details === "search"
              ? html`<${Guard} key=${open.chat} part of=${open.chat}><${ChatSearch} state=${state} open=${open} /><//>`
              : threadIn(state.details) !== null
                ? html`<${Guard} key=${state.details} part=${open.chat}><${Thread} state=${state} open=${open} /><//>`
              : html`<${Guard} key="about" part of=${open.chat}><${Details} state=${state} open=${open} /><//>`)}
        </main>
      </div>
    </div>`;
}
