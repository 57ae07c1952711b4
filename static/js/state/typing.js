// Who is writing in which conversation, as the agent says it and takes it back by itself. Pure.

import { without } from "./list.js";

export const nobodyWrites = {}; // chat: uids, the first to begin first

export function withWriting(state, { chat, uid, on }) {
  const others = (state.writing[chat] ?? []).filter((one) => one !== uid);
  const now = on ? [...others, uid] : others;
  return { ...state, writing: now.length ? { ...state.writing, [chat]: now } : without(state.writing, chat) };
}
