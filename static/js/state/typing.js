// Who is writing (or sending a file, or recording) in which conversation, as the agent says it and takes it back by itself. Pure.

import { without } from "./list.js";

/** By conversation: who and what, the first to begin first. @type {Page.State["typing"]} */
export const nobodyTypes = {};

/** @type {(state: Page.State, pushed: Api.Pushes["typing"]) => Page.State} */
export function withTyping(state, { chat, uid, on, what }) {
  const others = (state.typing[chat] ?? []).filter((one) => one.uid !== uid || one.what !== what);
  const now = on ? [...others, { uid, what }] : others;
  return { ...state, typing: now.length ? { ...state.typing, [chat]: now } : without(state.typing, chat) };
}
