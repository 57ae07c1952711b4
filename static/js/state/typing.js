// Who is writing in which conversation, as the agent says it and takes it back by itself. Pure.

import { without } from "./list.js";

/** By conversation: uids, the first to begin first. @type {Page.State["typing"]} */
export const nobodyTypes = {};

/** @type {(state: Page.State, pushed: Api.Pushes["typing"]) => Page.State} */
export function withTyping(state, { chat, uid, on }) {
  const others = (state.typing[chat] ?? []).filter((one) => one !== uid);
  const now = on ? [...others, uid] : others;
  return { ...state, typing: now.length ? { ...state.typing, [chat]: now } : without(state.typing, chat) };
}
