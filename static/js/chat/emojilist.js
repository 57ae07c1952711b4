// Which emoji is offered while one types its name behind a colon: over the field, chosen by arrows and Enter or by a press. The
// list is fetched with the first colon.

import { html, useState } from "../../vendor/preact.js";
import { keepDraft } from "../actions/compose.js";
import { t } from "../i18n/i18n.js";
import { codeAt, isSure } from "../lib/shortcodes.js";
import { emojiOf, findEmoji } from "../state/emoji.js";

const listId = "write-emoji";
const optionId = (/** @type {number} */ at) => `${listId}-${at}`;
const most = 6;

/** As `useNames` of mentionlist.js. @param {Page.Props} props @param {{current: HTMLTextAreaElement}} field */
export function useCodes({ state, open }, field) {
  const [typed, set] = useState(/** @type {ReturnType<typeof codeAt>} */ (null));
  const [found, offer] = useState(/** @type {import("../state/emoji.js").Emoji[]} */ ([]));
  const [at, move] = useState(-1); // none is chosen before an arrow is pressed, but the first where the name is sure
  const offered = typed ? found : [];
  const chosen = at >= 0 ? Math.min(at, offered.length - 1) : typed && isSure(typed.sought) ? 0 : -1;

  async function look() {
    const { value, selectionStart: caret, selectionEnd: end } = field.current;
    const now = caret === end ? codeAt(value, caret) : null;
    if (now?.from === typed?.from && now?.sought === typed?.sought && now?.ended === typed?.ended) return;
    move(-1);
    set(now?.ended ? null : now);
    if (!now) return;
    const some = findEmoji(await emojiOf(), now.sought).slice(0, most);
    if (!now.ended) offer(some);
    else if (some.length && field.current?.value === value) put(some[0].emoji, now.from);
  }

  function put(/** @type {string} */ emoji, from = typed?.from) {
    if (from === undefined) return;
    const { current } = field;
    current.setRangeText(emoji, from, current.selectionStart, "end");
    set(null);
    keepDraft(open.chat, current.value);
  }

  /** True if the key was for the list. @param {Page.Press} event */
  function takes(event) {
    if (!offered.length || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
    const step = Number(event.key === "ArrowDown") - Number(event.key === "ArrowUp");
    if (step) move((chosen + step + offered.length) % offered.length);
    else if (event.key === "Tab" || (event.key === "Enter" && chosen >= 0)) put(offered[Math.max(0, chosen)].emoji);
    else if (event.key === "Escape") set(null);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  const list = offered.length > 0 && html`
    <ul class="options names" id=${listId} role="listbox" aria-label=${t("compose.emoji")}>
      ${offered.map(({ emoji, names }, index) => html`<li key=${emoji} id=${optionId(index)} role="option" data-code=${emoji}
        class=${`option ${index === chosen ? "is-on" : ""}`} aria-selected=${String(index === chosen)} onMouseDown=${(/** @type {Page.Press} */ event) => {
          event.preventDefault();
          put(emoji);
        }}><span class="big-emoji" aria-hidden="true">${emoji}</span><span class="grow">${names[state.settings.language]}</span></li>`)}</ul>
    <p class="sr" role="status">${t("emoji.offered", { n: offered.length })}</p>`;
  const aria = offered.length && chosen >= 0 ? { "aria-controls": listId, "aria-activedescendant": optionId(chosen) } : {};
  return { list, takes, look, aria, end: () => set(null) };
}
