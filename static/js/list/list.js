// The list of conversations: search, those that are pinned, then the newest on top, and a menu for a new one. What is
// found stands under them: people, then messages. Only the rows that are seen are in the page.

import { Component, html, useEffect, useState } from "../../vendor/preact.js";
import { goTo, openChat } from "../actions/reading.js";
import { leaveSearch, narrowSearch, searchList, searchMore } from "../actions/search.js";
import { t } from "../i18n/i18n.js";
import { isNarrowed } from "../state/list.js";
import { called } from "../state/names.js";
import { firstHour, rowsOfList, toWriteTo } from "../state/screen.js";
import { dispatch, openDialog } from "../core/store.js";
import { isComposed } from "../kit/composed.js";
import { useSought } from "../kit/everyone.js";
import { SearchField } from "../kit/field.js";
import { Guard } from "../kit/guard.js";
import { SearchResult } from "../kit/searchresult.js";
import { avatar, name, roleWord, userName } from "../kit/faces.js";
import { icon, iconButton } from "../kit/icons.js";
import { Menu } from "../kit/menu.js";
import { Narrow } from "../kit/narrow.js";
import { AskNotices } from "./asknotices.js";
import { AskProfile } from "./askprofile.js";
import { Filters } from "./filters.js";
import { Newcomer } from "./newcomer.js";
import { Row } from "./row.js";
import { Visible } from "../kit/visible.js";

function NewMenu(/** @type {Page.Props} */ { me }) {
  const mayGroup = me.role !== "beginner user";
  const items = [
    { key: "private", icon: "chats", label: t("new.private"), onPick: () => openDialog({ kind: "new_private" }) },
    { key: "notes", icon: "doc", label: t("notes.title"), onPick: () => openChat(`p:${me.uid}`) },
    { key: "join", icon: "link", label: t("joinlink.paste.title"), onPick: () => openDialog({ kind: "paste_link" }) },
    { key: "group", icon: "group", label: t("new.group"), off: !mayGroup, onPick: () => openDialog({ kind: "new_group" }) },
  ];
  const note = mayGroup
    ? null
    : html`${t("new.group.why")} <button type="button" class="link"
    onClick=${() => goTo("people")}>${t("new.group.who")}</button>`;
  return html`<${Menu} id="new" label=${t("list.new")} items=${items} note=${note} face=${icon("write")} look="ghost filled"
    button=${{ "aria-label": t("list.new"), title: t("list.new") }} />`;
}

const OtherPerson = (/** @type {Page.Props} */ { person, stop }) => html`
  <button type="button" class="row" tabindex=${stop ? "0" : "-1"} data-person=${person.uid} data-name=${person.name}
    onClick=${() => openChat(`p:${person.uid}`)}>
    ${avatar(person)}<span class="row-top"><span class="row-name">${name(called(person))}</span></span>
    <span class="row-end"><span class="preview">${userName(person, roleWord(person.role))}</span></span></button>`;

function Search(/** @type {Page.Props} */ { state, onKeyDown }) {
  const { filter, listSearch, conversations } = state;
  const narrowed = isNarrowed(listSearch.narrow);
  const [opened, open] = useState(false);
  useSought(state, filter);
  const shown = opened || narrowed || filter !== "";
  useEffect(() => {
    if (!narrowed && filter === "") open(false);
  }, [narrowed, filter === ""]);
  const end = () => {
    open(false);
    leaveSearch();
    document.getElementById("search")?.focus();
  };
  // those one has written with first
  const known = toWriteTo(state).sort((a, b) => Number(`p:${b.uid}` in conversations) - Number(`p:${a.uid}` in conversations));
  return html`
  <${SearchField} id="search" label=${t("list.search")} hint=${t("list.search_hint")} value=${filter}
    find=${searchList} onKeyDown=${onKeyDown}>
    ${!shown && html`<kbd aria-hidden="true">/</kbd><button type="button" class="ghost small" aria-label=${t("search.narrow")}
      title=${t("search.narrow")} data-narrow="open" onClick=${() => open(true)}>${icon("narrow")}</button>`}
    ${shown && html`<button type="button" class="ghost small" aria-label=${t("list.clear")} onClick=${end}>${icon("close")}</button>`}<//>
  ${shown && html`<${Narrow} state=${state} slot="listSearch" chat=${null} people=${known}
    change=${(/** @type {Partial<Page.Narrow>} */ change) => narrowSearch("listSearch", null, change, filter)} />`}`;
}

