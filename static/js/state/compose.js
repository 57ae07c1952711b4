// What is being written: the draft, what is answered or edited, and what lies over the messages (a menu, a choice of emoji, a
// proof). Pure.

import { drafted, without } from "./list.js";

export const emptyCompose = {
  answering: {}, // the Message that is answered, by conversation
  editing: {}, // {message, text} while one of one's own is changed
  popover: null, // {kind, chat, id, at: {x, y, width, height}, byKey}
  recent: [], // emoji chosen last, the newest first
};

const recents = 16;

export const textOf = (state, chat) => state.editing[chat]?.text ?? state.drafts[chat] ?? "";

const put = (map, key, value) => (value ? { ...map, [key]: value } : without(map, key));

// While a message is edited the field holds its words, and the draft waits.
function typed(state, { chat, text }) {
  const edit = state.editing[chat];
  if (edit) return { ...state, editing: { ...state.editing, [chat]: { ...edit, text } } };
  return { ...state, drafts: drafted(state.drafts, chat, text) };
}

// To answer ends an edit, and to edit ends an answer: one thing is written at a time.
const answer = (state, { chat, message }) => ({
  ...state,
  answering: put(state.answering, chat, message),
  editing: without(state.editing, chat),
});

const edit = (state, { chat, message }) => ({
  ...state,
  editing: put(state.editing, chat, message && { message, text: message.text }),
  answering: message ? without(state.answering, chat) : state.answering,
});

// What was written has been sent.
export const written = (state, chat) => ({
  ...state,
  drafts: without(state.drafts, chat),
  answering: without(state.answering, chat),
});

// A message that is gone can't be answered or edited any more.
export function withoutGone(state, { chat, id, deleted }) {
  if (!deleted) return state;
  const isGone = (message) => message?.id === id;
  return {
    ...state,
    answering: isGone(state.answering[chat]) ? without(state.answering, chat) : state.answering,
    editing: isGone(state.editing[chat]?.message) ? without(state.editing, chat) : state.editing,
  };
}

// Nor can one be answered in a group that is hidden by now, as its author was blocked.
export function withoutHidden(state, chat) {
  const author = state.people[state.answering[chat]?.from];
  return author?.blocked ? { ...state, answering: without(state.answering, chat) } : state;
}

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
