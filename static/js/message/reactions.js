// Under a message: who answered it with a sign. Pressing one does the same, or takes one's own back.

import { html } from "../../vendor/preact.js";
import { askWho, react } from "../actions/messageactions.js";
import { list, number, t } from "../i18n/i18n.js";
import { rovingFocus } from "../kit/rovingfocus.js";
import { nameOf } from "../state/names.js";

const most = 12; // different ones; then "+n", which leads to all of them
const named = 5; // people in a tooltip

function whoReacted(/** @type {Api.Reaction} */ { emoji, from }, /** @type {Page.People} */ people) {
  const names = from.slice(0, named).map((uid) => (people[uid]?.me ? t("msg.you") : nameOf(people, uid)));
  const who = from.length > named ? { ready: t("react.names_more", { names: list(names), n: from.length - named }) } : list(names);
  return t("react.by", { who, emoji: { ready: emoji } });
}

export function Reactions(/** @type {Page.Props & {message: Page.Sent}} */ { message, people, me }) {
  const { reactions } = message;
  return html`
    <ul class="reactions" aria-label=${t("msg.reactions")} onKeyDown=${(event) => rovingFocus(event, ".reaction", true)}>
      ${reactions.slice(0, most).map(
        (one, at) => html`<li key=${one.emoji}><button type="button" class="reaction" tabindex=${at ? "-1" : "0"}
        aria-pressed=${String(one.from.includes(me))} aria-label=${whoReacted(one, people)} title=${whoReacted(one, people)}
        data-reaction=${one.emoji} onClick=${() => react(message, one.emoji)}><span>${one.emoji}</span>
        <span>${number(one.from.length)}</span></button></li>`,
      )}
      ${reactions.length > most &&
        html`<li><button type="button" class="reaction" tabindex="-1" aria-label=${t("react.who")} title=${t("react.who")}
        onClick=${() => askWho(message)}><span>${t("react.and", { n: reactions.length - most })}</span></button></li>`}
    </ul>`;
}
