// The microphone beside where one writes, and what stands there while one speaks. Held down it records as long as it is held: let
// go and it goes out, slide away and it doesn't, slide up or only tap and it goes on by itself. By keyboard it is a tap.

import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { finish, keepRecording, listenToRecording, record, recordingNow, sendRecorded, throwAway } from "../actions/recording.js";
import { t } from "../i18n/i18n.js";
import { icon, iconButton } from "../kit/icons.js";
import { pathOf } from "../lib/waveform.js";
import { timeWords } from "../message/media.js";

const tap = 350; // ms; a shorter press is a tap
const away = 90; // px to the side: thrown away
const up = 60; // px upwards: goes on by itself
const bars = 48; // of the level that are seen

export function useRecording() {
  const [now, setNow] = useState(recordingNow());
  useEffect(() => listenToRecording(setNow), []);
  return now;
}

/** @param {PointerEvent} begin @param {string} chat */
function hold(begin, chat) {
  if (begin.button !== 0) return;
  begin.preventDefault();
  const pressed = performance.now();
  const side = document.documentElement.dir === "rtl" ? 1 : -1; // away is towards where the line begins
  const ends = new AbortController();
  const { signal } = ends;
  record(chat, true);
  addEventListener("pointermove", (event) => {
    if ((event.clientX - begin.clientX) * side > away) {
      ends.abort();
      throwAway();
    } else if (begin.clientY - event.clientY > up) {
      ends.abort();
      keepRecording();
    }
  }, { signal });
  addEventListener("pointercancel", () => {
    ends.abort();
    finish();
  }, { signal });
  addEventListener("pointerup", () => {
    ends.abort();
    if (performance.now() - pressed < tap) keepRecording();
    else finish("send");
  }, { signal });
}

export const Microphone = (/** @type {Page.Props} */ { chat }) => html`
  <button type="button" class="send mic" data-mic aria-label=${t("voice.record")} title=${t("voice.record")}
    onPointerDown=${(/** @type {PointerEvent} */ event) => hold(event, chat)}
    onClick=${(/** @type {MouseEvent} */ event) => event.detail === 0 && record(chat, false)}
    onContextMenu=${(/** @type {Event} */ event) => event.preventDefault()}>${icon("mic")}</button>`;

function Level(/** @type {{levels: number[]}} */ { levels }) {
  const heights = levels.slice(-bars).map((level) => level * 255);
  const { path, width, height } = pathOf([...Array.from({ length: bars - heights.length }, () => 0), ...heights]);
  return html`<svg class="wave" viewBox=${`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true"><path d=${path} /></svg>`;
}

/** In place of the field. @param {Page.Props} props */
export function Recorder({ of: now }) {
  const box = /** @type {{current: HTMLElement}} */ (useRef(null));
  const isDone = now.phase === "done";
  useEffect(() => {
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      // what lies over the page is left first
      if (event.key !== "Escape" || document.querySelector("[data-dialog], [data-popover]")) return;
      event.preventDefault();
      event.stopPropagation();
      throwAway();
    };
    addEventListener("keydown", onKey, { capture: true });
    return () => removeEventListener("keydown", onKey, { capture: true });
  }, []);
  useEffect(() => {
    if (!now.held) /** @type {HTMLElement | null} */ (box.current.querySelector("[data-first]"))?.focus();
  }, [now.phase, now.held]);
  return html`
    <div class="recorder" ref=${box} role="group" aria-label=${t("voice.title")} data-recording=${now.phase} data-held=${String(now.held)}>
      ${iconButton("trash", t("voice.throw"), throwAway, { "data-throw": true })}
      <span class="recorder-light" aria-hidden="true"></span>
      <span class="recorder-time" role="timer" dir="ltr">${timeWords(now.time / 1000)}</span>
      <span class="sr" role="status">${t(isDone ? "voice.is_done" : "voice.is_on")}</span>
      ${isDone
          ? html`<audio class="recorder-audio" controls src=${now.src} aria-label=${t("voice.listen")}></audio>`
          : html`<${Level} levels=${now.levels} />`}
      ${now.held && html`<span class="quiet recorder-hint">${t("voice.slide")}</span>`}
      ${!isDone && !now.held && iconButton("pause", t("voice.stop"), () => finish(), { "data-stop": true, "data-first": true })}
      ${!now.held && html`<button type="button" class="send flip" data-send-voice data-first=${isDone || undefined} aria-label=${t("voice.send")} title=${t("voice.send")}
        onClick=${sendRecorded}>${icon("send")}</button>`}</div>`;
}
