// One message that was found: where, who, when, and its words with what was sought marked.

import { html } from "../../vendor/preact.js";
import { openAt } from "../actions/reading.js";
import { brief, iso, plain, t } from "../i18n/i18n.js";
import { called, talkWith } from "../state/names.js";
import { foundIn } from "../lib/found.js";
import { avatar, groupAvatar, name, talkAvatar } from "./faces.js";

const whose = (/** @type {Api.Message} */ { mine }, /** @type {Api.Person | undefined} */ person) =>
  mine ? t("msg.you_said") : t("list.says", { name: called(person ?? { name: t("person.unknown") }) });

/** What it is found by: its words, and a file's name. @param {Api.Message} message */
const saidOf = ({ text, file }) => [text, file?.name].filter(Boolean).join(" ");

// isWithin: in the conversation that is searched, where the sender stands first; else the conversation does, with
// `partner` where it is private.
export function SearchResult(/** @type {Page.Props} */ { hit, conversation, person, partner, isWithin, stop, onOpen }) {
  const { message, parts } = hit;
  const { chat, order } = message;
  function open() {
    openAt(chat, order);
    onOpen?.();
  }
  const shown = isWithin ? person : partner;
  const sign = chat.startsWith("g:") && !isWithin ? groupAvatar(chat.slice(2), "", conversation?.group?.picture) : shown && (isWithin ? avatar : talkAvatar)(shown, "", false);
  return html`
    <button type="button" class="row hit" data-hit=${order} data-in=${chat} tabindex=${stop ? "0" : "-1"} onClick=${open}>
      ${sign || html`<span></span>`}
      <span class="row-top"><span class="row-name">
        ${isWithin ? whose(message, person) : name(shown ? talkWith(shown) : conversation?.name ?? "")}</span>
        <time datetime=${iso(message.time)}>${brief(message.time, Date.now())}</time></span>
      <span class="row-end"><span class="preview">${!isWithin && html`<span class="says">${whose(message, person)}</span>`}
        <span class="words" dir="auto">${foundIn(saidOf(message), parts).map(([text, isHit]) =>
          isHit ? html`<mark>${plain(text)}</mark>` : plain(text),
        )}</span></span></span>
    </button>`;
}
