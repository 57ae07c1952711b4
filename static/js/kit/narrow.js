// Under a search field: by whom, of what kind and from when what is sought shall be, each a button with its menu.

import { html } from "../../vendor/preact.js";
import { called } from "../state/names.js";
import { openDialog } from "../core/store.js";
import { dayLine, plain, t } from "../i18n/i18n.js";
import { Menu } from "./menu.js";

const most = 200; // people in a menu: with more one writes the name into the field, too
/** @type {Page.Narrow["kind"][]} */
const kinds = ["file", "picture", "video", "sound", "link"];
const times = /** @type {const} */ (["week", "month", "year"]);

/** @param {{state: Page.Shown, slot: Page.Slot, chat: string | null, people: Api.Person[], change: (change: Partial<Page.Narrow>) => void}} props
 * people: who else may have written it */
export function Narrow({ state, slot, chat, people, change }) {
  const { by, kind, when } = state[slot].narrow;
  const who = by === null ? null : by === state.me ? t("search.by.me") : plain(called(state.people[by] ?? { name: "" }));
  const moment = when === null ? null : typeof when === "number" ? dayLine(when, state.now) : t(`search.when.${when}`);
  const choices = [
    {
      what: "by",
      chosen: by,
      face: who,
      items: [null, state.me, ...people.slice(0, most).map(({ uid }) => uid)].map((uid) => ({
        key: uid ?? "any",
        label: uid === null ? t("search.by.any") : uid === state.me ? t("search.by.me") : plain(called(state.people[uid])),
        checked: by === uid,
        onPick: () => change({ by: uid }),
      })),
    },
    {
      what: "kind",
      chosen: kind,
      face: kind && t(`search.kind.${kind}`),
      items: [null, ...kinds].map((one) => ({
        key: one ?? "any",
        label: t(`search.kind.${one ?? "any"}`),
        checked: kind === one,
        onPick: () => change({ kind: one }),
      })),
    },
    {
      what: "when",
      chosen: when,
      face: moment,
      items: [
        ...[null, ...times].map((one) => ({
          key: one ?? "any",
          label: t(`search.when.${one ?? "any"}`),
          checked: when === one,
          onPick: () => change({ when: one }),
        })),
        {
          key: "day",
          label: t("search.when.day"),
          checked: typeof when === "number",
          onPick: () => openDialog({ kind: "date", chat: chat ?? "", time: typeof when === "number" ? when : state.now, slot }),
        },
      ],
    },
  ];
  return html`<div class="narrowing" role="group" aria-label=${t("search.narrow")}>${choices.map(({ what, chosen, face, items }) => {
    const label = t(`search.${what}`);
    return html`<${Menu} key=${what} id=${`${slot}-${what}`} label=${label} items=${items}
      look=${`filter ${chosen === null ? "" : "is-chosen"}`} face=${html`<span>${face ?? label}</span>`}
      button=${{ "data-narrow": what, "aria-label": face ? `${label}: ${face}` : label }} />`;
  })}</div>`;
}
