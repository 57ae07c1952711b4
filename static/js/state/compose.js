// What is being written: the draft, what is answered or edited, and what lies over the messages (a menu, a choice of emoji, a
// proof). Pure.

import { drafted, without } from "./list.js";

/** answering, editing: by conversation; recent: emoji chosen last, the newest first. @satisfies {Partial<Page.State>} */
export const emptyCompose = { answering: {}, editing: {}, popover: null, recent: [] };

const recents = 16;

/** @param {Page.State} state @param {string} chat */
export const textOf = (state, chat) => state.editing[chat]?.text ?? state.drafts[chat] ?? "";

/** @template T @param {Record<string, T>} map @param {string} key @param {T | null} value */
const put = (map, key, value) => (value ? { ...map, [key]: value } : without(map, key));

/** While a message is edited the field holds its words, and the draft waits. @type {Page.Reducers["draft"]} */
function typed(state, { chat, text }) {
  const edit = state.editing[chat];
  if (edit) return { ...state, editing: { ...state.editing, [chat]: { ...edit, text } } };
  return { ...state, drafts: drafted(state.drafts, chat, text) };
}

/** To answer ends an edit, and to edit ends an answer: one thing is written at a time. @type {Page.Reducers["answer"]} */
const answer = (state, { chat, message }) => ({
  ...state,
  answering: put(state.answering, chat, message),
  editing: without(state.editing, chat),
});

/** @type {Page.Reducers["edit"]} */
const edit = (state, { chat, message }) => ({
  ...state,
  editing: put(state.editing, chat, message && { message, text: message.text }),
  answering: message ? without(state.answering, chat) : state.answering,
});

/** What was written has been sent. @param {Page.State} state @param {string} chat @returns {Page.State} */
export const written = (state, chat) => ({
  ...state,
  drafts: without(state.drafts, chat),
  answering: without(state.answering, chat),
});

/** A message that is gone can't be answered or edited any more. @param {Page.State} state @param {Api.Message} message */
export function withoutGone(state, { chat, id, deleted }) {
  if (!deleted) return state;
  const isGone = (/** @type {Page.Message | undefined} */ message) => message?.id === id;
  return {
    ...state,
    answering: isGone(state.answering[chat]) ? without(state.answering, chat) : state.answering,
    editing: isGone(state.editing[chat]?.message) ? without(state.editing, chat) : state.editing,
  };
}

/** Nor can one be answered in a group that is hidden by now, as its author was blocked. @param {Page.State} state @param {string} chat */
export function withoutHidden(state, chat) {
  const author = state.people[state.answering[chat]?.from];
  return author?.blocked ? { ...state, answering: without(state.answering, chat) } : state;
}

/** @satisfies {Partial<Page.Reducers>} */
export const composeEvents = {
  draft: typed,
  answer,
  edit,
  popover: (state, { popover }) => ({ ...state, popover }),
  chosen: (state, { emoji }) => ({
    ...state,
    recent: [emoji, ...state.recent.filter((one) => one !== emoji)].slice(0, recents),
  }),
};
