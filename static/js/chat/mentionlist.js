// Who is offered while one types a name behind an @: over the field, chosen by arrows and Enter or by a press.

import { html, useState } from "../../vendor/preact.js";
import { keepDraft } from "../actions/compose.js";
import { t } from "../i18n/i18n.js";
import { avatar, name as nameView, userName, verified } from "../kit/faces.js";
import { icon } from "../kit/icons.js";
import { nameAt } from "../lib/mentions.js";
import { offeredNames } from "../state/mentions.js";
import { called } from "../state/names.js";

const listId = "write-names";
const optionId = (/** @type {number} */ at) => `${listId}-${at}`;

/** What the field needs: where the caret stands is looked at by `look`, keys go to `takes` first. `list` is drawn over it.
 * @param {Page.Props} props @param {{current: HTMLTextAreaElement}} field */
export function useNames({ state, open }, field) {
  const [typed, set] = useState(/** @type {{from: number, sought: string} | null} */ (null));
  const [at, move] = useState(0);
  const [left, leave] = useState(-1); // where the @ stands of which nothing is to be offered
  const offered = typed && typed.from !== left ? offeredNames(state, open, typed.sought, t("mention.all")) : [];
  const chosen = Math.min(at, offered.length - 1);

  function look() {
    const { value, selectionStart: caret, selectionEnd: end } = field.current;
    const now = caret === end ? nameAt(value, caret) : null;
    if (now?.from === typed?.from && now?.sought === typed?.sought) return;
    set(now);
    move(0);
    if (now?.from !== left) leave(-1);
  }

  function put(/** @type {{name: string}} */ { name }) {
    if (!typed) return;
    const { current } = field;
    const rest = current.value.slice(current.selectionStart);
    current.setRangeText(`@${name}${/^\s/u.test(rest) ? "" : " "}`, typed.from, current.selectionStart, "end");
    set(null);
    keepDraft(open.chat, current.value);
  }

  /** True if the key was for the list. @param {Page.Press} event */
  function takes(event) {
    if (!offered.length || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
    const step = Number(event.key === "ArrowDown") - Number(event.key === "ArrowUp");
    if (step) move((chosen + step + offered.length) % offered.length);
    else if (event.key === "Enter" || event.key === "Tab") put(offered[chosen]);
    else if (event.key === "Escape") leave(typed?.from ?? -1);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  const list = offered.length > 0 && html`
    <ul class="options names" id=${listId} role="listbox" aria-label=${t("mention.list")}>
      ${offered.map((one, index) => html`<li key=${one.person?.uid ?? "all"} id=${optionId(index)} role="option" data-offered=${one.name}
        class=${`option ${index === chosen ? "is-on" : ""}`} aria-selected=${String(index === chosen)} onMouseDown=${(/** @type {Page.Press} */ event) => {
          event.preventDefault();
          put(one);
        }}>${one.person ? avatar(one.person, "s") : html`<span class="avatar is-group s" aria-hidden="true">${icon("group")}</span>`}
        <span class="grow"><span class="strong option-name">${nameView(one.person ? called(one.person) : one.name)}${verified(one.person)}</span>
          ${one.person ? html`<span class="quiet">${userName(one.person)}</span>` : html`<span class="quiet">${t("mention.all.hint")}</span>`}</span></li>`)}</ul>
    <p class="sr" role="status">${t("mention.found", { n: offered.length })}</p>`;
  const aria = offered.length
    ? { "aria-controls": listId, "aria-activedescendant": optionId(chosen), "aria-autocomplete": "list" }
    : { "aria-autocomplete": "list" };
  return { list, takes, look, aria, end: () => set(null) };
}
