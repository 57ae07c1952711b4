// What was shared in a conversation, by its kind, as the agent's index knows it; and from one picture to the next.

import { call, refusalOf } from "../core/connection.js";
import { getState, openDialog } from "../core/store.js";
import { openPicture } from "./files.js";
import { attempt, showError } from "./notice.js";
import { openAt } from "./reading.js";

const page = 30;

/** @typedef {"media" | "document" | "sound" | "link"} Shelf */

export const openGallery = (/** @type {string} */ chat) => openDialog({ kind: "gallery", chat });

/** The newest first, older than `before` (an order); null where the agent doesn't say. @param {string} chat @param {Shelf} kind @param {number | null} before */
export async function shared(chat, kind, before = null) {
  try {
    return await call("search", { text: "", chat, kind, before, limit: page });
  } catch (error) {
    showError(refusalOf(error));
    return null;
  }
}

/** A picture that stands somewhere in the talk, large: with what stands around it. @param {string} chat @param {number} order */
export async function lookAt(chat, order) {
  await attempt(Promise.resolve(openAt(chat, order)));
  const message = getState().talks[chat]?.messages.find((one) => one.order === order);
  if (message?.file) openPicture(/** @type {Page.Filed} */ (message));
}

const isPicture = (/** @type {Page.Message} */ { file, order }) => order !== null && Boolean(file?.preview && file.width && file.height);

/** The pictures of a talk that are loaded, in their order. @param {Page.State} state @param {string} chat @returns {Page.Filed[]} */
export const picturesOf = (state, chat) => /** @type {Page.Filed[]} */ ((state.talks[chat]?.messages ?? []).filter(isPicture));

/** To the next (1) or the one before (-1), which may have to be looked for. @param {string} chat @param {string} id @param {number} way */
export async function turnPicture(chat, id, way) {
  const all = picturesOf(getState(), chat);
  const at = all.findIndex((one) => one.id === id);
  if (at < 0) return;
  const next = all[at + way];
  if (next) return openPicture(next);
  if (way > 0) return; // the newest is there
  const found = await shared(chat, "media", Number(all[at].order));
  const hit = found?.hits.find(({ message }) => isPicture(message));
  if (hit) await lookAt(chat, hit.message.order);
}
