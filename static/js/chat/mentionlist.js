// Who is offered while one types a name behind an @: over the field, chosen by arrows and Enter or by a press.

import { html, useState } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { avatar, name as nameView, userName, verified } from "../kit/faces.js";
import { icon } from "../kit/icons.js";
import { offer } from "../kit/offered.js";
import { put as type } from "../lib/field.js";
import { nameAt } from "../lib/mentions.js";
import { offeredNames } from "../state/mentions.js";
import { called } from "../state/names.js";

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
    type(current, `@${name}${/^\s/u.test(rest) ? "" : " "}`, typed.from, current.selectionStart);
    set(null);
  }

  const { list, takes, aria } = offer({
    id: "write-names",
    label: t("mention.list"),
    told: t("mention.found", { n: offered.length }),
    offered,
    chosen,
    move,
    put,
    leave: () => leave(typed?.from ?? -1),
    row: ({ name, person }) => ({
      key: person?.uid ?? "all",
      attributes: { "data-offered": name },
      content: html`${person ? avatar(person, "s") : html`<span class="avatar is-group s" aria-hidden="true">${icon("group")}</span>`}
        <span class="grow"><span class="strong option-name">${nameView(person ? called(person) : name)}${verified(person)}</span>
          ${person ? html`<span class="quiet">${userName(person)}</span>` : html`<span class="quiet">${t("mention.all.hint")}</span>`}</span>`,
    }),
  });
  return { list, takes, look, aria: { ...aria, "aria-autocomplete": "list" }, end: () => set(null) };
}
