// Speaking instead of writing: asking for the microphone, recording, listening to it before it goes, sending it. One at a time;
// what was recorded stays until it is sent or thrown away, wherever one looks meanwhile.

import { call, refusalOf } from "../core/connection.js";
import { getState, watch } from "../core/store.js";
import { heightsOf, levelOf } from "../lib/waveform.js";
import { sendVoice } from "./files.js";
import { showToast } from "./notice.js";
import { stopSound } from "./playing.js";

const longest = 600_000; // ms
const shortest = 500; // ms; less is a slip of the finger
const step = 60; // ms between two looks at how loud it is
const again = 3000; // ms between two words to the others
const bits = 32_000; // a second: speech in full
const types = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

/** phase: `asking` (the browser asks the person), `recording`, `done`; held: as long as it is pressed.
 * me: whose it is.
 * @typedef {{me: string | null, chat: string, phase: "asking" | "recording" | "done", held: boolean, time: number, levels: number[], file: File | null, src: string}} Recording */
/** @type {Recording | null} */
let now = null;
/** @type {Set<(now: Recording | null) => void>} */
const listeners = new Set();
/** What ends the microphone's part. @type {(() => void) | null} */
let endListening = null;
/** @type {MediaRecorder | null} */
let recorder = null;

export const recordingNow = () => now;

/** @param {(now: Recording | null) => void} listener */
export function listenToRecording(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** @param {Partial<Recording> | null} change */
function tell(change) {
  now = change && { me: null, chat: "", phase: "asking", held: false, time: 0, levels: [], file: null, src: "", ...now, ...change };
  for (const listener of listeners) listener(now);
}

/** An agent that is away tells nobody. @param {boolean} on */
const say = (on) => now && call("typing", { chat: now.chat, on, what: "recording" }).catch(refusalOf);

/** Why there is no microphone, by what browsers say. @type {Record<string, string>} */
const whyNot = { NotFoundError: "voice.none", NotAllowedError: "voice.refused", NotReadableError: "voice.busy" };

async function microphone() {
  if (!navigator.mediaDevices?.getUserMedia || !globalThis.MediaRecorder) return void showToast("voice.insecure");
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    showToast(whyNot[error.name] ?? "voice.failed");
  }
}

/** @param {string} chat @param {boolean} held whether it ends with the press */
export async function record(chat, held) {
  if (now) return;
  stopSound();
  tell({ me: getState().me, chat, held });
  const stream = await microphone();
  const asked = recordingNow();
  const isOver = asked?.chat !== chat || asked.phase !== "asking"; // given up while the browser asked
  if (!stream || isOver) {
    for (const track of stream?.getTracks() ?? []) track.stop();
    if (!isOver) tell(null);
    return;
  }
  start(stream);
}

/** @param {MediaStream} stream */
function start(stream) {
  const type = types.find((one) => MediaRecorder.isTypeSupported(one)) ?? "";
  const made = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: bits });
  recorder = made;
  /** @type {Blob[]} */
  const parts = [];
  const context = new AudioContext();
  const ear = context.createAnalyser();
  ear.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(ear);
  const wave = new Uint8Array(ear.fftSize);
  const begun = performance.now();
  let said = 0;
  const timer = setInterval(() => {
    if (!now) return;
    ear.getByteTimeDomainData(wave);
    const time = performance.now() - begun;
    tell({ time, levels: [...now.levels, levelOf(wave)] });
    if (time - said > again) say(true);
    if (time - said > again) said = time;
    if (time >= longest) finish();
  }, step);
  endListening = () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    context.close();
    endListening = null;
  };
  // a microphone that is taken away ends what was said so far
  stream.getTracks()[0].addEventListener("ended", () => finish());
  made.addEventListener("dataavailable", ({ data }) => parts.push(data));
  made.addEventListener("stop", () => {
    if (recorder !== made) return; // thrown away
    recorder = null;
    const file = new File(parts, nameOf(made.mimeType), { type: made.mimeType.split(";")[0] });
    done(file);
  });
  made.start();
  tell({ phase: "recording" });
  say(true);
}

const nameOf = (/** @type {string} */ type) => `voice.${type.startsWith("audio/mp4") ? "m4a" : type.startsWith("audio/ogg") ? "ogg" : "webm"}`;

/** What happens once it is whole. @type {"listen" | "send"} */
let then = "listen";

function done(/** @type {File} */ file) {
  if (!now) return;
  if (!file.size || now.time < shortest) {
    tell(null);
    showToast("voice.short");
    return;
  }
  tell({ phase: "done", held: false, file, src: URL.createObjectURL(file) });
  if (then === "send") sendRecorded();
}

/** It is over, to be listened to or to be sent. @param {"listen" | "send"} next */
export function finish(next = "listen") {
  if (!now || now.phase === "done") return;
  if (now.phase === "asking") return void tell(null);
  then = next;
  say(false);
  endListening?.();
  recorder?.stop();
}

// It goes on when the finger has gone.
export const keepRecording = () => now && tell({ held: false });

export function throwAway() {
  if (!now) return;
  say(false);
  const { src } = now;
  const was = recorder;
  recorder = null;
  endListening?.();
  if (was && was.state !== "inactive") was.stop();
  if (src) URL.revokeObjectURL(src);
  tell(null);
}

export function sendRecorded() {
  if (!now) return;
  if (now.phase !== "done") return finish("send");
  const { chat, file, time, levels, src } = now;
  URL.revokeObjectURL(src);
  tell(null);
  if (file) sendVoice(chat, file, { duration: Math.round(time), waveform: heightsOf(levels), listened: false });
}

// A microphone never stays open where nobody sees that it is; and what somebody has spoken is no other account's to hear or send.
export function watchRecording() {
  addEventListener("beforeunload", (event) => now && now.phase !== "asking" && event.preventDefault());
  watch(({ open, loaded, me }) => {
    if (now && loaded && now.me !== me) return throwAway();
    if (now?.phase === "recording" && (open !== now.chat || !loaded)) finish();
    if (now?.phase === "asking" && (open !== now.chat || !loaded)) tell(null);
  });
}
