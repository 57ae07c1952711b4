// A file in a bubble: what it is, how far it is, and the one thing that can be done with it. A picture shows what its
// sender made small; nothing is fetched, opened or drawn besides before it is asked for.

import { html, useRef } from "../../vendor/preact.js";
import * as files from "../actions/files.js";
import { plain, t, errorText } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { round, sizeWords } from "../kit/bytes.js";
import { Canvas } from "../kit/canvas.js";
import { icon, iconButton } from "../kit/icons.js";
import { forwardOf } from "../lib/forwarded.js";
import { cut } from "../lib/graphemes.js";
import { Forwarded } from "./forwarded.js";
import { Moving, Still, hasStill, playerOf, timeWords } from "./media.js";
import { Voice } from "./voice.js";
import { Prose } from "../kit/prose.js";

export const isMoving = (/** @type {Page.File} */ { state }) => ["handing", "sending", "fetching"].includes(state);
const far = (/** @type {Page.File} */ { done, size }) =>
  size < 1e6
    ? sizeWords(size)
    : t("file.sending", { done: { ready: round(done / 1e6) }, all: { ready: round(size / 1e6) } });

function status(/** @type {Page.Filed} */ message, /** @type {Api.Person} */ person) {
  const { file, mine } = message;
  const { state, why, where, done, size } = file;
  if (state === "fetching" && why && where === null)
    return why === "disk_full" ? errorText({ code: why }) : t("file.waits", { name: called(person ?? { name: t("person.unknown") }) });
  if (isMoving(file)) return far(file);
  if (state === "stopped" || (state === "offered" && done > 0)) return t("file.part", { done: { ready: far(file) } });
  if (state === "cancelled") return t("file.cancelled");
  if (state === "here" && mine && why === "quota_full") return t("file.straight", { size: { ready: sizeWords(size) } });
  if (state === "here" && mine && why === "file_old") return errorText({ code: why });
  if (["gone", "failed"].includes(state)) return errorText({ code: why ?? "file_gone", values: { limit: 200 } });
  return sizeWords(size);
}

const named = (/** @type {{name: string}} */ { name }) => ({ file: name });

// What a press on the file does: [word, sign, action], or null while there is nothing to do but wait.
/** @param {Page.Filed} message @returns {[string, string, (message: Page.Filed) => void] | null} */
function actionOf(message) {
  const { file } = message;
  switch (file.state) {
    case "offered":
      return ["file.fetch", "save", files.fetchFile];
    case "here":
      return ["file.save", "file", files.saveFile];
    case "gone":
      return ["file.again", "reload", files.fetchFile];
    case "failed":
      if (message.order !== null) return ["file.again", "reload", files.fetchFile];
      return file.why === "file_changed" ? null : ["file.hand_again", "reload", files.handAgain];
    default:
      return null;
  }
}

/** @param {string} key @param {Page.Filed} message @param {string} sign @param {(message: Page.Filed) => void} act */
const small = (key, message, sign, act) =>
  iconButton(sign, t(key, named(message.file)), () => act(message), { look: "small", "data-file-stop": true });

export function stopOf(/** @type {Page.Filed} */ message) {
  const { state } = message.file;
  if (message.order === null) return small("file.drop", message, "close", files.dropUpload);
  if (state === "fetching") return small("file.stop", message, "close", files.cancelFile);
  if (state === "sending") return small("file.cancel", message, "close", files.cancelFile);
  return null;
}

/** The browser gives the file of an upload that stopped only to who chooses it again. @param {Page.Props & {message: Page.Filed}} props */
function ChooseAgain({ message }) {
  const input = useRef(null);
  return html`
    <button type="button" class="link" onClick=${() => input.current.click()}>${t("file.choose")}</button>
    <input ref=${input} type="file" hidden onChange=${(event) => {
      files.choose(message.chat, event.currentTarget.files ?? [], { id: message.id, size: message.file.size });
      event.currentTarget.value = "";
    }} />`;
}

export const progress = (/** @type {{file: Page.File}} */ { file }) => html`
  <progress max="100" value=${file.size ? Math.round((file.done / file.size) * 100) : 0}
    aria-label=${t(file.state === "fetching" ? "file.fetching" : "file.progress", named(file))}></progress>`;

