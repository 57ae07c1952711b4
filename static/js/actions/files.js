// Sending and having files: choosing, handing over to the agent part by part, fetching, saving, looking at pictures.

import { call, freshId, refusalOf } from "../core/connection.js";
import { bareOf, goesOnAs } from "../lib/bare.js";
import { stillOf } from "../lib/film.js";
import { pictureOf, previewOf, smallOf, smallerOf, smallerSide } from "../lib/pixels.js";
import { playableAs } from "../lib/playable.js";
import { apply, closeDialog, dispatch, getState, openDialog } from "../core/store.js";
import { blobOf, bytesOf, putPart, save } from "../core/transfer.js";
import { keepCaption } from "./compose.js";
import { attempt, showError } from "./notice.js";

export const mostBytes = 200 * 1024 * 1024; // of one file, as the protocol has it

const mostFiles = 20; // at once: more are no message, and the dialog would be a list to scroll

/** @typedef {{file: File, chat: string, small: Awaited<ReturnType<typeof smallOf>>, text: string, bare?: File | null, isSmaller?: boolean, isThere?: boolean, isRefused?: boolean, voice?: Api.Voice, me?: string | null, over?: (value: unknown) => void}} Held @type {Map<string, Held>} */
const held = new Map(); // what the browser holds for us until the agent has it
/** @type {string[]} */
const line = []; // ids in their turn: one file at a time
let isHanding = false;

/** @param {string} chat @param {string} id @param {Partial<Page.File>} file */
const applyFile = (chat, id, file) => apply("file", { chat, id, file });

/** What the ids of files that were sent together begin with (docs/protocol.md, 8.9). @param {string} id */
const albumOf = (id) => id.slice(0, 24);

// --- choosing ---

/** What is shown of a file before it is had: of a picture, or of a film. @param {File} file */
const smallFor = async (file) => (await smallOf(file).catch(() => null)) ?? (playableAs({ name: file.name, media_type: file.type, size: file.size }) === "video" ? stillOf(file) : null);

export const heldOf = (/** @type {string} */ id) => held.get(id);

// Files that were picked, pasted or dropped: shown before anything is sent. `again`: the upload that goes on with it.
export async function choose(/** @type {string} */ chat, /** @type {Iterable<File>} */ files, /** @type {{id: string, size: number} | null} */ again = null) {
  const all = [...files];
  const found = all.slice(0, mostFiles);
  if (!found.length || getState().alarm) return;
  const album = albumOf(freshId());
  const ids = found.map((file, index) => {
    const id = (index === 0 && again?.id) || (found.length > 1 ? album + freshId().slice(album.length) : freshId());
    held.set(id, { file, chat, small: null, text: "" });
    return id;
  });
  openDialog({ kind: "send_files", chat, ids, ready: false, left: all.length - found.length });
  looking = look(ids, again);
  for (const one of ids.map(heldOf)) if (one && canGo(one)) one.small = await smallFor(one.file);
  await looking;
  const { dialog } = getState();
  if (dialog?.kind === "send_files" && ids.some((id) => dialog.ids.includes(id))) openDialog({ ...dialog, ready: true });
}

const canGo = (/** @type {Held | undefined} */ one) => one && one.file.size > 0 && one.file.size <= mostBytes;

/** Finds what of each isn't to be sent. @param {string[]} ids @param {{size: number} | null} again */
async function look(ids, again) {
  for (const one of ids.map(heldOf))
    if (one && canGo(one)) one.bare = await bareOf(one.file).catch(() => null); // a file that can't be read any more: that is said once it is sent
  const first = heldOf(ids[0]);
  if (again && first) first.bare = goesOnAs(first.file, first.bare ?? null, again.size);
}

let looking = Promise.resolve();

/** Until that is known of all that was chosen: nothing goes out before. */
export const looked = () => looking;

export function leaveOut(/** @type {string} */ id) {
  const { dialog } = getState();
  held.delete(id);
  if (dialog?.kind !== "send_files") return;
  const ids = dialog.ids.filter((one) => one !== id);
  if (ids.length) openDialog({ ...dialog, ids });
  else closeDialog();
}

export function forgetChosen(/** @type {string[]} */ ids) {
  for (const id of ids) if (!line.includes(id)) held.delete(id);
}

// --- handing over ---

const shape = (/** @type {Held} */ { file, small, voice = undefined }, /** @type {string} */ state) => ({
  name: file.name || "file",
  size: file.size,
  media_type: file.type,
  width: small?.width ?? 0,
  height: small?.height ?? 0,
  preview: Boolean(small),
  voice: voice ?? null,
  state,
  why: null,
});

