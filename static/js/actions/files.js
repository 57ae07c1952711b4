// Sending and having files: choosing, handing over to the agent part by part, fetching, saving, looking at pictures.

import { Refusal, call } from "../core/connection.js";
import { pictureOf, previewOf, smallOf } from "../lib/pixels.js";
import { dispatch, getState } from "../core/store.js";
import { bytesOf, putPart, save } from "../core/transfer.js";
import { attempt, showError } from "./notice.js";

export const mostBytes = 200 * 1024 * 1024; // of one file, as the protocol has it

// What the browser holds for us until the agent has it: {file, chat, small (preview and size, or null), text}.
const held = new Map();
const line = []; // ids in their turn: one file at a time
let isHanding = false;

const freshId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const tellFile = (chat, id, file) =>
  dispatch({ type: "pushed", name: "file", value: { chat, id, file }, now: Date.now() });

// --- choosing ---

export const heldOf = (id) => held.get(id);

// Files that were picked, pasted or dropped: shown before anything is sent. `again`: the upload that goes on with it.
export async function choose(chat, files, again = null) {
  const found = [...files].slice(0, 20);
  if (!found.length || getState().alarm) return;
  const ids = found.map((file, index) => {
    const id = (index === 0 && again) || freshId();
    held.set(id, { file, chat, small: null, text: "" });
    return id;
  });
  dispatch({ type: "dialog", dialog: { kind: "send_files", chat, ids, ready: false } });
  for (const id of ids) {
    const one = held.get(id);
    if (one.file.size > 0 && one.file.size <= mostBytes) one.small = await smallOf(one.file).catch(() => null);
  }
  showChosen(ids, true);
}

function showChosen(ids, isReady) {
  const { dialog } = getState();
  if (dialog?.kind === "send_files" && ids.some((id) => dialog.ids.includes(id)))
    dispatch({ type: "dialog", dialog: { ...dialog, ready: isReady } });
}

export function leaveOut(id) {
  const { dialog } = getState();
  held.delete(id);
  const ids = dialog.ids.filter((one) => one !== id);
  dispatch({ type: "dialog", dialog: ids.length ? { ...dialog, ids } : null });
}

export function forgetChosen(ids) {
  for (const id of ids) if (!line.includes(id)) held.delete(id);
}

// --- handing over ---

const shape = ({ file, small }, state) => ({
  name: file.name || "file",
  size: file.size,
  media_type: file.type,
  width: small?.width ?? 0,
  height: small?.height ?? 0,
  preview: Boolean(small),
  state,
  why: null,
});

export function sendFiles(ids, text) {
  ids.forEach((id, index) => {
    const one = held.get(id);
    one.text = index === 0 ? text : "";
    line.push(id);
    const file = { ...shape(one, "handing"), done: 0 };
    dispatch({ type: "handing", chat: one.chat, id, text: one.text, file, now: Date.now() });
  });
  dispatch({ type: "dialog", dialog: null });
  handAll();
}

async function handAll() {
  if (isHanding) return;
  isHanding = true;
  while (line.length) {
    const id = line[0];
    await hand(id);
    if (line[0] === id) line.shift();
  }
  isHanding = false;
}

const passes = ["agent_away", "locked", "bad_token", "token_needed", "chunk_order"];

// Until the agent has all of it, through its restarts and locks; or until it says that it won't have it.
async function hand(id) {
  while (held.has(id)) {
    const { chat } = held.get(id);
    try {
      await handOnce(id);
      return;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!passes.includes(error.code)) return tellFile(chat, id, { state: "failed", why: error.code });
      await ready();
    }
  }
}

async function handOnce(id) {
  const { file, chat, small, text } = held.get(id);
  const about = { chat, id, name: file.name || "file", size: file.size, media_type: file.type };
  const { done, part } = await call("file_begin", { ...about, modified: file.lastModified });
  for (let at = done; at < file.size; ) {
    tellFile(chat, id, { state: "handing", done: at, why: null });
    const bytes = await read(file, at, part);
    if (!held.has(id)) return;
    at = await putPart(id, at, bytes);
  }
  if (!held.has(id)) return;
  const said = small ? { preview: small.preview, width: small.width, height: small.height } : {};
  const { message } = await call("send_file", { id, caption: text, ...said });
  held.delete(id);
  const known = getState().talks[chat]?.messages.find((one) => one.id === id);
  // a pushed event may have been quicker, and then it is newer
  if (known?.order === null) dispatch({ type: "pushed", name: "message", value: message, now: Date.now() });
}

async function read(file, at, part) {
  try {
    return await file.slice(at, at + part).arrayBuffer();
  } catch (error) {
    if (error instanceof DOMException) throw new Refusal({ code: "file_changed" }); // on disk, since it was chosen
    throw error;
  }
}

// When the agent is there again and its vault is open.
function ready() {
  const isReady = () => getState().connected && getState().loaded;
  return new Promise((resolve) => {
    const look = () => (isReady() ? setTimeout(resolve, 300) : setTimeout(look, 300)); // a refusal doesn't make a storm
    look();
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

export function handAgain({ id, chat }) {
  tellFile(chat, id, { state: "handing", why: null });
  line.push(id);
  handAll();
}

export function dropUpload({ id, chat }) {
  held.delete(id);
  dispatch({ type: "taken_back", chat, id });
  attempt(call("file_drop", { id }));
}

// --- having ---

const ask = (name, { chat, order, id }) =>
  attempt(call(name, { chat, order }).then(({ file }) => tellFile(chat, id, file)));

export const fetchFile = (message) => ask("file_fetch", message);
export const cancelFile = (message) => ask("file_cancel", message);
export const saveFile = (message) => attempt(save(message));

export function openPicture(message) {
  if (["offered", "gone", "failed"].includes(message.file.state)) fetchFile(message);
  dispatch({ type: "dialog", dialog: { kind: "picture", chat: message.chat, id: message.id } });
}

// --- pixels ---

const previews = new Map(); // message id: the promise of a bitmap or null
const mostPreviews = 80;

// The small picture of a message, decoded once while it is likely to be seen again.
export function preview({ id, chat, order }) {
  const mine = held.get(id)?.small?.bitmap;
  if (mine) return Promise.resolve(mine);
  if (!previews.has(id)) {
    if (order === null) return Promise.resolve(null);
    previews.set(
      id,
      call("file_preview", { chat, order })
        .then(({ preview: base64 }) => base64 && previewOf(base64))
        .catch((error) => {
          previews.delete(id); // asked again with the next look
          if (!(error instanceof Refusal)) throw error;
          return null;
        }),
    );
    if (previews.size > mostPreviews) previews.delete(previews.keys().next().value);
  }
  return previews.get(id);
}

// The whole picture, or null if it is none; what keeps it from being had is told.
export async function picture(message) {
  try {
    return await pictureOf(await bytesOf(message));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    showError(error);
    return null;
  }
}

