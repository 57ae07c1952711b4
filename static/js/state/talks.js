// The messages of conversations, as the state holds them: a talk for each that has been looked at. Pure.

import { written } from "./compose.js";
import { noSearch, withConversation } from "./list.js";
import { dividerFor, emptyTalk, putMessage, putPage, targetOf, unsentOf } from "./talk.js";

export const talkOf = (/** @type {Page.State} */ state, /** @type {string} */ chat) => state.talks[chat] ?? emptyTalk;
/** @type {(state: Page.State, chat: string, talk: Page.Talk) => Page.State} */
export const withTalk = (state, chat, talk) => ({ ...state, talks: { ...state.talks, [chat]: talk } });

/** After a new snapshot: what was typed here and isn't at the agent yet is kept, the rest is asked for anew. @param {Page.State} state */
export function keptTalks(state) {
  /** @type {Page.Talks} */
  const talks = {};
  for (const [chat, talk] of Object.entries(state.talks)) {
    const unsent = unsentOf(talk);
    if (chat === state.open) talks[chat] = { ...talk, loaded: false, asking: null };
    else if (unsent.length) talks[chat] = { ...emptyTalk, messages: unsent };
  }
  return talks;
}

/** Of all talks only what isn't at the agent yet. @param {Page.State} state */
export const unsentTalks = (state) => keptTalks({ ...state, open: null });

// Much of it has changed: what isn't open is asked for when it is opened again; the open one is, by whoever hears this.
export function withoutTalk(/** @type {Page.State} */ state, /** @type {string} */ chat) {
  if (chat === state.open || !state.talks[chat]) return state;
  return withTalk(state, chat, { ...emptyTalk, messages: unsentOf(state.talks[chat]) });
}

/** Without its words where one is quoted that is gone: of all that answer it the agent tells of the newest only.
 * @param {Page.Message[]} messages @param {string} id @param {Partial<Api.Reply>} now @returns {Page.Message[]} */
const unquoted = (messages, id, now) => messages.map((one) => (one.reply?.id === id ? { ...one, reply: { ...one.reply, ...now } } : one));

/** A message that the agent pushed. @param {Page.State} state @param {Api.Message} message */
export function withMessage(state, message) {
  const conversation = state.conversations[message.chat];
  const isLast = conversation && (!conversation.last || conversation.last.position <= message.position);
  const next = isLast ? withConversation(state, { ...conversation, last: message }) : state;
  const talk = state.talks[message.chat];
  const isOurs = talk?.messages.some(({ id }) => id === message.id);
  const seen = talk?.loaded || isOurs ? putMessage(talk, message) : talk;
  const put = seen && message.deleted ? { ...seen, messages: unquoted(seen.messages, message.id, { kind: "deleted", text: "" }) } : seen;
  const kept = put && talk?.asking ? { ...put, early: [...(talk.early ?? []), message] } : put;
  return kept ? withTalk(next, message.chat, kept) : next;
}

/** "n new" where it stands when the conversation is opened; gone when it is left. @param {Page.State} state @param {string} chat */
function divided(state, chat) {
  const talk = state.talks[chat];
  if (!talk?.loaded) return state;
  return withTalk(state, chat, { ...talk, divider: dividerFor(talk.messages, state.conversations[chat]) });
}

function undivided(/** @type {Page.State} */ state, /** @type {string} */ chat) {
  const talk = state.talks[chat];
  return talk ? withTalk(state, chat, { ...talk, divider: null, target: null }) : state;
}

/** keep: what is sought stays, as whoever opens what was found may go on to the next. @type {Page.Reducers["open"]} */
function opened(state, { chat, keep = false }) {
  const isNew = state.open !== chat;
  const left = isNew && state.open ? undivided(state, state.open) : state;
  /** @type {Page.State} */
  const next = {
    ...left,
    open: chat,
    section: "chats",
    dialog: null,
    selecting: isNew ? null : state.selecting,
    filter: chat === null || keep ? left.filter : "",
    details: chat !== null && state.open !== null && (isNew && state.details ? "about" : state.details),
    chatSearch: isNew ? noSearch : state.chatSearch,
  };
  return isNew && chat ? divided(next, chat) : next;
}

// A message that is on its way to the agent: it has an id of ours and no order, nor a place, yet.
export function withDraft(/** @type {Page.State} */ state, /** @type {string} */ chat, /** @type {Page.Draft} */ draft) {
  const talk = { ...talkOf(state, chat), divider: null };
  const bare = { order: null, position: null, from: state.me ?? "", mine: true, why: null, gap: false, reply: null, edited: null };
  const stays = { lifetime: state.conversations[chat]?.lifetime || null, goes: null };
  const rest = { deleted: false, retracted: null, reactions: [], answers: 0, answered: null, mention: null, keyword: null, starred: false, file: null, imported: false, unsure: false };
  return withTalk(state, chat, putMessage(talk, { chat, ...bare, ...rest, ...stays, ...draft }));
}

/** @type {Page.Reducers["sending"]} */
function sending(state, { chat, id, text, reply = null, now, aside = false }) {
  const next = withDraft(state, chat, { id, time: now, kind: "text", text, state: "waiting", reply });
  return aside ? next : written(next, chat);
}

// One of one's own that the agent hasn't shown yet: from then on what it looks like is the agent's word.
/** @type {Page.Reducers["changed"]} */
function changed(state, { chat, id, change }) {
  const talk = talkOf(state, chat);
  const isIt = (/** @type {Page.Message} */ message) => message.id === id && message.order === null;
  const messages = talk.messages.map((message) => (isIt(message) ? { ...message, ...change } : message));
  return withTalk(state, chat, { ...talk, messages });
}

/** @type {Page.Reducers["taken_back"]} */
function takenBack(state, { chat, id }) {
  const talk = talkOf(state, chat);
  const messages = unquoted(talk.messages.filter((message) => message.id !== id), id, { order: null, kind: null, text: "", missing: true });
  const gone = talk.asking ? [...(talk.gone ?? []), id] : talk.gone;
  return withTalk(state, chat, { ...talk, messages, gone });
}

/** @type {Page.Reducers["page"]} */
function paged(state, { chat, side, target = null, ...page }) {
  const old = talkOf(state, chat);
  // what came while the page was on its way: it may not have that; and what went it may have
  const isIn = (/** @type {Page.Talk} */ { messages }, /** @type {string} */ id) => messages.some((one) => one.id === id);
  const whole = (old.early ?? []).reduce((all, one) => (isIn(all, one.id) ? all : putMessage(all, one)), putPage(old, page, side));
  const talk = old.gone?.length ? { ...whole, messages: whole.messages.filter(({ id }) => !old.gone?.includes(id)) } : whole;
  const divider = old.divider ?? (old.loaded ? null : dividerFor(talk.messages, state.conversations[chat]));
  const shown = target && targetOf(talk.messages, target);
  return withTalk(state, chat, { ...talk, divider, target: shown ?? talk.target });
}

/** @type {Page.Reducers["target"]} */
function targeted(state, { chat, target }) {
  const talk = talkOf(state, chat);
  return withTalk(state, chat, { ...talk, target: targetOf(talk.messages, target) });
}

/** @satisfies {Partial<Page.Reducers>} */
export const talkEvents = {
  open: opened,
  asking: (state, { chat, side }) => withTalk(state, chat, { ...talkOf(state, chat), asking: side, early: [], gone: [] }),
  page: paged,
  target: targeted,
  sending,
  changed,
  taken_back: takenBack,
};
