// What is being written: the draft, what is answered or edited, and what lies over the messages (a menu, a choice of emoji, a
// proof). Pure.

import { drafted, put, without, withWritten } from "./list.js";

/** answering, editing: by conversation; recent: emoji chosen last, the newest first. @satisfies {Partial<Page.State>} */
export const emptyCompose = { answering: {}, editing: {}, popover: null, recent: [] };

const recents = 16;

/** @param {Page.State} state @param {string} chat */
export const textOf = (state, chat) => state.editing[chat]?.text ?? state.drafts[chat] ?? "";

/** @param {string} written @param {string} text */
export const behind = (written, text) => (written.trim() ? `${written}\n${text}` : text);

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
const edit = (state, { chat, message, text }) => ({
  ...state,
  editing: put(state.editing, chat, message && { message, text: text ?? message.text }),
  answering: message ? without(state.answering, chat) : state.answering,
});

/** What was written has been sent. @param {Page.State} state @param {string} chat @returns {Page.State} */
export const written = (state, chat) => ({
  ...state,
  drafts: without(state.drafts, chat),
  answering: without(state.answering, chat),
});

/** What is written in a conversation, as the agent keeps it: orders, 0 for none. @param {Page.Written} written @param {string} chat */
const writtenIn = ({ drafts, answering, editing }, chat) => ({
  draft: drafts[chat] ?? "",
  answering: answering[chat]?.order ?? 0,
  editing: editing[chat]?.message.order ?? 0,
  edit: editing[chat]?.text ?? "",
});

/** What the agent doesn't have of what is written in a conversation, or null. @param {Page.State} state @param {string} chat */
export function unkeptIn(state, chat) {
  const conversation = state.conversations[chat];
  const kept = /** @type {Record<string, unknown>} */ (writtenIn(writtenAt(conversation ? [conversation] : []), chat));
  const news = Object.entries(writtenIn(state, chat)).filter(([name, value]) => kept[name] !== value);
  return news.length ? /** @type {Partial<ReturnType<typeof writtenIn>>} */ (Object.fromEntries(news)) : null;
}

/** @param {Page.State} state */
export function unkeptChats(state) {
  const { drafts, answering, editing, conversations } = state;
  const begun = Object.values(conversations).filter((one) => one.draft || one.answering || one.editing);
  const all = [drafts, answering, editing].flatMap((part) => Object.keys(part));
  return [...new Set([...all, ...begun.map(({ chat }) => chat)])].filter((chat) => unkeptIn(state, chat));
}

/** That, whole; also of which there is nothing any more. @param {Page.State} state @returns {Page.Written} */
export function unkept(state) {
  const chats = unkeptChats(state);
  /** @type {(part: Record<string, any>) => Record<string, any>} */
  const of = (part) => Object.fromEntries(chats.map((chat) => [chat, part[chat]]));
  return { drafts: of(state.drafts), answering: of(state.answering), editing: of(state.editing) };
}

/** What the agent has kept of what was being written. @param {Api.Conversation[]} conversations @returns {Page.Written} */
function writtenAt(conversations) {
  /** @type {Page.Written} */
  const found = { drafts: {}, answering: {}, editing: {} };
  for (const { chat, draft, answering, editing } of conversations) {
    if (draft) found.drafts[chat] = draft;
    if (editing) found.editing[chat] = editing;
    else if (answering) found.answering[chat] = answering;
  }
  return found;
}

/** @template T @param {Record<string, T>} map @returns {Record<string, T>} */
const whole = (map) => Object.fromEntries(Object.entries(map).filter(([, value]) => value));

/** What the agent has, and over it what was written here and isn't there yet. @param {Api.Conversation[]} conversations @param {Page.Written} here */
export function allWritten(conversations, here) {
  const { drafts, answering, editing } = writtenAt(conversations);
  return {
    drafts: whole({ ...drafts, ...here.drafts }),
    answering: whole({ ...answering, ...here.answering }),
    editing: whole({ ...editing, ...here.editing }),
  };
}

/** A message that is gone can't be answered or edited any more; what it was to become is a draft.
 * @param {Page.State} state @param {{chat: string, id: string, deleted: boolean}} message */
export function withoutGone(state, { chat, id, deleted }) {
  if (!deleted) return state;
  const { drafts, answering, editing } = state;
  const gone = editing[chat]?.message.id === id ? editing[chat] : null;
  const isLost = gone && gone.text !== gone.message.text && gone.text.trim();
  return {
    ...state,
    drafts: isLost ? drafted(drafts, chat, behind(drafts[chat] ?? "", gone.text)) : drafts,
    answering: answering[chat]?.id === id ? without(answering, chat) : answering,
    editing: gone ? without(editing, chat) : editing,
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
  taken: (state, { conversation }) => withWritten(state, conversation),
  caption: (state, { chat, text }) => ({ ...state, drafts: drafted(state.drafts, chat, text) }),
  answer,
  edit,
  popover: (state, { popover }) => ({ ...state, popover }),
  chosen: (state, { emoji }) => ({
    ...state,
    recent: [emoji, ...state.recent.filter((one) => one !== emoji)].slice(0, recents),
  }),
};
