// Pictures that were sent together, side by side under the first one's caption. Each is a message of its own, with its own menu,
// its own way and its own answers.

import { html } from "../../vendor/preact.js";
import * as files from "../actions/files.js";
import { t } from "../i18n/i18n.js";
import { icon } from "../kit/icons.js";
import { Canvas } from "../kit/canvas.js";
import { Prose } from "../kit/prose.js";
import { called } from "../state/names.js";
import { isMoving, progress, Ring, stopOf } from "./file.js";

const few = 4; // in two columns
/** @param {number} count */
const columnsOf = (count) => (count === 2 || count === few ? 2 : 3);
const wide = 344; // px of all of it, where there is room

/** What it is likely to measure, in px. @param {number} count */
export const albumHeight = (count) => (Math.ceil(count / columnsOf(count)) * wide) / columnsOf(count);

/** @param {Page.Props & {message: Page.Filed, menu: (message: Page.Message, selected?: boolean | null) => any, at: number, all: number, isPicked: boolean | null}} props */
function Tile({ message, person, menu, at, all, isPicked }) {
  const { file, mine } = message;
  const from = mine ? t("msg.picture_own") : t("msg.picture", { name: person ? called(person) : t("person.unknown") });
  const own = menu(message, isPicked);
  // what is asked of a tile isn't asked of the whole
  const alone = (/** @type {string} */ name) => ({
    [name](/** @type {Page.Press} */ event) {
      own[name]?.(event);
      event.stopPropagation();
    },
  });
  return html`
    <div class=${`tile ${isPicked ? "is-picked" : ""}`} data-message=${message.id} data-order=${message.order} data-tile=${at + 1} data-file=${file.state} data-done=${file.done}
      ...${{ ...own, ...alone("onContextMenu"), ...alone("onPointerDown"), ...alone("onDblClick") }}>
      <button type="button" class="picture-btn" title=${t("msg.picture_open")} data-picture
        disabled=${message.order === null || file.state === "cancelled"} onClick=${() => files.openPicture(message)}>
        <span class="sr">${t("album.at", { at: at + 1, all })}. ${from}. ${t("msg.picture_open")}</span>
        <${Canvas} of=${message.id} load=${() => files.preview(message)} look="tile-picture" />
        ${isMoving(file) && html`<${Ring} file=${file} />`}</button>
      ${isPicked !== null && html`<button type="button" role="checkbox" class="tick-box tile-tick" aria-checked=${String(isPicked)}
        aria-label=${t("album.at", { at: at + 1, all })}>${isPicked && icon("check")}</button>`}
      ${isMoving(file) && html`<span class="sr">${progress(message)}</span>`}${stopOf(message)}</div>`;
}

/** @param {Page.Props & {album: Page.Filed[], menu: (message: Page.Message, selected?: boolean | null) => any, picked?: string[] | null}} props */
export const Album = ({ album, person, menu, picked = null, end }) => html`
  <div class="album" data-album=${album.length} style=${{ gridTemplateColumns: `repeat(${columnsOf(album.length)}, 1fr)` }}>
    ${album.map((/** @type {Page.Filed} */ one, /** @type {number} */ at) => html`
      <${Tile} key=${one.id} message=${one} person=${person} menu=${menu} at=${at} all=${album.length} isPicked=${picked && picked.includes(one.id)} />`)}</div>
  ${album[0].text ? html`<${Prose} text=${album[0].text} end=${end} />` : end}`;
