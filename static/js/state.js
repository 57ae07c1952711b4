// What the page knows, and what each event makes of it: events of the agent's API (docs/agent-api.md) and of the person
// at the page. A pure reducer: no DOM, no socket, no clock; time comes with the event.

import { dividerFor, emptyTalk, putMessage, putPage } from "./talk.js";

const nobody = {
  me: null,
  people: {},
  conversations: {},
  talks: {},
  drafts: {},
  joinLink: null,
  alarm: null,
  loaded: false,
  link: { up: true, retry_in: null, waiting: 0, since: 0, down: null },
  section: "chats",
  open: null,
  details: false,
  dialog: null,
  filter: "",
  safety: { uid: null, digits: null, error: null },
  log: { entries: [], size: 0, seenBy: 0, filter: null, more: false, asking: false },
};

export const initialState = {
  ...nobody,
  connected: false,
  status: null,
  stage: null,
  authority: null,
  session: false,
  left: false,
  ended: false,
  form: null,
  settings: null,
  toasts: [],
  now: 0,
};

const talkOf = (state, chat) => state.talks[chat] ?? emptyTalk;
const withTalk = (state, chat, talk) => ({ ...state, talks: { ...state.talks, [chat]: talk } });
const closed = (state) => ({ ...state, ...nobody, session: false, left: state.left || state.loaded });
const without = (map, key) => {
  const { [key]: _, ...rest } = map;
  return rest;
};

// `since`: when this was said; `down`: since when the authority has been away, until all that waited for it is out.
function linkFrom(before, link, now) {
  const over = link.up && link.waiting === 0;
  return { ...link, since: now, down: over ? null : before.down ?? (link.up ? null : now) };
}

// Everything new is true; what was typed here and isn't at the agent yet is kept.
function fresh(state, { snapshot, now }) {
  const talks = {};
  for (const [chat, talk] of Object.entries(state.talks)) {
    const unsent = talk.messages.filter(({ order }) => order === null);
    if (chat === state.open) talks[chat] = { ...talk, loaded: false, asking: null };
    else if (unsent.length) talks[chat] = { ...emptyTalk, messages: unsent };
  }
  return {
    ...state,
    talks,
    loaded: true,
    stage: snapshot.stage,
    me: snapshot.me.uid,
    authority: snapshot.authority,
    people: Object.fromEntries([...snapshot.people, snapshot.me].map((person) => [person.uid, person])),
    conversations: Object.fromEntries(snapshot.conversations.map((conversation) => [conversation.chat, conversation])),
    link: linkFrom(state.link, snapshot.link, now),
    alarm: snapshot.alarm,
    joinLink: snapshot.join_link,
    log: { ...state.log, size: snapshot.log_size, asking: false },
    now,
  };
}

const withConversation = (state, conversation) => ({
  ...state,
  conversations: { ...state.conversations, [conversation.chat]: conversation },
});

const withPerson = (state, person) => ({ ...state, people: { ...state.people, [person.uid]: person } });

function withMessage(state, message) {
  const conversation = state.conversations[message.chat];
  const isLast = conversation && (!conversation.last || conversation.last.order <= message.order);
  const next = isLast ? withConversation(state, { ...conversation, last: message }) : state;
  const talk = state.talks[message.chat];
  const isOurs = talk?.messages.some(({ id }) => id === message.id);
  return talk?.loaded || isOurs ? withTalk(next, message.chat, putMessage(talk, message)) : next;
}

const pushes = {
  stage: (state, { stage }) => (stage === "ready" ? { ...state, stage } : { ...closed(state), stage }),
  me: (state, person) => withPerson(state, person),
  person: (state, person) => withPerson(state, person),
  link: (state, link, now) => ({ ...state, link: linkFrom(state.link, link, now) }),
  alarm: (state, alarm) => ({ ...state, alarm }),
  conversation: (state, conversation) => withConversation(state, conversation),
  conversation_gone: (state, { chat: gone }) => {
    const open = state.open === gone ? { open: null, details: false } : {};
    return { ...state, ...open, conversations: without(state.conversations, gone), talks: without(state.talks, gone) };
  },
  message: (state, message) => withMessage(state, message),
};

