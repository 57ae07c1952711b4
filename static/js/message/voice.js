// What somebody has spoken: pressed, it is fetched and heard, and after it the next one. Its waveform is its sender's word.

import { html } from "../../vendor/preact.js";
import { heardNow, seek, toggleSound } from "../actions/playing.js";
import { t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { icon, iconButton } from "../kit/icons.js";
import { pathOf } from "../lib/waveform.js";
import { speedButton, timeWords, useHeard } from "./media.js";

const shortest = 0.1; // s; one that says it has none

// One's own was listened to; or somebody's is new.
function listenedMark(/** @type {Page.Filed} */ { mine, file }) {
  if (mine && file.voice?.listened)
    return html`<span class="listened" data-listened title=${t("voice.listened")}>${icon("headphones")}<span class="sr">${t("voice.listened")}</span></span>`;
  return !mine && file.voice && !file.voice.listened &&
    html`<span class="unheard" data-unheard title=${t("voice.unheard")}><span class="sr">${t("voice.unheard")}</span></span>`;
}

/** @param {Page.Props & {message: Page.Filed}} props */
export function Voice({ message, person, note, stop }) {
  const heard = useHeard(message.id);
  const { voice } = message.file;
  const length = Math.max(shortest, (voice?.duration ?? 0) / 1000);
  const { path, width, height } = pathOf(voice?.waveform ?? []);
  const at = heard ? Math.min(length, heard.at) : 0;
  const plays = Boolean(heard?.plays);
  const about = { name: called(person ?? { name: t("person.unknown") }) };
  const words = t(plays ? "voice.pause" : message.mine ? "voice.play_own" : "voice.play", about);
  return html`
    <div class="file voice" data-file=${message.file.state} data-done=${message.file.done} data-voice=${Math.round(length)} data-plays=${String(plays)}>
      ${iconButton(plays ? "pause" : "play", words, () => toggleSound(message), { look: "round", "data-play": true,
        disabled: message.order === null || message.file.state === "cancelled" })}
      <span class="file-text">
        <span class="voice-line" dir="ltr">
          <svg class="wave" viewBox=${`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
            <path d=${path} /><path class="wave-done" d=${path} pathLength="100" style=${{ clipPath: `inset(0 ${100 - (at / length) * 100}% 0 0)` }} /></svg>
          <input type="range" min="0" max=${Math.round(length * 10)} value=${Math.round(at * 10)} disabled=${!heard}
            aria-label=${t("voice.place")} aria-valuetext=${timeWords(at)}
            onInput=${(/** @type {Page.Press} */ event) => seek(Number(event.currentTarget.value) / 10)} /></span>
        <span class="quiet voice-time"><span dir="ltr">${timeWords(heard ? at : length)}</span>${listenedMark(message)}${note}</span></span>
      ${heard ? speedButton(heardNow().speed) : stop}</div>`;
}
