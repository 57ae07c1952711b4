// What a message answers, in short; pressing it leads there. And the bar over the composer that says what is answered or
// changed.

import { html } from "../../vendor/preact.js";
import { leaveBar } from "../actions/compose.js";
import { openAt } from "../actions/reading.js";
import { t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { hue } from "../kit/faces.js";
import { icon, iconButton } from "../kit/icons.js";
import { words } from "../kit/words.js";

/** @type {Record<string, string>} */
const signs = { file: "file", voice: "mic", deleted: "trash", unreadable: "key" };

// The words of a message, or what it is instead.
/** @param {{kind: string | null, text: string, missing?: boolean, blocked?: boolean, file?: Page.File | null}} message */
export function gist({ kind: its, text, missing, blocked, file }) {
  const kind = file?.voice ? "voice" : its;
  if (blocked) return html`<span class="quote-text">${t("quote.blocked")}</span>`;
  if (missing) return html`<span class="quote-text">${t("quote.missing")}</span>`;
  if (kind === "text") return words(text, "quote-text");
  const said = (kind === "file" || kind === "voice") && text ? words(text, "grow") : html`<span>${t(`quote.${kind}`)}</span>`;
  return html`<span class="quote-text tagged">${icon(signs[kind ?? ""] ?? "info")}${said}</span>`;
}

const who = (/** @type {Api.Person} */ person) => (person?.me ? t("msg.you") : html`<bdi>${called(person ?? { name: t("person.unknown") })}</bdi>`);

export const Quote = (/** @type {Page.Props} */ { chat, reply, person }) => html`
  <button type="button" class=${`quote ${reply.blocked ? "" : hue(reply.from)}`} data-quote=${reply.order}
    onClick=${() => reply.order !== null && openAt(chat, reply.order)}>
    <span class="sr">${t("msg.reply_to")}</span>${!reply.blocked && html`<strong>${who(person)}</strong>`}${gist(reply)}</button>`;

/** stays: there is no way out of it but to leave what it lies in. @param {Page.Props} props */
export function ComposeBar({ chat, answering, editing, people, stays }) {
  const message = /** @type {Page.Message} */ (editing?.message ?? answering);
  const person = people[message.from];
  const title = editing
    ? t("edit.title")
    : person?.me
      ? t("reply.title.self")
      : t("reply.title", { name: called(person ?? { name: t("person.unknown") }) });
  return html`
    <div class=${`compose-bar ${editing ? "is-edit" : hue(message.from)}`} id="write-bar" data-bar=${editing ? "edit" : "reply"}>
      <span class=${editing ? "" : "flip-icon"}>${icon(editing ? "edit" : "reply")}</span>
      <div class="bar-quote"><strong>${title}</strong>${gist(message)}</div>
      ${!stays && iconButton("close", t("action.cancel"), () => leaveBar(chat), { look: "small" })}</div>`;
}
