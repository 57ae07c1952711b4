// What was shared in a conversation: pictures and films, files, sound, links; the newest first, a page at a time.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { preview } from "../actions/files.js";
import { lookAt, shared } from "../actions/gallery.js";
import { openAt } from "../actions/reading.js";
import { brief, iso, plain, t } from "../i18n/i18n.js";
import { closeDialog } from "../core/store.js";
import { sizeWords } from "../kit/bytes.js";
import { Canvas } from "../kit/canvas.js";
import { Dialog } from "../kit/dialog.js";
import { Guard } from "../kit/guard.js";
import { dots, icon } from "../kit/icons.js";
import { rovingFocus } from "../kit/rovingfocus.js";
import { words } from "../kit/words.js";
import { playableAs } from "../lib/playable.js";
import { timeWords } from "../message/media.js";
import { called } from "../state/names.js";

/** @typedef {import("../actions/gallery.js").Shelf} Shelf @type {[Shelf, string][]} */
const shelves = [["media", "gallery.media"], ["document", "gallery.files"], ["sound", "gallery.sound"], ["link", "gallery.links"]];

/** @typedef {{hits: Api.Hit[], more: boolean} | null} Found */

function open(/** @type {Api.Message} */ message) {
  const { chat, order, file } = message;
  closeDialog();
  if (file?.preview && file.width) lookAt(chat, order);
  else openAt(chat, order);
}

const signOf = (/** @type {Api.Message} */ { file }) =>
  !file ? "link" : file.voice || playableAs(file) === "audio" ? "mic" : playableAs(file) === "video" ? "play" : "file";

function about(/** @type {Api.Message} */ { file, text }) {
  if (!file) return words(text);
  if (file.voice) return html`<span>${t("voice.title")} <span dir="ltr">${timeWords(file.voice.duration / 1000)}</span></span>`;
  return html`<bdi class="file-name" dir="ltr">${plain(file.name)}</bdi>`;
}

/** @param {Page.Props & {message: Api.Message}} props */
function Row({ message, state }) {
  const person = state.people[message.from];
  const who = message.mine ? t("msg.you") : person ? called(person) : t("person.unknown");
  return html`
    <button type="button" class="gallery-row" data-shared=${message.order} onClick=${() => open(message)}>
      <span class="file-icon">${icon(signOf(message))}</span>
      <span class="file-text">${about(message)}<span class="quiet"><bdi>${who}</bdi>${message.file && ` · ${sizeWords(message.file.size)}`}${" · "}<time datetime=${iso(message.time)}>${brief(message.time, state.now)}</time></span></span></button>`;
}

/** @param {Page.Props & {message: Api.Message}} props */
const Thumb = ({ message }) => html`
  <button type="button" class="gallery-thumb" data-shared=${message.order} aria-label=${t("msg.picture_shown", { file: message.file?.name ?? "" })}
    onClick=${() => open(message)}><${Canvas} of=${message.id} load=${() => preview(message)} look="thumb" /></button>`;

export function Gallery(/** @type {Page.Props} */ { state, dialog }) {
  const { chat } = dialog;
  const [shelf, setShelf] = useState(/** @type {Shelf} */ ("media"));
  const [found, setFound] = useState(/** @type {Found} */ (null));
  const [asking, setAsking] = useState(true);

  async function ask(/** @type {Shelf} */ kind, /** @type {Api.Hit[]} */ before) {
    setAsking(true);
    const answer = await shared(chat, kind, before.at(-1)?.message.order ?? null);
    setAsking(false);
    if (answer) setFound({ hits: [...before, ...answer.hits], more: answer.more });
  }
  useEffect(() => {
    setFound(null);
    ask(shelf, []);
  }, [chat, shelf]);

  const messages = (found?.hits ?? []).map(({ message }) => message);
  const shown = messages.filter(({ file }) => shelf === "media" && file?.preview && file.width);
  const listed = messages.filter((one) => !shown.includes(one));
  return html`
    <${Dialog} kind="gallery" title=${t("gallery.title")} look="gallery">
      <div class="tabs" role="tablist" aria-label=${t("gallery.title")} onKeyDown=${(/** @type {Page.Press} */ event) => {
        if (rovingFocus(event, "[role=tab]", true)) /** @type {HTMLElement} */ (document.activeElement).click();
      }}>${shelves.map(([kind, key]) => html`
        <button type="button" role="tab" key=${kind} id=${`shelf-${kind}`} aria-selected=${String(kind === shelf)} aria-controls="shelf" class="tab"
          tabindex=${kind === shelf ? "0" : "-1"} data-shelf-of=${kind} data-first=${kind === shelf || undefined} onClick=${() => setShelf(kind)}>${t(key)}</button>`)}</div>
      <div class="dialog-body gallery-body" id="shelf" role="tabpanel" aria-labelledby=${`shelf-${shelf}`} tabindex="0" data-shelf-shown=${shelf}
        aria-busy=${String(asking)}>
        ${shown.length > 0 && html`<div class="thumbs">${shown.map((one) => html`<${Guard} key=${one.order} of=${one}><${Thumb} message=${one} /><//>`)}</div>`}
        ${listed.map((one) => html`<${Guard} key=${one.order} of=${one}><${Row} message=${one} state=${state} /><//>`)}
        ${found && !messages.length && html`<p class="quiet center">${t("gallery.none")}</p>`}
        ${found?.more && html`<button type="button" class="button" data-more-shared onClick=${() => ask(shelf, found.hits)}>${t("gallery.more")}</button>`}
        ${asking && html`<p class="center" role="status"><span class="sr">${t("gallery.asking")}</span>${dots()}</p>`}</div><//>`;
}
