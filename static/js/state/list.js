// The list beside the talk, as the state holds it: conversations, drafts, what is sought and found, which one is open. Pure.

import { emptyTalk, unsentOf } from "./talk.js";

/** @type {Page.Narrow} */
export const anything = { by: null, kind: null, when: null };

/** hits: as the agent found them, the newest first; they answer `text` and `narrow`. @type {Page.Search} */
export const noSearch = { text: "", narrow: anything, hits: [], more: false, asking: false };

export const isNarrowed = (/** @type {Page.Narrow} */ { by, kind, when }) => by !== null || kind !== null || when !== null;

/** details: what lies beside the talk. @satisfies {Partial<Page.State>} */
export const emptyList = {
  conversations: {},
  drafts: {},
  open: null,
  details: /** @type {false} */ (false),
  filter: "",
  only: /** @type {Page.Only} */ (null), // which of the conversations are looked at
  shelf: false, // whether the archived ones are looked at
  listSearch: noSearch, // by the filter, everywhere
  chatSearch: noSearch, // in the open conversation
};

/** @template T @param {Record<string, T>} map @param {string} key @returns {Record<string, T>} */
export const without = (map, key) => {
  const { [key]: _, ...rest } = map;
  return rest;
};

/** @param {Page.State["drafts"]} drafts @param {string} chat @param {string} text */
export const drafted = (drafts, chat, text) => (text ? { ...drafts, [chat]: text } : without(drafts, chat));

/** @template T @param {Record<string, T>} map @param {string} key @param {T | null | undefined} value */
export const put = (map, key, value) => (value ? { ...map, [key]: value } : without(map, key));

/** What the agent has of what is being written in a conversation, in place of what is here. All of it: what isn't taken would
 * be told to the agent as given up. @param {Page.State} state @param {Api.Conversation} conversation @returns {Page.State} */
export const withWritten = (state, { chat, draft, answering, editing }) => ({
  ...state,
  drafts: put(state.drafts, chat, draft),
  answering: put(state.answering, chat, editing ? null : answering),
  editing: put(state.editing, chat, editing),
});

// What was written at another page of this agent comes with the conversation; what is being written here stays.
/** @param {Page.State} state @param {Api.Conversation} conversation @returns {Page.State} */
export function withConversation(state, conversation) {
  const { chat, draft = "" } = conversation;
  const isNews = draft !== (state.conversations[chat]?.draft ?? "") && chat !== state.open;
  const told = { ...state, conversations: { ...state.conversations, [chat]: conversation } };
  return isNews ? withWritten(told, conversation) : told;
}

/** Who is open without a conversation can be written to; what isn't at the agent yet stays. @param {Page.State} state @param {string} chat @returns {Page.State} */
export function withoutConversation(state, chat) {
  const stays = chat.startsWith("p:") && state.people[chat.slice(2)];
  const open = state.open === chat && !stays ? { open: null, details: /** @type {false} */ (false) } : {};
  const messages = state.talks[chat] ? unsentOf(state.talks[chat]) : [];
  const talks = messages.length ? { ...state.talks, [chat]: { ...emptyTalk, messages } } : without(state.talks, chat);
  return { ...state, ...open, conversations: without(state.conversations, chat), talks };
}

/** An answer to what is not sought any more is dropped; one with `before` goes on from there. @type {Page.Reducers["hits"]} */
function withHits(state, { slot, text, narrow = state[slot].narrow, hits, more, before }) {
  if (state[slot].text !== text || state[slot].narrow !== narrow) return state;
  const all = before === null ? hits : [...state[slot].hits, ...hits];
  return { ...state, [slot]: { text, narrow, hits: all, more, asking: false } };
}

// What was found in this conversation may be hidden by now; whoever still seeks it asks again.
export function withoutHits(/** @type {Page.State} */ state, /** @type {string} */ chat) {
  const kept = (/** @type {Page.Search} */ search) => ({ ...search, hits: search.hits.filter(({ message }) => message.chat !== chat) });
  return { ...state, listSearch: kept(state.listSearch), chatSearch: kept(state.chatSearch) };
}

/** What was found and is deleted is found no more. @param {Page.State} state @param {{chat: string, id: string, deleted: boolean}} message */
export function withoutHit(state, { chat, id, deleted }) {
  /** @type {(search: Page.Search) => Page.Search} */
  const kept = (search) => {
    const hits = search.hits.filter(({ message }) => message.chat !== chat || message.id !== id);
    return hits.length < search.hits.length ? { ...search, hits } : search;
  };
  return deleted ? { ...state, listSearch: kept(state.listSearch), chatSearch: kept(state.chatSearch) } : state;
}

/** @satisfies {Partial<Page.Reducers>} */
export const listEvents = {
  details: (state, { on }) => ({ ...state, details: on === true ? "about" : on, chatSearch: noSearch }),
  filter: (state, { text }) => ({ ...state, filter: text }),
  only: (state, { only }) => ({ ...state, only }),
  shelf: (state, { on }) => ({ ...state, shelf: on, filter: "" }),
  searching: (state, { slot, text }) => ({ ...state, [slot]: { ...state[slot], text, asking: true } }),
  hits: withHits,
  search_over: (state, { slot }) => ({ ...state, [slot]: { ...noSearch, narrow: state[slot].narrow } }),
  narrow: (state, { slot, narrow }) => ({ ...state, [slot]: { ...noSearch, narrow } }),
};
