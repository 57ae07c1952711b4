// What one can do with a conversation as a whole, for the menus of its row and of its head; and with a person, for theirs.

import { archive, markUnread, mute, pin, readAll } from "../actions/chats.js";
import { askExport } from "../actions/exporting.js";
import { openChat } from "../actions/reading.js";
import { compare } from "../actions/safety.js";
import { brief, t } from "../i18n/i18n.js";
import { openDialog } from "../core/store.js";
import { isMuted } from "../state/quiet.js";

/** How it is muted now, and the way to change that. @param {Api.Conversation} conversation */
export function muteItem(conversation) {
  const { chat, muted_until: until, mentions_only: mentions } = conversation;
  const muted = isMuted(conversation, Date.now());
  const sub = muted && until ? t("mute.until", { time: brief(until, Date.now()) }) : mentions ? t("mute.mentions") : muted ? null : t("row.mute.hint");
  return {
    key: "mute",
    icon: muted || mentions ? "bell" : "mute",
    label: t(muted || mentions ? "row.unmute" : "row.mute"),
    sub,
    onPick: () => (muted || mentions ? mute(chat, { muted: false }) : openDialog({ kind: "mute", chat })),
  };
}

export function chatItems(/** @type {Api.Conversation} */ conversation) {
  const { chat, pinned, unread, marked_unread: marked, archived, group, last } = conversation;
  const isOver = !group || ["left", "removed"].includes(group.state);
  return [
    { key: "pin", icon: "pin", label: t(pinned ? "row.unpin" : "row.pin"), onPick: () => pin(chat, !pinned) },
    muteItem(conversation),
    ...(unread || marked
      ? [{ key: "read", icon: "check", label: t("row.read"), onPick: () => readAll(conversation) }]
      : last ? [{ key: "unread", icon: "chats", label: t("row.unread"), onPick: () => markUnread(chat) }] : []),
    { key: "archive", icon: "archive", label: t(archived ? "archive.undo" : "archive.item"), onPick: () => archive(chat, !archived) },
    { key: "starred", icon: "favourite", label: t("star.some"), onPick: () => openDialog({ kind: "starred", chat }) },
    { key: "export", icon: "save", label: t("export.item"), onPick: () => askExport(chat) },
    ...(last ? [{ key: "clear", icon: "trash", label: t("clear.item"), stop: true, onPick: () => openDialog({ kind: "clear", chat }) }] : []),
    ...(isOver ? [{ key: "delete_chat", icon: "trash", label: t("clear.chat.item"), stop: true,
      onPick: () => openDialog({ kind: "delete_chat", chat }) }] : []),
  ];
}

export const personItems = (/** @type {Api.Person} */ { uid }) => [
  { key: "write", icon: "chats", label: t("member.write"), onPick: () => openChat(`p:${uid}`) },
  { key: "compare", icon: "trust", label: t("keychange.go"), onPick: () => compare(uid) },
];