/** @param {string} id @param {Held} one */
function queue(id, one) {
  line.push(id);
  one.me = getState().me;
  dispatch({ type: "handing", chat: one.chat, id, text: one.text, file: { ...shape(one, "handing"), done: 0 }, now: Date.now() });
}

/** Whether there is a picture that would be smaller with fewer pixels; what moves would stand still. */
export const canShrink = (/** @type {Held | undefined} */ one) =>
  Boolean(one?.small) && !one?.small?.moves && Math.max(one?.small?.width ?? 0, one?.small?.height ?? 0) > smallerSide;

/** Whether there is something in it that tells of its maker, and would go with it. */
export const tells = (/** @type {Held | undefined} */ one) => Boolean(one?.bare);

/** isSmaller: with fewer pixels, where a picture has many; isWhole: with all that its maker has put in. @param {string[]} ids @param {string} text */
export function sendFiles(ids, text, isSmaller = false, isWhole = false) {
  ids.forEach((id, index) => {
    const one = held.get(id);
    if (!one) return;
    one.text = index === 0 ? text : "";
    one.isSmaller = isSmaller && canShrink(one);
    if (one.bare && !isWhole) one.file = one.bare;
    queue(id, one);
    if (index === 0) keepCaption(one.chat, "");
  });
  closeDialog();
  handAll();
}

/** A file that is here goes to a conversation as another one; gives when its turn is over. @param {string} chat @param {Page.Filed} message @param {string} text */
export async function passOn(chat, message, text) {
  const { name, media_type: type, preview: hasPreview, voice } = message.file;
  const file = new File([await blobOf(message)], name, { type });
  const small = hasPreview ? await smallFor(file) : null;
  await new Promise((over) => {
    const id = freshId();
    const one = { file, chat, small, text, voice: voice ?? undefined, over };
    held.set(id, one);
    queue(id, one);
    handAll();
  });
}

/** What was spoken goes out. @param {string} chat @param {File} file @param {Api.Voice} voice */
export function sendVoice(chat, file, voice) {
  const [id, one] = [freshId(), { file, chat, small: null, text: "", voice }];
  held.set(id, one);
  queue(id, one);
  handAll();
}

async function handAll() {
  if (isHanding) return;
  isHanding = true;
  while (line.length) {
    const ids = firstOf(line);
    if (ids.length > 1) for (const id of ids) await hand(id, bring);
    await together(held.get(ids[0])?.chat, async () => {
      for (const id of ids) {
        const one = held.get(id);
        if (one && !one.isRefused) await hand(id, handOnce);
        one?.over?.(null);
        const at = line.indexOf(id);
        if (at >= 0) line.splice(at, 1);
      }
    });
  }
  isHanding = false;
}

/** By conversation: until when an album is being announced there. @type {Map<string, Promise<void>>} */
const announcing = new Map();

/** What one writes meanwhile waits until an album is whole: nothing comes between its pictures. @param {string} chat */
export const albumsOf = (chat) => announcing.get(chat);

/** @param {string | undefined} chat @param {() => Promise<void>} announce */
async function together(chat, announce) {
  const over = announce();
  if (chat) announcing.set(chat, over);
  try {
    await over;
  } finally {
    if (chat) announcing.delete(chat);
  }
}

/** The next file, or all pictures that were sent together. @param {string[]} ids */
function firstOf(ids) {
  const isNext = (/** @type {string} */ id) => albumOf(id) === albumOf(ids[0]) && Boolean(held.get(id)?.small);
  const end = isNext(ids[0]) ? ids.findIndex((id) => !isNext(id)) : 1;
  return end < 0 ? [...ids] : ids.slice(0, end);
}

const passes = ["agent_away", "locked", "bad_token", "token_needed", "chunk_order"];

/** Until the agent has all of it, through its restarts and locks; or until it says that it won't have it, or another account is
 * here, in whose name nothing of it goes out.
 * @param {string} id @param {(id: string, one: Held) => Promise<void>} step */
async function hand(id, step) {
  for (let one = held.get(id); one; one = held.get(id)) {
    const { me } = getState();
    if (me && one.me !== me) return void held.delete(id);
    try {
      if (one.isSmaller) await shrinkHeld(id, one);
      return await step(id, one);
    } catch (error) {
      const { code } = refusalOf(error);
      if (!passes.includes(code)) {
        one.isRefused = true;
        return applyFile(one.chat, id, { state: "failed", why: code });
      }
      await ready();
    }
  }
}

