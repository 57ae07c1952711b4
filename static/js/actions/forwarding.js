// Passing messages on: their words, and files by handing over once more what is here.

import { freshId } from "../core/connection.js";
import { closeDialog, dispatch, getState } from "../core/store.js";
import { bareWords, forwardOf, withAuthor } from "../lib/forwarded.js";
import { called, talkWith, titleOf } from "../state/names.js";
import { silentOf } from "../lib/silent.js";
import { finds, isCalled, peopleOf } from "../state/screen.js";
import { passOn } from "./files.js";
import { attempt, showToast } from "./notice.js";
import { flow } from "./outbox.js";
import { openChat } from "./reading.js";
import { leaveSelecting } from "./selecting.js";

export const mostChats = 10; // at once: more would be a way to flood people

/** Whether there is something to pass on: words, or a file that is here. @param {Page.Message} message @returns {message is Page.Sent} */
export const mayForward = (message) => {
  const { order, kind, text, file } = message;
  return order !== null && (kind === "text" ? Boolean(text) : kind === "file" && file?.state === "here");
};

/** Where something can be sent to, the newest first, then people one has no conversation with. @param {Page.State} state @param {string} sought */
export function placesOf(state, sought) {
  const conversations = Object.values(state.conversations)
    .filter(({ chat, can_send: can, group }) => can && group?.state !== "invited" && !state.people[chat.slice(2)]?.blocked)
    .sort((a, b) => Number(b.pinned) - Number(a.pinned) || (b.time ?? 0) - (a.time ?? 0))
    .map((one) => ({ chat: one.chat, name: titleOf(state.people, one), person: state.people[one.uid ?? ""] ?? null, picture: one.group?.picture ?? null }));
  const others = peopleOf(state)
    .filter(({ uid, me, revoked, blocked }) => !me && !revoked && !blocked && !state.conversations[`p:${uid}`])
    .map((person) => ({ chat: `p:${person.uid}`, name: called(person), person }));
  const me = state.people[state.me ?? ""];
  const notes = me && !state.conversations[`p:${me.uid}`] ? [{ chat: `p:${me.uid}`, name: talkWith(me), person: me }] : [];
  const all = [...conversations, ...notes, ...others];
  return all.filter(({ name, person }) => !sought.trim() || finds(name, sought) || isCalled(person ?? { name }, sought));
}

/** One's own words are one's own, unless one had them from somebody. @param {Page.Sent} message @param {boolean} isNamed */
function wordsOf({ kind, text: said, from, mine }, isNamed) {
  const text = silentOf(said) ?? said;
  const author = getState().people[from]?.name;
  if (isNamed) return mine || !author ? text : withAuthor(text, author);
  return bareWords(said) || (kind === "text" ? text : "");
}

/** Whether somebody's name would go with one of them. @param {Page.Sent[]} messages */
export const haveAuthors = (messages) => messages.some(({ mine, text }) => !mine || forwardOf(text));

/** In their order; what is under way goes on by itself, and nothing of it under another account. @param {string} chat @param {Page.Sent[]} messages @param {boolean} isNamed */
async function passAll(chat, messages, isNamed) {
  const { me } = getState();
  for (const message of messages) {
    if (getState().me !== me) return;
    const text = wordsOf(message, isNamed);
    if (message.kind === "file") await attempt(passOn(chat, /** @type {Page.Filed} */ (message), text));
    else {
      dispatch({ type: "sending", chat, id: freshId(), text, reply: null, now: Date.now(), aside: true });
      flow(chat);
    }
  }
}

/** @param {string[]} chats @param {Page.Sent[]} messages @param {boolean} isNamed whether it is said whose words they are */
export function forward(chats, messages, isNamed) {
  closeDialog();
  leaveSelecting();
  for (const chat of chats) passAll(chat, messages, isNamed);
  if (chats.length === 1) openChat(chats[0]);
  else showToast("forward.done", { n: chats.length });
}
