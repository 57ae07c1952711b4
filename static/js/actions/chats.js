// What one keeps about a conversation besides its messages: pinned, muted, what is being written in it, and that all of it
// is read.

import { call, refusalOf } from "../core/connection.js";
import { closeDialog, dispatch, getState, watch } from "../core/store.js";
import { unkeptChats, unkeptIn } from "../state/compose.js";
import { unsentOf } from "../state/talk.js";
import { sizeOf, textLimit } from "./compose.js";
import { attempt, showToast } from "./notice.js";
import { openChat } from "./reading.js";

const pause = 500; // ms without a key before a draft is kept

export const pin = (/** @type {string} */ chat, /** @type {boolean} */ pinned) => attempt(call("set_chat", { chat, pinned }));
/** @param {string} chat @param {Pick<Api.Calls["set_chat"][0], "muted" | "muted_until" | "mentions_only">} how */
export const mute = (chat, how) => attempt(call("set_chat", { chat, ...how }));
/** Out of the list, until something newer comes; with a way back. @param {string} chat @param {boolean} archived */
export async function archive(chat, archived) {
  if (archived && getState().open === chat) openChat(null);
  if (!(await attempt(call("set_chat", { chat, archived }))) || !archived) return;
  showToast("archive.done", {}, { key: "action.undo", run: () => archive(chat, false) });
}

/** For both, or everybody, from now on. @param {string} chat @param {number} seconds 0: for good */
export function setLifetime(chat, seconds) {
  closeDialog();
  return attempt(call("set_lifetime", { chat, seconds }));
}

export async function clear(/** @type {string} */ chat) {
  await call("clear_chat", { chat });
  closeDialog();
}

/** Its draft goes with it. @param {string} chat */
export async function removeChat(chat) {
  dispatch({ type: "edit", chat, message: null });
  dispatch({ type: "answer", chat, message: null });
  dispatch({ type: "caption", chat, text: "" });
  await keepNow(); // nothing of it is on its way to the agent any more
  if (getState().open === chat) openChat(null);
  await call("delete_chat", { chat });
  closeDialog();
}

export const readAll = (/** @type {Api.Conversation} */ { chat, position }) => attempt(call("mark_read", { chat, position }));

/** Nothing else is told of it, and it stays so until one looks. @param {string} chat */
export function markUnread(chat) {
  if (getState().open === chat) openChat(null);
  return attempt(call("set_chat", { chat, marked_unread: true }));
}

const parts = /** @type {const} */ (["drafts", "answering", "editing"]);

/** @type {Map<string, number>} */
const waiting = new Map(); // timers of drafts that the agent doesn't have yet, by conversation
/** @type {Map<Promise<unknown>, string>} */
const underway = new Map(); // calls that bring it some, each until its answer is there, and of which conversation

/** Of what is open, too, what was written in another window comes here, where nothing is being written that the agent
 * doesn't have. @param {Api.Conversation} conversation @param {Api.Conversation | undefined} before as it was until now */
export function takeDraft(conversation, before) {
  const { chat, draft = "" } = conversation;
  const state = getState();
  if (state.open !== chat || draft === (before?.draft ?? "") || waiting.has(chat) || [...underway.values()].includes(chat)) return;
  const isWriting = unkeptIn({ ...state, conversations: before ? { [chat]: before } : {} }, chat) !== null;
  if (!isWriting) dispatch({ type: "taken", conversation });
}

/** What the agent doesn't have of it yet, or null. @param {Page.State} state @param {string} chat */
function newsOf(state, chat) {
  const news = unkeptIn(state, chat);
  // too long, it can't be sent either, and could fill the line
  return news && [news.draft, news.edit].some((text) => sizeOf(text ?? "") > textLimit) ? null : news;
}

/** `told`: the conversation as the agent has just answered, where the page may not have it yet. @param {string} chat @param {Api.Conversation | null} told */
async function keep(chat, told = null) {
  clearTimeout(waiting.get(chat));
  waiting.delete(chat);
  const state = getState();
  const kept = told ? { ...state, conversations: { ...state.conversations, [chat]: told } } : state;
  const news = state.loaded ? newsOf(kept, chat) : null;
  if (!news) return;
  const asked = call("set_chat", { chat, ...news }).catch(refusalOf); // an agent that is away gets it when it is back
  underway.set(asked, chat);
  const answer = await asked;
  underway.delete(asked);
  // what was sent while this was on its way would come back, to be sent again
  const isOther = parts.some((part) => getState()[part][chat] !== state[part][chat]);
  if ("conversation" in answer && isOther && !waiting.has(chat)) await keep(chat, answer.conversation);
}

/** Before the vault is locked, or a chat deleted: what is under way would come after that. */
export const keepNow = () => Promise.all([...underway.keys(), ...Array.from(waiting.keys(), (chat) => keep(chat))]);

/** Once an agent that was away answers again. */
export const keepMissed = () => Promise.all(unkeptChats(getState()).map((chat) => keep(chat)));

/** Whether something would be gone with the page, as its agent isn't there to keep it, or as it is too long to be kept. @param {Page.State} state */
function wouldLose(state) {
  const isUnsent = (/** @type {Page.Talks} */ talks) => Object.values(talks).some((talk) => unsentOf(talk).some(({ kind }) => kind === "text"));
  if (state.kept) return isUnsent(state.kept.talks) || parts.some((part) => Object.values(state.kept?.written[part] ?? {}).some(Boolean));
  const unkept = state.loaded ? unkeptChats(state) : [];
  if (unkept.some((chat) => !newsOf(state, chat))) return true;
  return state.loaded && !state.connected && (isUnsent(state.talks) || unkept.length > 0);
}

// What is being written goes to the agent when one stops writing, opens something else or leaves the page.
export function keepDrafts() {
  let before = getState();
  watch((state) => {
    const changed = parts.filter((part) => state[part] !== before[part]);
    if (!changed.length && state.open === before.open) return;
    for (const part of changed)
      for (const chat of new Set([...Object.keys(state[part]), ...Object.keys(before[part])])) {
        if (state[part][chat] === before[part][chat]) continue;
        clearTimeout(waiting.get(chat));
        // that something was sent is kept at once: else a page that is closed now would have it back, to be sent again
        waiting.set(chat, setTimeout(() => keep(chat), state[part][chat] ? pause : 0));
      }
    if (before.open && state.open !== before.open && waiting.has(before.open)) keep(before.open);
    before = state;
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keepNow());
  addEventListener("beforeunload", (event) => wouldLose(getState()) && event.preventDefault());
}