/** Made smaller once, when its turn comes; one that wouldn't be smaller goes as it is. @param {string} id @param {Held} one */
async function shrinkHeld(id, one) {
  const made = one.small && (await smallerOf(one.file).catch(() => null));
  one.isSmaller = false;
  if (!made || !one.small) return;
  one.file = made.file;
  one.small = { ...one.small, width: made.width, height: made.height };
  applyFile(one.chat, id, shape(one, "handing"));
}

/** Every part that the agent hasn't got. @param {string} id @param {Held} one */
async function bring(id, one) {
  const { file, chat } = one;
  const about = { chat, id, name: file.name || "file", size: file.size, media_type: file.type };
  const { done, part } = await call("file_begin", { ...about, modified: file.lastModified });
  for (let at = done; at < file.size; ) {
    applyFile(chat, id, { state: "handing", done: at, why: null });
    at = await putPart(id, at, file.slice(at, at + part));
    if (!held.has(id)) return;
  }
  one.isThere = true;
}

/** @param {string} id @param {Held} one */
async function handOnce(id, one) {
  if (!one.isThere) await bring(id, one);
  one.isThere = false; // if it is refused, the agent is asked once more how much it has
  const { chat, small, text, voice } = one;
  if (!held.has(id)) return;
  if (voice) {
    const waveform = btoa(String.fromCharCode(...voice.waveform));
    await call("send_voice", { id, duration: voice.duration, waveform });
    return handed(id, chat);
  }
  const said = small ? { preview: small.preview, width: small.width, height: small.height } : {};
  await call("send_file", { id, caption: text, ...said });
  handed(id, chat);
}

function handed(/** @type {string} */ id, /** @type {string} */ chat) {
  held.delete(id);
  dispatch({ type: "changed", chat, id, change: { accepted: true } });
}

// When the agent is there again and its vault is open.
function ready() {
  const isReady = () => getState().connected && getState().loaded;
  return new Promise((resolve) => {
    const again = () => (isReady() ? setTimeout(resolve, 300) : setTimeout(again, 300)); // a refusal doesn't make a storm
    again();
  });
}

// After the page was loaded anew: what the agent has a part of. The browser gives a file only to who chooses it again.
export async function showUploads() {
  const { uploads } = await call("uploads");
  for (const { id, chat, name, size, done } of uploads) {
    const file = { name, size, done, state: held.has(id) ? "handing" : "stopped" };
    dispatch({ type: "handing", chat, id, file, now: Date.now() });
  }
}

export function handAgain(/** @type {Page.Message} */ { id, chat }) {
  applyFile(chat, id, { state: "handing", why: null });
  const one = held.get(id);
  if (one) one.isRefused = false;
  line.push(id);
  handAll();
}

export function dropUpload(/** @type {Page.Message} */ { id, chat }) {
  held.delete(id);
  dispatch({ type: "taken_back", chat, id });
  attempt(call("file_drop", { id }));
}

// --- having ---

export const fetchFile = (/** @type {Page.Filed} */ { chat, order }) => attempt(call("file_fetch", { chat, order }));
export const cancelFile = (/** @type {Page.Filed} */ { chat, order }) => attempt(call("file_cancel", { chat, order }));
export const saveFile = (/** @type {Page.Filed} */ message) => attempt(save(message));

export function openPicture(/** @type {Page.Filed} */ message) {
  if (["offered", "gone", "failed"].includes(message.file.state)) fetchFile(message);
  openDialog({ kind: "picture", chat: message.chat, id: message.id });
}

// --- pixels ---

/** @type {Map<string, Promise<ImageBitmap | null>>} */
const previews = new Map(); // by message id
const mostPreviews = 80;

/** The small picture of a message, decoded once while it is likely to be seen again. @param {Page.Message} message */
export function preview({ id, chat, order }) {
  const mine = held.get(id)?.small?.bitmap ?? (order === null && null);
  if (mine !== false) return Promise.resolve(mine);
  const known = previews.get(id);
  if (known) return known;
  const asked = call("file_preview", { chat, order: Number(order) })
    .then(({ preview: base64 }) => (base64 ? previewOf(base64) : null))
    .catch((error) => {
      previews.delete(id); // asked again with the next look
      return refusalOf(error) && null;
    });
  previews.set(id, asked);
  if (previews.size > mostPreviews) previews.delete([...previews.keys()][0]);
  return asked;
}

/** The whole picture, or null if it is none; what keeps it from being had is told. @param {Page.Filed} message */
export async function picture(message) {
  try {
    return await pictureOf(await bytesOf(message));
  } catch (error) {
    showError(refusalOf(error));
    return null;
  }
}