/** On a narrow window, where nothing stands beside the list: what there is to do first. @param {Page.Props} props */
const FirstSteps = ({ state }) => html`
  <div class="narrow-only first-steps">${firstHour(state) === "alone"
      ? html`<p>${t("empty.alone")}</p><button type="button" class="button primary" data-invite
      onClick=${() => openDialog({ kind: "join_link" })}>${icon("link")}<span>${t("people.invite")}</span></button>`
      : html`<p>${t("empty.people")}</p><${Newcomer} state=${state} />`}</div>`;

/** @type {Record<string, Page.View<Page.Props>>} */
const kinds = {
  part: ({ row }) => html`<h3 class="rows-part">${t(row.words)}</h3>`,
  person: ({ row, stop }) => html`<${OtherPerson} person=${row.person} stop=${stop} />`,
  hit: ({ row, state, stop }) => {
    const { chat, from } = row.hit.message;
    return html`<${SearchResult} hit=${row.hit} stop=${stop} conversation=${state.conversations[chat]}
      person=${state.people[from]} partner=${state.people[chat.slice(2)]} />`;
  },
  shelf: ({ row, state, stop }) => html`<button type="button" class="row shelf" tabindex=${stop ? "0" : "-1"} data-shelf=${row.n}
    onClick=${() => dispatch({ type: "shelf", on: !state.shelf })}>
    <span class=${state.shelf ? "flip" : ""}>${icon(state.shelf ? "back" : "archive")}</span>
    <span>${state.shelf ? t("archive.back") : t("archive.some", { n: row.n })}</span></button>`,
  more: ({ stop }) => html`<button type="button" class="button wide row-button row" tabindex=${stop ? "0" : "-1"}
    onClick=${() => searchMore("listSearch", null)}>${t("search.more")}</button>`,
  chat: ({ row, state, stop }) => {
    const { conversation } = row;
    const isOpen = state.open === conversation.chat && state.section === "chats";
    return html`<${Row} conversation=${conversation} isOpen=${isOpen} stop=${stop} now=${Math.floor(state.now / 6e4)}
      draft=${state.open === conversation.chat ? "" : state.drafts[conversation.chat] ?? ""}
      person=${state.people[conversation.uid]}
      sender=${conversation.group && state.people[conversation.last?.from]}
      typing=${state.typing[conversation.chat]}
      people=${conversation.last?.kind === "system" || state.typing[conversation.chat] || conversation.group?.asks.length ? state.people : null} />`;
  },
};

/** @type {Record<string, number>} */
const heights = { part: 38, more: 52, shelf: 48, chat: 66, person: 66, hit: 84 }; // px, until they are measured

/** @extends {Component<Page.Props, {}>} */
export class List extends Component {
  /** @type {Visible<ReturnType<typeof rowsOfList>[0]>} */
  visible = new Visible(({ kind }) => heights[kind]);
  scroller = document.body; // both are given with the first drawing
  body = document.body;
  goal = /** @type {string | null} */ (null); // the row that is to have focus

  componentDidMount() {
    this.visible.attach(this.scroller, this.body);
    this.watcher = new ResizeObserver(() => {
      if (this.visible.resized()) requestAnimationFrame(() => this.forceUpdate());
      this.onScroll();
    });
    this.watcher.observe(this.scroller);
    this.componentDidUpdate({ state: { filter: "", open: null } });
  }

  componentWillUnmount() {
    this.watcher?.disconnect();
  }

  componentDidUpdate(/** @type {{state: {filter: string, open: string | null}}} */ { state: before }) {
    const { state } = this.props;
    this.visible.afterDrawing(true);
    if (before.filter !== state.filter) this.scroller.scrollTop = 0;
    else if (before.open !== state.open && state.open) this.show(state.open);
    if (this.goal) this.arrive();
    this.onScroll();
  }

  onScroll() {
    if (this.visible.look()) this.setState({});
  }

  /** Brings a row into view, if it isn't. @param {string} key */
  show(key) {
    const { column } = this.visible;
    const at = column.find(key);
    if (at < 0) return;
    const { scrollTop, clientHeight } = this.scroller;
    if (column.top(at) < scrollTop) this.scroller.scrollTop = column.top(at);
    else if (column.top(at + 1) > scrollTop + clientHeight) this.scroller.scrollTop = column.top(at + 1) - clientHeight;
  }

