// Hearing and seeing what is in a file, inside the page: one sound at a time, which goes on while one looks elsewhere. The
// agent says first what a file is; what it doesn't know is never given to the browser.

import { call, refusalOf } from "../core/connection.js";
import { getState, watch } from "../core/store.js";
import { fetchFile } from "./files.js";
import { showError, showToast } from "./notice.js";

const speeds = [1, 1.5, 2];
const mostAsked = 200; // the agent keeps as many tickets for several pages
const fresh = 6 * 3_600_000; // ms for which a ticket is used again: the agent lets it open a file for 12 h

/** @typedef {{id: string | null, chat: string, plays: boolean, at: number, length: number, speed: number}} Heard what is heard, in seconds */
/** @type {Heard} */
let heard = { id: null, chat: "", plays: false, at: 0, length: 0, speed: 1 };
/** @type {Set<(heard: Heard) => void>} */
const listeners = new Set();
/** @type {HTMLAudioElement | null} */
let player = null;

/** Of these nothing can be heard or seen here. @type {Set<string>} */
const closed = new Set();
/** By message: what it is, and when that was asked. @type {Map<string, {at: number, answer: Promise<{media: string | null, src: string} | null>}>} */
const asked = new Map();

export const heardNow = () => heard;
export const isClosed = (/** @type {string} */ id) => closed.has(id);

/** Calls at once and then with each change; gives what ends that. @param {(heard: Heard) => void} listener */
export function listen(listener) {
  listeners.add(listener);
  listener(heard);
  return () => listeners.delete(listener);
}

function tell(/** @type {Partial<Heard>} */ change) {
  heard = { ...heard, ...change };
  for (const listener of listeners) listener(heard);
}

const isFresh = (/** @type {string} */ id) => Math.abs(Date.now() - (asked.get(id)?.at ?? 0)) < fresh;

/** What the agent says of a file that is here, and where to have it; null while it can't be had.
 * @param {Page.Filed} message @param {boolean} isQuiet nobody has asked for it */
export function mediaOf({ id, chat, order }, isQuiet = false) {
  const known = asked.get(id);
  if (known && isFresh(id)) return known.answer;
  const answer = call("file_play", { chat, order })
    .then(({ media, ticket }) => ({ media, src: `/files/play/${ticket}` }))
    .catch((error) => {
      const refusal = refusalOf(error);
      if (!isQuiet) showError(refusal);
      asked.delete(id);
      return null;
    });
  asked.set(id, { at: Date.now(), answer });
  if (asked.size > mostAsked) asked.delete([...asked.keys()][0]);
  return answer;
}

function close(/** @type {string} */ id) {
  closed.add(id);
  showToast("media.closed");
  if (heard.id === id) tell({ id: null, plays: false });
  else tell({});
}

/** A film's address, or null where it is none, which is told. @param {Page.Filed} message */
export async function filmOf(message) {
  const found = await mediaOf(message);
  if (found && found.media !== "video" && found.media !== "audio") close(message.id);
  return found && !closed.has(message.id) ? found.src : null;
}

export const cannotPlay = close;

function element() {
  if (player) return player;
  const made = new Audio();
  player = made;
  made.preload = "metadata";
  made.addEventListener("timeupdate", () => tell({ at: made.currentTime }));
  made.addEventListener("durationchange", () => Number.isFinite(made.duration) && tell({ length: made.duration }));
  made.addEventListener("play", () => tell({ plays: true }));
  made.addEventListener("pause", () => tell({ plays: false }));
  made.addEventListener("ended", () => {
    const next = following();
    stopSound(); // else the keyboard's own keys for what plays would stay with it
    if (next) toggleSound(next);
  });
  made.addEventListener("error", () => heard.id && made.getAttribute("src") && close(heard.id));
  return made;
}

export function stopSound() {
  if (!player) return;
  player.pause();
  player.removeAttribute("src");
  player.load();
  tell({ id: null, plays: false, at: 0, length: 0 });
}

const messageOf = (/** @type {string} */ chat, /** @type {string | null} */ id) =>
  getState().talks[chat]?.messages.find((one) => one.id === id);

/** To be heard as soon as all of it is here. @type {{id: string, chat: string} | null} */
let wanted = null;

/** After what somebody has spoken, the next that somebody has. */
function following() {
  const messages = getState().talks[heard.chat]?.messages ?? [];
  const at = messages.findIndex(({ id }) => id === heard.id);
  if (at < 0 || !messages[at].file?.voice) return undefined;
  return /** @type {Page.Filed | undefined} */ (messages.slice(at + 1).find(({ file, order }) => file?.voice && order !== null));
}

/** Plays it, or stops for a while, or goes on; what isn't here is fetched first. @param {Page.Filed} message */
export async function toggleSound(message) {
  if (!["here", "sending"].includes(message.file.state)) {
    wanted = { id: message.id, chat: message.chat };
    if (message.file.state !== "fetching") fetchFile(message);
    return;
  }
  wanted = null;
  const audio = element();
  if (heard.id === message.id && (!audio.paused || isFresh(message.id))) return audio.paused ? start(audio) : audio.pause();
  stopSound();
  tell({ id: message.id, chat: message.chat });
  const found = await mediaOf(message);
  if (heard.id !== message.id) return; // another one was pressed meanwhile
  if (found?.media !== "audio" && found?.media !== "video") return found ? close(message.id) : stopSound();
  audio.src = found.src;
  audio.playbackRate = heard.speed;
  await start(audio);
  if (!message.mine && message.file.voice && !message.file.voice.listened && !audio.paused) tellListened(message);
}

// Who has spoken sees it, unless the settings tell nothing of what is read; the agent knows.
const tellListened = (/** @type {Page.Filed} */ { chat, order }) =>
  call("mark_listened", { chat, order }).catch((error) => refusalOf(error));

/** What the browser doesn't know how to play comes out as an `error` of the element. @param {HTMLAudioElement} audio */
const start = (audio) => audio.play().catch((/** @type {unknown} */ error) => {
  if (!(error instanceof DOMException)) throw error;
});

export function seek(/** @type {number} */ seconds) {
  if (!player || !heard.id) return;
  player.currentTime = seconds;
  tell({ at: seconds });
}

export function nextSpeed() {
  const speed = speeds[(speeds.indexOf(heard.speed) + 1) % speeds.length];
  if (player) player.playbackRate = speed;
  tell({ speed });
}

// Where the vault is closed nothing is heard any more, and tickets of before open nothing.
export function watchPlaying() {
  watch(() => {
    const found = wanted && messageOf(wanted.chat, wanted.id);
    if (found?.file?.state === "here") toggleSound(/** @type {Page.Filed} */ (found));
    if (getState().loaded || (!heard.id && !asked.size)) return;
    stopSound();
    asked.clear();
  });
}
