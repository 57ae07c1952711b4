// The list beside the talk, as the state holds it: conversations, drafts, what is sought and found, which one is open. Pure.

// hits: {message, parts: [[text, isHit]]} as the agent found them, the newest first; they answer `text`.
export const noSearch = { text: "", hits: [], more: false, asking: false };

export const emptyList = {
  conversations: {},
  drafts: {},
  open: null,
  /** @type {string | false} */
  details: false, // or what lies beside the talk: "about" or "search"
  filter: "",
  listSearch: noSearch, // by the filter, everywhere
  chatSearch: noSearch, // in the open conversation
};

export const without = (map, key) => {
  const { [key]: _, ...rest } = map;
  return rest;
};

export const drafted = (drafts, chat, text) => (text ? { ...drafts, [chat]: text } : without(drafts, chat));

// A draft that was written at another page of this agent comes with the conversation; the one being written here stays.
export function withConversation(state, conversation) {
  const { chat, draft = "" } = conversation;
  const isNews = draft !== (state.conversations[chat]?.draft ?? "") && chat !== state.open;
  return {
    ...state,
    conversations: { ...state.conversations, [chat]: conversation },
    drafts: isNews ? drafted(state.drafts, chat, draft) : state.drafts,
  };
}

// All of them, from a snapshot; what was typed here counts for more than what the agent has of it.
export function allConversations(state, conversations) {
  const kept = Object.fromEntries(conversations.filter(({ draft }) => draft).map(({ chat, draft }) => [chat, draft]));
  return {
    conversations: Object.fromEntries(conversations.map((conversation) => [conversation.chat, conversation])),
    drafts: { ...kept, ...state.drafts },
  };
}

export function withoutConversation(state, chat) {
  const open = state.open === chat ? { open: null, details: false } : {};
  return { ...state, ...open, conversations: without(state.conversations, chat), talks: without(state.talks, chat) };
}

// An answer to what is not sought any more is dropped; one with `before` goes on from there.
function withHits(state, { slot, text, hits, more, before }) {
  if (state[slot].text !== text) return state;
  const all = before === null ? hits : [...state[slot].hits, ...hits];
  return { ...state, [slot]: { text, hits: all, more, asking: false } };
}

// What was found in this conversation may be hidden by now; whoever still seeks it asks again.
export function withoutHits(state, chat) {
  const kept = (search) => ({ ...search, hits: search.hits.filter(({ message }) => message.chat !== chat) });
  return { ...state, listSearch: kept(state.listSearch), chatSearch: kept(state.chatSearch) };
}

export const listEvents = {
  details: (state, { on }) => ({ ...state, details: on === true ? "about" : on, chatSearch: noSearch }),
  filter: (state, { text }) => ({ ...state, filter: text }),
  searching: (state, { slot, text }) => ({ ...state, [slot]: { ...state[slot], text, asking: true } }),
  hits: withHits,
  search_over: (state, { slot }) => ({ ...state, [slot]: noSearch }),
};
