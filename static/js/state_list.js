// The list beside the talk, as the state holds it: conversations, drafts, what is sought, which one is open. Pure.

export const emptyList = { conversations: {}, drafts: {}, open: null, details: false, filter: "" };

export const without = (map, key) => {
  const { [key]: _, ...rest } = map;
  return rest;
};

export const withConversation = (state, conversation) => ({
  ...state,
  conversations: { ...state.conversations, [conversation.chat]: conversation },
});

export function withoutConversation(state, chat) {
  const open = state.open === chat ? { open: null, details: false } : {};
  return { ...state, ...open, conversations: without(state.conversations, chat), talks: without(state.talks, chat) };
}

export const listEvents = {
  details: (state, { on }) => ({ ...state, details: on }),
  filter: (state, { text }) => ({ ...state, filter: text }),
  draft: (state, { chat, text }) => ({
    ...state,
    drafts: text ? { ...state.drafts, [chat]: text } : without(state.drafts, chat),
  }),
};
