// A file that can be heard or seen inside the talk, after a press: a sound with its place and speed, a film in the browser's own
// player, a picture that moves. What turns out to be none is a file like any other.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { preview, saveFile } from "../actions/files.js";
import { cannotPlay, filmOf, heardNow, isClosed, listen, mediaOf, nextSpeed, seek, toggleSound } from "../actions/playing.js";
import { digits, number, plain, t } from "../i18n/i18n.js";
import { Canvas } from "../kit/canvas.js";
import { iconButton } from "../kit/icons.js";
import { clockOf, mayMove, playableAs } from "../lib/playable.js";

const isHere = (/** @type {Page.Filed} */ { file, order }) => order !== null && ["here", "sending"].includes(file.state);
const named = (/** @type {Page.Filed} */ { file }) => ({ file: file.name });

/** Drawn again with each change of what is heard; gives what is heard of this message, or null. @param {string} id */
export function useHeard(id) {
  const [heard, setHeard] = useState(heardNow());
  useEffect(() => {
    // others' seconds are nothing to this one
    let before = heardNow();
    const stop = listen((now) => {
      if (now.id === id || before.id === id || isClosed(id)) setHeard(now);
      before = now;
    });
    return () => void stop();
  }, [id]);
  return heard.id === id ? heard : null;
}

export const timeWords = (/** @type {number} */ seconds) => digits(clockOf(seconds));

export const speedButton = (/** @type {number} */ speed) => html`
  <button type="button" class="speed" title=${t("media.speed", { n: { ready: number(speed) } })} data-speed=${speed}
    aria-label=${t("media.speed", { n: { ready: number(speed) } })} onClick=${nextSpeed}><span dir="ltr">${number(speed)}×</span></button>`;

const saveButton = (/** @type {Page.Filed} */ message) =>
  iconButton("save", t("file.save", named(message)), () => saveFile(message), { look: "small", "data-file-act": "file.save" });

/** A sound that is here. @param {Page.Props & {message: Page.Filed}} props */
function Sound({ message }) {
  const heard = useHeard(message.id);
  const plays = Boolean(heard?.plays);
  const word = t(plays ? "media.pause" : "media.play", named(message));
  return html`
    <div class="file sound" data-file=${message.file.state} data-media="audio" data-plays=${String(plays)}>
      ${iconButton(plays ? "pause" : "play", word, () => toggleSound(message), { look: "round", "data-play": true })}
      <span class="file-text"><bdi class="file-name" dir="ltr">${plain(message.file.name)}</bdi>
        ${heard
            ? html`<input type="range" min="0" max=${Math.max(1, Math.round(heard.length * 10))} value=${Math.round(heard.at * 10)}
              dir="ltr" aria-label=${t("media.place", named(message))} aria-valuetext=${timeWords(heard.at)}
              onInput=${(event) => seek(Number(event.currentTarget.value) / 10)} />`
            : html`<span class="quiet">${t("media.sound")}</span>`}</span>
      ${heard && html`<span class="sound-time" dir="ltr">${timeWords(heard.plays || heard.at ? heard.at : heard.length)}</span>`}
      ${heard ? speedButton(heard.speed) : saveButton(message)}</div>`;
}

/** Whether somebody has sent a picture of what the film shows. @param {Page.File} file */
export const hasStill = (file) => file.preview && !file.width && playableAs(file) === "video";

/** One picture of a film; what can be done with it stands beside it. @param {Page.Props & {message: Page.Filed}} props */
export const Still = ({ message, press }) =>
  hasStill(message.file) && html`<div class="still" data-still onClick=${press}><${Canvas} of=${message.id} load=${() => preview(message)} look="picture" /></div>`;

/** A film that is here. @param {Page.Props & {message: Page.Filed}} props */
function Film({ message }) {
  const [src, setSrc] = useState(/** @type {string | null} */ (null));
  useHeard(message.id); // which says that it can't be played, too
  const words = t("media.play", named(message));
  if (src)
    return html`<div class="film" data-file=${message.file.state} data-media="video"><span class="sr">${plain(message.file.name)}</span>
      <video src=${src} controls autoplay playsinline aria-label=${plain(message.file.name)} onError=${() => cannotPlay(message.id)}></video></div>`;
  const play = async () => setSrc(await filmOf(message));
  return html`
    <${Still} message=${message} press=${play} />
    <div class="file" data-file=${message.file.state} data-media="video">
      ${iconButton("play", words, play, { look: "round", "data-play": true })}
      <span class="file-text"><bdi class="file-name" dir="ltr">${plain(message.file.name)}</bdi>
        <span class="quiet">${t("media.film")}</span></span>${saveButton(message)}</div>`;
}

/** What shows a file that can be played now; null for every other. @param {Page.Filed} message */
export function playerOf(message) {
  const kind = isHere(message) && !isClosed(message.id) ? playableAs(message.file) : null;
  return kind && { audio: Sound, video: Film }[kind];
}

const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Where a picture that moves is to be had; null for every other. @param {Page.Filed} message */
export function useMoving(message) {
  const asks = isHere(message) && mayMove(message.file);
  const [src, setSrc] = useState(/** @type {string | null} */ (null));
  useEffect(() => {
    setSrc(null);
    let isThere = true;
    if (asks) mediaOf(message, true).then((found) => isThere && setSrc(found?.media === "moving" ? found.src : null));
    return () => {
      isThere = false;
    };
  }, [message.id, asks]);
  return src;
}

/** Over a picture that moves, the picture itself; where nothing may move by itself, what lets it. @param {Page.Props & {message: Page.Filed}} props */
export function Moving({ message }) {
  const src = useMoving(message);
  const [waits, setWaits] = useState(isCalm());
  if (!src) return null;
  return waits
    ? html`<button type="button" class="move-btn" data-move-picture onClick=${() => setWaits(false)} aria-label=${t("media.move", named(message))}>GIF</button>`
    : html`<img class="picture moving" src=${src} alt="" data-moving />`;
}