// A message that is on its way to the agent: it has an id of ours and no place in the order yet.
function sending(state, { chat, id, text, now }) {
  const draft = {
    id,
    chat,
    order: null,
    from: state.me,
    mine: true,
    time: now,
    kind: "text",
    text,
    state: "waiting",
    why: null,
    gap: false,
  };
  const talk = { ...talkOf(state, chat), divider: null };
  return { ...withTalk(state, chat, putMessage(talk, draft)), drafts: without(state.drafts, chat) };
}

function changed(state, { chat, id, change }) {
  const talk = talkOf(state, chat);
  const messages = talk.messages.map((message) => (message.id === id ? { ...message, ...change } : message));
  return withTalk(state, chat, { ...talk, messages });
}

function opened(state, { chat }) {
  const left =
    state.open && state.talks[state.open] && state.open !== chat
      ? withTalk(state, state.open, { ...state.talks[state.open], divider: null })
      : state;
  const next = {
    ...left,
    open: chat,
    section: "chats",
    dialog: null,
    filter: chat === null ? left.filter : "",
    details: chat !== null && state.details && state.open !== null,
  };
  const talk = chat && next.talks[chat];
  if (!talk?.loaded || state.open === chat) return next;
  return withTalk(next, chat, { ...talk, divider: dividerFor(talk.messages, next.conversations[chat]?.unread) });
}

function paged(state, { chat, messages, more, side }) {
  const old = talkOf(state, chat);
  const talk = putPage(old, messages, more, side);
  const divider = old.divider ?? (old.loaded ? null : dividerFor(talk.messages, state.conversations[chat]?.unread));
  return withTalk(state, chat, { ...talk, divider });
}

// The newest page goes before those that were read on to, as long as the two meet.
function logPaged(state, { entries, size, seenBy, more, from }) {
  const before = state.log.entries;
  const newer = from === null ? [] : before.filter(({ n }) => n >= from);
  const last = entries.at(-1)?.n;
  const older = from === null && more && before.some(({ n }) => n === last) ? before.filter(({ n }) => n < last) : [];
  const log = { entries: [...newer, ...entries, ...older], more: older.length ? state.log.more : more };
  return { ...state, log: { ...state.log, ...log, size, seenBy, asking: false } };
}

const events = {
  pushed: (state, { name, value, now }) => pushes[name](state, value, now),
  connected: (state, { up }) => ({ ...state, connected: up }),
  status: (state, { status }) => ({
    ...state,
    status,
    stage: status.stage,
    authority: status.authority ?? state.authority,
  }),
  session: (state, { on }) => (on ? { ...state, session: true, ended: false } : closed(state)),
  snapshot: fresh,
  settings: (state, { settings }) => ({ ...state, settings }),
  clock: (state, { now }) => ({ ...state, now }),
  form: (state, { form }) => ({ ...state, form }),
  refused: (state) => ({ ...closed(state), ended: true }),

  section: (state, { section }) => ({ ...state, section, details: false, dialog: null }),
  open: opened,
  details: (state, { on }) => ({ ...state, details: on }),
  dialog: (state, { dialog }) => ({ ...state, dialog }),
  filter: (state, { text }) => ({ ...state, filter: text }),
  draft: (state, { chat, text }) => ({
    ...state,
    drafts: text ? { ...state.drafts, [chat]: text } : without(state.drafts, chat),
  }),
  toast: (state, { toast }) => ({ ...state, toasts: [...state.toasts.slice(-2), toast] }),
  toast_gone: (state, { id }) => ({ ...state, toasts: state.toasts.filter((toast) => toast.id !== id) }),

  asking: (state, { chat, side }) => withTalk(state, chat, { ...talkOf(state, chat), asking: side }),
  page: paged,
  sending,
  changed,
  taken_back: (state, { chat, id }) => {
    const talk = talkOf(state, chat);
    return withTalk(state, chat, { ...talk, messages: talk.messages.filter((message) => message.id !== id) });
  },

  safety: (state, { safety }) => ({ ...state, safety }),
  log_asking: (state, { filter }) => ({
    ...state,
    log: { ...state.log, filter, asking: true, entries: filter === state.log.filter ? state.log.entries : [] },
  }),
  log_page: logPaged,
  log_failed: (state) => ({ ...state, log: { ...state.log, asking: false } }),
};

export function reduce(state, event) {
  return events[event.type](state, event);
}
