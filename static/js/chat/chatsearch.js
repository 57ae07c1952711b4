// Beside the talk: looking for words in it.

import { html, useLayoutEffect, useState } from "../../vendor/preact.js";
import { narrowSearch, searchMore, searchChat } from "../actions/search.js";
import { t } from "../i18n/i18n.js";
import { dispatch } from "../core/store.js";
import { isNarrow } from "../lib/width.js";
import { isComposed } from "../kit/composed.js";
import { SearchField } from "../kit/field.js";
import { isNarrowed } from "../state/list.js";
import { Narrow } from "../kit/narrow.js";
import { Guard } from "../kit/guard.js";
import { SearchResult } from "../kit/searchresult.js";
import { dots, iconButton } from "../kit/icons.js";
import { rovingFocus } from "../kit/rovingfocus.js";

const close = () => dispatch({ type: "details", on: false });

export function ChatSearch(/** @type {Page.Props} */ { state, open }) {
  const { text, narrow, hits, more, asking } = state.chatSearch;
  const [written, write] = useState("");
  const isAsked = text !== "" || isNarrowed(narrow);
  const nothing = isAsked && !asking && !hits.length;
  /** @type {Page.Open} */
  const { group, person } = open;
  const others = group ? group.members.map(({ uid }) => state.people[uid]) : person ? [person] : [];
  const people = others.filter((other) => other && !other.me);
  useLayoutEffect(() => document.getElementById("search-within")?.focus(), []);

  function onKeyDown(/** @type {Page.Press} */ event) {
    if (isComposed(event) || (event.key !== "ArrowDown" && event.key !== "Enter")) return;
    const row = /** @type {HTMLElement | null | undefined} */ (event.currentTarget.closest(".details")?.querySelector(".hit"));
    if (event.key === "Enter") row?.click();
    else row?.focus();
    event.preventDefault();
  }

  return html`
    <section class="details" aria-label=${t("chat.search")} data-search-pane>
      <header class="details-head"><h2>${t("chat.search")}</h2>
        ${iconButton("close", t("action.close"), close)}</header>
      <${SearchField} id="search-within" label=${t("chat.search")} hint=${t("search.words")} onKeyDown=${onKeyDown}
        find=${(/** @type {string} */ sought) => {
          write(sought);
          searchChat(open.chat, sought);
        }} />
      <${Narrow} state=${state} slot="chatSearch" chat=${open.chat} people=${people}
        change=${(/** @type {Partial<Page.Narrow>} */ change) => narrowSearch("chatSearch", open.chat, change, written)} />
      <p class="sr" role="status">${isAsked && !asking ? t("search.count", { n: hits.length }) : ""}</p>
      ${asking && !hits.length && html`<p class="none">${dots()}</p>`}
      ${nothing && html`<p class="none">${t("list.nothing")}</p>`}
      <ul class="hits" hidden=${!hits.length} aria-label=${t("search.messages")}
        onKeyDown=${(event) => rovingFocus(event, ".row")}>
        ${hits.map((hit, at) => html`<li key=${hit.message.order}><${Guard} of=${hit}><${SearchResult} hit=${hit}
            person=${state.people[hit.message.from]} isWithin stop=${at === 0} onOpen=${() => isNarrow() && close()} /><//></li>`)}
        ${more &&
          html`<li><button type="button" class="button wide row-button" onClick=${() => searchMore("chatSearch", open.chat)}>
            ${t("search.more")}</button></li>`}</ul>
    </section>`;
}
