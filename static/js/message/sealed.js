// A message that can't be opened: why, of the closed list of causes, and what happens next.

import { html } from "../../vendor/preact.js";
import { fits, has, t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { dots, icon } from "../kit/icons.js";

/** A broken signature or chain is an error with words of its own. @param {string | null} why @param {string} name */
export function causeOf(why, name) {
  const key = [`cause.${why}`, `error.${why}`].find((one) => has(one) && fits(one, { name }));
  return key ? t(key, { name }) : t("cause.other", { name });
}

const heals = ["no_key"];
/** @type {Record<string, string>} */
const signs = { no_key: "key", before_you: "lock", unknown_kind: "info" }; // the rest is something to look at
/** @type {Record<string, string>} */
const titles = { no_key: "unreadable.title", before_you: "unreadable.before" }; // which is one line for all that is closed

/** person: whose message it is; asked: whose agent was asked for the key. @param {Page.Props} props */
export function Sealed({ message, person, asked }) {
  const why = message.why ?? "";
  const healing = heals.includes(why);
  const name = called((healing ? asked : person) ?? { name: t("person.unknown") });
  return html`
    <div class="text"><div class=${`sealed ${why in signs ? "" : "is-bad"}`} data-why=${why}>
      <span class="sealed-icon">${icon(signs[why] ?? "warn")}</span>
      <div><p class="strong">${t(titles[why] ?? "unreadable.never")}</p><p>${causeOf(why, name)}</p>
        ${healing && html`<p class="healing">${dots()}<span>${t("unreadable.heals")}</span></p>`}
      </div></div></div>`;
}
