// Some of the chats only: those with something unread, with people, groups. Where there are few chats, there is nothing to choose.

import { html } from "../../vendor/preact.js";
import { dispatch } from "../core/store.js";
import { t } from "../i18n/i18n.js";
import { mayFilter } from "../state/screen.js";

/** @type {[Page.Only, string][]} */
const ways = [[null, "all"], ["unread", "unread"], ["people", "people"], ["groups", "groups"]];

export const Filters = (/** @type {Page.Props} */ { state }) => mayFilter(state) && html`
  <div class="filters list-filters" role="group" aria-label=${t("filter.title")}>${ways.map(([only, word]) => html`
    <button type="button" class="filter" data-only=${word} aria-pressed=${String(state.only === only)}
      onClick=${() => dispatch({ type: "only", only })}>${t(`filter.${word}`)}</button>`)}</div>`;
