// Who is writing in which conversation, as the agent says it and takes it back by itself. Pure.

import { without } from "./list.js";

export const nobodyTypes = {}; // chat: uids, the first to begin first

export function withTyping(state, { chat, uid, on }) {
  const others = (state.typing[chat] ?? []).filter((one) => one !== uid);
  const now = on ? [...others, uid] : others;
  return { ...state, typing: now.length ? { ...state.typing, [chat]: now } : without(state.typing, chat) };
}