function Plain(/** @type {Page.Props & {message: Page.Filed}} */ { message, person }) {
  const { file } = message;
  const action = actionOf(message);
  const bad = ["gone", "failed"].includes(file.state);
  const words = html`<span class="file-icon">${icon(action?.[1] ?? "file")}</span>
    <span class="file-text"><bdi class="file-name" dir="ltr">${plain(file.name)}</bdi>
      <span class=${bad ? "error" : "quiet"} data-error=${bad ? file.why : undefined}>${status(message, person)}
        ${file.state === "here" && html`<span class="file-save" aria-hidden="true">${t("file.save_it")}</span>`}</span>
      ${isMoving(file) && progress(message)}</span>`;
  return html`
    <${Still} message=${message} press=${action && (() => action[2](message))} />
    <div class="file" data-file=${file.state} data-done=${file.done}>
      ${action
          ? html`<button type="button" class="file-main" title=${t(action[0], named(file))} data-file-act=${action[0]}
            onClick=${() => action[2](message)}><span class="sr">${t(action[0], named(file))}</span>${words}</button>`
          : html`<span class="file-main">${words}</span>`}
      ${stopOf(message)}</div>
    ${file.state === "stopped" && html`<${ChooseAgain} message=${message} />`}`;
}

export function Ring(/** @type {Page.Props & {message: Page.Filed}} */ { file }) {
  const part = file.size ? file.done / file.size : 0;
  return html`<svg class="way" viewBox="0 0 40 40" aria-hidden="true"><circle cx="20" cy="20" r="17" />
    <circle class="way-done" cx="20" cy="20" r="17" pathLength="100" stroke-dasharray=${`${part * 100} 100`} /></svg>`;
}

const shapeOf = (/** @type {Page.File} */ { width, height }) => Math.max(0.5, Math.min(2.4, width / height));

function Picture(/** @type {Page.Props & {message: Page.Filed}} */ { message, person }) {
  const { file, mine } = message;
  const from = mine ? t("msg.picture_own") : t("msg.picture", { name: called(person ?? { name: t("person.unknown") }) });
  const line = file.state !== "here" && !(file.state === "offered" && !file.done);
  return html`
    <div class="picture-frame" data-file=${file.state} data-done=${file.done}>
      <button type="button" class="picture-btn" title=${t("msg.picture_open")} data-picture
        disabled=${message.order === null || file.state === "cancelled"} onClick=${() => files.openPicture(message)}>
        <span class="sr">${from}. ${t("msg.picture_open")}</span>
        <${Canvas} of=${message.id} load=${() => files.preview(message)} look="picture" shape=${`${shapeOf(file)}`} />
        ${isMoving(file) && html`<${Ring} file=${file} />`}</button>
      <${Moving} message=${message} />
      ${line && html`<p class=${["gone", "failed"].includes(file.state) ? "error" : "quiet"}>${status(message, person)}</p>`}
      ${isMoving(file) && html`<span class="sr">${progress(message)}</span>`}
      ${stopOf(message)}
      ${file.state === "stopped" && html`<${ChooseAgain} message=${message} />`}
    </div>`;
}

const isShown = (/** @type {{file: Page.File | null}} */ { file }) => Boolean(file?.preview && file.width && file.height);

/** What it is likely to measure, in px. @param {Page.File} file */
export const fileHeight = (file) => (isShown({ file }) ? Math.min(416, 344 / shapeOf(file)) : hasStill(file) ? 240 : 54);

/** @param {Page.Filed} message @param {Api.Person} person */
function bodyOf(message, person) {
  if (isShown(message)) return html`<${Picture} message=${message} person=${person} />`;
  if (message.file.voice) {
    const isStill = ["here", "offered"].includes(message.file.state);
    return html`<${Voice} message=${message} person=${person} stop=${stopOf(message)} note=${isStill ? null : html` · ${status(message, person)}`} />`;
  }
  const Player = playerOf(message);
  return Player ? html`<${Player} message=${message} />${stopOf(message)}` : html`<${Plain} message=${message} person=${person} />`;
}

export function FileBody(/** @type {Page.Props & {message: Page.Filed}} */ { message, person, end }) {
  const passed = forwardOf(message.text);
  const text = passed ? passed.text : message.text;
  return html`
    ${passed && html`<${Forwarded} name=${passed.author} />`}
    ${bodyOf(message, person)}
    ${text ? html`<${Prose} text=${text} end=${end} />` : end}`;
}

/** The same in a row of the list: its sign, and the caption or what stands for it. @param {{file: Page.File | null}} message */
export const fileSign = ({ file }) => (file?.voice ? "mic" : isShown({ file }) ? "image" : "file");
export const fileWords = (/** @type {Page.File} */ file) =>
  file.voice ? html`${t("voice.title")} <span dir="ltr">${timeWords(file.voice.duration / 1000)}</span>` : isShown({ file }) ? t("file.picture") : html`<bdi dir="ltr">${cut(plain(file.name), 160)}</bdi>`;
