// The browser's notifications: who has written, and what, as far as the person wants it shown. Asks for leave only after
// a press; never tells of what somebody is looking at.

import { openChat } from "./actions/reading.js";
import { plain, t } from "./i18n.js";
import { getState } from "./store.js";

const longest = 160; // characters of a message that are shown
const shown = new Map(); // the notification of a conversation

// "granted", "denied", "default" (nobody has been asked), or "none" where the browser has none.
export const leave = () => globalThis.Notification?.permission ?? "none";

export const askLeave = () => globalThis.Notification?.requestPermission();

const isSeen = (chat) => document.visibilityState === "visible" && document.hasFocus() && getState().open === chat;

function words(state, conversation, message) {
  if (message.kind === "invitation") return t("list.invitation", { group: message.invitation.name });
  if (state.choices.notifications !== "full" || !message.text) return t("notify.new");
  const text = plain(message.text).slice(0, longest);
  const name = state.people[message.from]?.name;
  return conversation.group && name ? `${t("list.says", { name })} ${text}` : text;
}

function show(conversation, body) {
  const { chat, name } = conversation;
  const { lang, dir } = document.documentElement;
  try {
    const told = new Notification(plain(name), { body, lang, dir, tag: `hamraz ${chat}`, icon: "/static/icon.svg" });
    told.addEventListener("click", () => {
      window.focus();
      openChat(chat);
      told.close();
    });
    shown.set(chat, told);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // a telephone's browser has them for installed pages only
  }
}

// A message that the agent has just pushed; `before` is the state that didn't know it.
export function tellOf(message, before) {
  const state = getState();
  // of a conversation that begins with this message the agent tells next
  const begun = { chat: message.chat, name: state.people[message.from]?.name, muted: false, group: null };
  const conversation = state.conversations[message.chat] ?? begun;
  const isNew = message.order > (before.conversations[message.chat]?.last?.order ?? 0);
  if (!conversation.name || !isNew || message.mine || message.kind === "system" || message.kind === "deleted") return;
  if (conversation.muted || state.choices.notifications === "off" || leave() !== "granted") return;
  if (!isSeen(message.chat)) show(conversation, words(state, conversation, message));
}

// What has been read elsewhere on this page needs no notification any more.
export function takeBack(state) {
  for (const [chat, told] of shown) {
    if (state.session && state.conversations[chat]?.unread !== 0) continue;
    told.close();
    shown.delete(chat);
  }
}
