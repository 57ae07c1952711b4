// The list of conversations: search, the newest on top, and a menu for a new one.

import { html } from "../../vendor/preact.js";
import { openChat } from "../actions/reading.js";
import { t } from "../i18n.js";
import { goTo } from "../keys.js";
import { conversationsOf, strangersOf } from "../screen.js";
import { dispatch } from "../store.js";
import { face, icon, name, roleWord } from "./marks.js";
import { Menu } from "./menu.js";
import { Row } from "./row.js";
import { rove } from "./rove.js";

const open = (kind) => dispatch({ type: "dialog", dialog: { kind } });

function NewMenu({ me }) {
  const mayGroup = me.role !== "beginner user";
  const items = [
    { key: "private", icon: "chats", label: t("new.private"), onPick: () => open("new_private") },
    { key: "group", icon: "group", label: t("new.group"), off: !mayGroup, onPick: () => open("new_group") },
  ];
  const note = mayGroup
    ? null
    : html`${t("new.group.why")} <button type="button" class="link"
    onClick=${() => goTo("people")}>${t("new.group.who")}</button>`;
  return html`<${Menu} id="new" label=${t("list.new")} items=${items} note=${note} face=${icon("write")}
    look="ghost filled"
    button=${{ "aria-label": t("list.new"), title: t("list.new") }} />`;
}

const Stranger = ({ person }) => html`
  <li><button type="button" class="row" tabindex="-1" data-person=${person.uid} data-name=${person.name}
    onClick=${() => openChat(`p:${person.uid}`)}>
    ${face(person)}<span class="row-top"><span class="row-name">${name(person.name)}</span></span>
    <span class="row-end"><span class="preview">${roleWord(person.role)}</span></span></button></li>`;

function Search({ state }) {
  function onKeyDown(event) {
    if (event.isComposing) return;
    const rows = document.querySelector(".rows");
    if (event.key === "ArrowDown") rows?.querySelector(".row")?.focus();
    else if (event.key === "Enter") rows?.querySelector(".row")?.click();
    else return;
    event.preventDefault();
  }
  return html`
    <div class="search"><label class="sr" for="search">${t("list.find")}</label>${icon("search")}
      <input id="search" type="search" autocomplete="off" spellcheck="false" dir="auto"
        placeholder=${t("list.find_hint")} value=${state.filter}
        onInput=${(event) => dispatch({ type: "filter", text: event.target.value })} onKeyDown=${onKeyDown} />
      ${
        state.filter
          ? html`<button type="button" class="ghost small" aria-label=${t("list.clear")}
        onClick=${() => dispatch({ type: "filter", text: "" })}>${icon("close")}</button>`
          : html`<kbd aria-hidden="true">/</kbd>`
      }</div>`;
}

export function List({ state }) {
  const conversations = conversationsOf(state);
  const strangers = strangersOf(state);
  const stop = conversations.some(({ chat }) => chat === state.open) ? state.open : conversations[0]?.chat;
  const nothing = !conversations.length && !strangers.length;
  return html`
    <section class="list" aria-label=${t("list.label")}>
      <header class="list-head"><h2>${t("list.title")}</h2><span class="spacer"></span>
        <${NewMenu} me=${state.people[state.me]} /></header>
      <${Search} state=${state} />
      ${
        nothing &&
        html`<div class="none" role="status"><p class="strong">
        ${t(state.filter ? "list.nothing" : "empty.list")}</p>
        <p>${t(state.filter ? "list.nothing.hint" : "empty.list.hint")}</p></div>`
      }
      <ul class="rows" hidden=${nothing} onKeyDown=${(event) => rove(event, ".row")}>
        ${conversations.map(
          (conversation) => html`
          <${Row} key=${conversation.chat} conversation=${conversation}
            draft=${state.open === conversation.chat ? "" : (state.drafts[conversation.chat] ?? "")}
            isOpen=${state.open === conversation.chat && state.section === "chats"} stop=${conversation.chat === stop}
              now=${Math.floor(state.now / 6e4)}
            person=${state.people[conversation.uid]}
              sender=${conversation.group && state.people[conversation.last?.from]}
            people=${conversation.last?.kind === "system" ? state.people : null} />`,
        )}
        ${strangers.length > 0 && html`<li class="rows-part">${t("list.people")}</li>`}
        ${strangers.map((person) => html`<${Stranger} key=${person.uid} person=${person} />`)}
      </ul>
    </section>`;
}
