// The browser's notifications: who has written, and what, as far as the person wants it shown. Asks for leave only after
// a press; never tells of what somebody is looking at, here or on another page.

import { plain, t } from "../i18n/i18n.js";
import { glance } from "../lib/glance.js";
import { cut } from "../lib/graphemes.js";
import { silentOf } from "../lib/silent.js";
import { asksSaid, freshAsks } from "../state/asks.js";
import { called, titleOf } from "../state/names.js";
import { isTold } from "../state/quiet.js";
import { chime } from "./chime.js";
import { isForemost } from "./foremost.js";
import { isLookedAt } from "./looking.js";
import { getState } from "./store.js";

const longest = 160; // characters of a message that are shown
/** @typedef {"unread" | "asks"} What what of a conversation one is told of, and it needs a look as long as there is any */
/** @type {Map<string, {told: Notification, chat: string, what: What, counted: boolean}>} */
const shown = new Map(); // by their tags: of a conversation one of each
/** @type {Map<string, number>} */
const known = new Map(); // how far each conversation has come: what is pushed of older messages is a change of theirs

// "granted", "denied", "default" (nobody has been asked), or "none" where the browser has none.
export const permission = () => globalThis.Notification?.permission ?? "none";

// What it was when the page was last looked at anew: a browser asks another of its processes and lets the page wait, for
// longer than all else that a new message costs. It changes by a press on what isn't the page, or after our question.
/** @type {string | null} */
let last = null;

export const lastPermission = () => (last ??= permission());

const forget = () => {
  last = null;
};
for (const moment of ["focus", "blur"]) globalThis.addEventListener?.(moment, forget);

export const askPermission = async () => {
  const given = await globalThis.Notification?.requestPermission();
  forget();
  return given;
};

/** @typedef {Pick<Api.Conversation, "chat" | "name" | "uid" | "muted" | "muted_until" | "mentions_only" | "group">} Told @typedef {(chat: string) => void} OpenChat */

function words(/** @type {Page.State} */ state, /** @type {Told} */ conversation, /** @type {Api.Message} */ message) {
  const sender = state.people[message.from];
  const by = sender && called(sender);
  const why = by && (message.mention ? t("mention.notice", { name: by }) : message.keyword ? t("keywords.notice", { name: by }) : null);
  if (state.choices.notifications !== "full" || !message.text) return why || t("notify.new");
  const text = cut(plain(glance(message.text)), longest);
  if (why) return `${why}: ${text}`;
  return conversation.group && by ? `${t("list.says", { name: by })} ${text}` : text;
}

/** @param {Told} conversation @param {string} body @param {OpenChat} open @param {What} what */
function show(conversation, body, open, what = "unread") {
  const { chat } = conversation;
  const tag = `hamraz ${chat}${what === "asks" ? " asks" : ""}`;
  const name = titleOf(getState().people, conversation);
  const { lang } = document.documentElement;
  const icon = /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=icon]")).href;
  try {
    const told = new Notification(plain(name), { body, lang, tag, icon });
    told.addEventListener("click", () => {
      window.focus();
      open(chat);
      told.close();
    });
    shown.set(tag, { told, chat, what, counted: false });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // a telephone's browser has them for installed pages only
  }
}

/** @param {Told} conversation @param {boolean} names whether it names one, or asks one */
function isWanted(conversation, names) {
  if (!isForemost() || !isTold(conversation, names, Date.now()) || getState().choices.notifications === "off") return false;
  if (getState().settings.sound) chime();
  return lastPermission() === "granted";
}

/** Where things stand, from a snapshot: nothing of this is news, and what another account knew is nothing. @param {Api.Conversation[]} conversations */
export function remember(conversations) {
  known.clear();
  for (const { chat, position } of conversations) known.set(chat, position);
}

// A message that the agent has just pushed; a press on what is told of it opens its conversation.
export function notifyOf(/** @type {Api.Message} */ message, /** @type {OpenChat} */ open) {
  const state = getState();
  // of a conversation that begins with this message the agent tells next
  const begun = { chat: message.chat, name: "", uid: message.from, muted: false, muted_until: null, mentions_only: false, group: null };
  const conversation = state.conversations[message.chat] ?? begun;
  const isNew = message.position > (known.get(message.chat) ?? 0);
  if (isNew) known.set(message.chat, message.position);
  if (!titleOf(state.people, conversation) || !isNew || message.mine || message.kind === "system" || message.kind === "deleted") return;
  if (silentOf(message.text) !== null) return;
  if (isLookedAt(message.chat) || !isWanted(conversation, Boolean(message.mention || message.keyword))) return;
  show(conversation, words(state, conversation, message), open);
}

/** One is asked into a group, which says so itself. @param {Api.Conversation} conversation @param {OpenChat} open */
export function notifyOfInvitation(conversation, open) {
  const { chat, position, name } = conversation;
  if (position <= (known.get(chat) ?? 0)) return;
  known.set(chat, position);
  if (!isLookedAt(chat) && isWanted(conversation, true)) show(conversation, t("list.invitation", { group: name }), open);
}

/** Somebody asks to be let into one's group. @param {Api.Conversation | undefined} before what was known of it @param {Api.Conversation} conversation @param {OpenChat} open */
export function notifyOfAsks(before, conversation, open) {
  const { chat } = conversation;
  const fresh = freshAsks(before, conversation);
  if (fresh.length && !isLookedAt(chat) && isWanted(conversation, true)) show(conversation, asksSaid(getState().people, fresh), open, "asks");
}

// What has been read, or answered, needs no notification any more. The agent tells of a message first, and then that it is unread.
export function closeNotifications(/** @type {Page.State} */ state) {
  for (const [tag, it] of shown) {
    const { unread = 0, group } = state.conversations[it.chat] ?? {};
    const left = it.what === "unread" ? unread : group?.asks.length ?? 0;
    it.counted ||= left > 0;
    if (state.session && !isLookedAt(it.chat) && !(it.counted && left === 0)) continue;
    it.told.close();
    shown.delete(tag);
  }
}
