// Which emoji is offered while one types its name behind a colon: over the field, chosen by arrows and Enter or by a press. The
// list is fetched with the first colon.

import { html, useRef, useState } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { offer } from "../kit/offered.js";
import { put as type } from "../lib/field.js";
import { codeAt, isSure } from "../lib/shortcodes.js";
import { calledSo, emojiOf, findEmoji } from "../state/emoji.js";

const most = 6;

/** As `useNames` of mentionlist.js. @param {Page.Props} props @param {{current: HTMLTextAreaElement}} field */
export function useCodes({ state }, field) {
  const [typed, set] = useState(/** @type {ReturnType<typeof codeAt>} */ (null));
  const [found, setFound] = useState(/** @type {import("../state/emoji.js").Emoji[]} */ ([]));
  const [at, move] = useState(-1); // none is chosen before an arrow is pressed, but the first where the name is sure
  const offered = typed ? found : [];
  const chosen = at >= 0 ? Math.min(at, offered.length - 1) : typed && isSure(typed.sought) ? 0 : -1;

  const undone = useRef(/** @type {string | null} */ (null)); // what Undo has brought back, which isn't replaced again

  /** @param {boolean} [isUndone] */
  async function look(isUndone = false) {
    const { value, selectionStart: caret, selectionEnd: end } = field.current;
    if (isUndone) undone.current = value;
    const code = caret === end ? codeAt(value, caret) : null;
    const now = code?.ended && undone.current === value ? null : code;
    if (now?.from === typed?.from && now?.sought === typed?.sought && now?.ended === typed?.ended) return;
    move(-1);
    set(now?.ended ? null : now);
    if (!now) return;
    const some = (now.whole ? calledSo : findEmoji)(await emojiOf(), now.sought).slice(0, most);
    if (!now.ended) setFound(some);
    else if (some.length && field.current?.value === value) put(some[0].emoji, now.from);
  }

  function put(/** @type {string} */ emoji, from = typed?.from) {
    if (from === undefined) return;
    type(field.current, emoji, from, field.current.selectionStart);
    set(null);
  }

  const { list, takes, aria } = offer({
    id: "write-emoji",
    label: t("compose.emoji"),
    told: t("emoji.offered", { n: offered.length }),
    offered,
    chosen,
    move,
    put: ({ emoji }) => put(emoji),
    leave: () => set(null),
    row: ({ emoji, names }) => ({
      key: emoji,
      attributes: { "data-code": emoji },
      content: html`<span class="big-emoji" aria-hidden="true">${emoji}</span><span class="grow">${names[state.settings.language]}</span>`,
    }),
  });
  return { list, takes, look, aria, end: () => set(null) };
}