  arrive() {
    const row = this.visible.element(this.goal ?? "");
    const button = /** @type {HTMLElement | null | undefined} */ (row?.querySelector(".row"));
    if (!button) return;
    this.goal = null;
    button.focus();
  }

  focusRow(/** @type {number} */ at) {
    this.goal = this.visible.column.rows[at].key;
    this.show(this.goal);
    this.visible.look();
    this.forceUpdate();
  }

  /** Arrows go from row to row, also to those that aren't in the page yet. @param {Page.Press} event */
  onKeyDown(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest(".menu")) return;
    const { rows } = this.visible.column;
    const stops = rows.map((_, at) => at).filter((at) => rows[at].stop !== false);
    const here = stops.indexOf(this.visible.rowAt(event.target));
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / heights.chat) - 1);
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (here < 0 || !(event.key in steps)) return;
    if (event.key === "ArrowUp" && here === 0) document.getElementById("search")?.focus();
    else this.focusRow(stops[Math.min(stops.length - 1, Math.max(0, here + steps[event.key]))]);
    event.preventDefault();
  }

  onSearchKey(/** @type {Page.Press} */ event) {
    if (isComposed(event) || (event.key !== "ArrowDown" && event.key !== "Enter")) return;
    const first = this.visible.column.rows.findIndex(({ stop }) => stop !== false);
    if (first >= 0 && event.key === "ArrowDown") this.focusRow(first);
    else if (first >= 0) /** @type {HTMLElement | null} */ (this.body.querySelector(".row"))?.click();
    event.preventDefault();
  }

  render(/** @type {Page.Props} */ { state }) {
    const rows = rowsOfList(state);
    const stop = rows.some(({ key }) => key === state.open) ? state.open : rows.find((row) => row.stop !== false)?.key;
    this.visible.column.setRows(rows);
    const drawn = this.visible.pick(stop);
    const [above, below] = this.visible.padding;
    const nothing = !rows.length && !state.listSearch.asking;
    const narrowed = isNarrowed(state.listSearch.narrow);
    const count = (narrowed || state.filter.trim()) && !state.listSearch.asking ? rows.filter((row) => row.stop !== false).length : null;
    return html`
      <section class="list" aria-label=${t("list.label")}>
        <header class="list-head"><h2>${t(state.shelf ? "archive.title" : "list.title")}</h2><span class="spacer"></span>
          ${iconButton("favourite", t("star.some"), () => openDialog({ kind: "starred", chat: null }), { "data-starred": true })}
          <${NewMenu} me=${state.people[state.me]} /></header>
        <${Search} state=${state} onKeyDown=${(event) => this.onSearchKey(event)} />
        <${Filters} state=${state} />
        <p class="sr" role="status">${count === null ? "" : t("search.count", { n: count })}</p>
        ${nothing && html`<div class="none"><p class="strong">${t(state.filter || narrowed ? "list.nothing" : state.only ? "filter.none" : "empty.list")}</p>
          ${(!state.only || state.filter || narrowed) && html`<p>${t(narrowed ? "list.nothing.narrow" : state.filter ? "list.nothing.hint" : "empty.list.hint")}</p>`}
          ${!state.filter && !narrowed && !state.only && html`<${FirstSteps} state=${state} />`}</div>`}
        <div class="rows-scroll" hidden=${nothing} ref=${(/** @type {HTMLElement} */ scroller) => {
          this.scroller = scroller;
        }} onScroll=${() => this.onScroll()}>
          <ul class="rows" onKeyDown=${(event) => this.onKeyDown(event)} ref=${(/** @type {HTMLElement} */ body) => {
            this.body = body;
          }} style=${{ paddingBlockStart: `${above}px`, paddingBlockEnd: `calc(var(--space-3) + ${below}px)` }}>
            ${drawn.map((at) => {
              const row = rows[at];
              return html`<li key=${row.key}><${Guard} of=${row}><${kinds[row.kind]} row=${row} state=${state}
                stop=${row.key === stop} /><//></li>`;
            })}
          </ul></div>
        <${AskNotices} state=${state} /><${AskProfile} state=${state} />
      </section>`;
  }
}
