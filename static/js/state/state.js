// What the page knows, and what each event makes of it: events of the agent's API (docs/agent-api.md) and of the person
// at the page. A pure reducer: no DOM, no socket, no clock; time comes with the event. What belongs to one noun stands in
// NOUN.js; here is who is here, the line, and what lies over the page.

import { allWritten, composeEvents, emptyCompose, unkept, withoutGone, withoutHidden } from "./compose.js";
import { fileEvents, withFile } from "./files.js";
import { emptyList, listEvents, withConversation, withoutConversation, withoutHit, withoutHits } from "./list.js";
import { keptTalks, talkEvents, unsentTalks, withMessage, withoutTalk } from "./talks.js";
import { nothingSelected, selectEvents } from "./selecting.js";
import { emptyTrust, trustEvents } from "./trust.js";
import { nobodyTypes, withTyping } from "./typing.js";

/** @satisfies {Partial<Page.State>} */
const signedOut = {
  ...emptyCompose,
  ...emptyList,
  ...emptyTrust,
  ...nothingSelected,
  me: null,
  people: {},
  everybody: 0, // accounts, also those whom the page doesn't know
  before: {}, // who was here when the link was lost
  talks: {},
  typing: nobodyTypes,
  joinLink: null,
  joinCode: null, // its QR code's rows
  alarm: null,
  disk: null,
  states: [], // named conditions that hold now, the oldest first
  loaded: false,
  link: { up: true, retry_in: null, waiting: 0, why: null, restored: null, since: 0, down: null },
  choices: { read_receipts: true, typing: true, presence: true, backups: true, notifications: /** @type {const} */ ("name"), lock_after: /** @type {const} */ ("never"), desktop: null, groups: /** @type {const} */ ("asked"), keywords: [] }, // kept by the agent
  kit: { where: /** @type {const} */ ("paper"), when: null, asked: null, request: null },
  backup: { kit: false, when: null, size: null, checked: null, under_way: null, why: null, restored: null },
  sheet: null, // the recovery kit, while it is shown
  requestCode: null, // the QR code's rows of the request for another one
  waiting: null, // messages that have not gone out, while the queue is looked at
  section: /** @type {const} */ ("chats"),
  dialog: null,
};

/** @type {Page.State} */
export const initialState = {
  ...signedOut,
  connected: false,
  status: null,
  stage: null,
  authority: null,
  session: false,
  left: false,
  idle: false, // locked by itself
  ended: false,
  kept: null, // what had not reached an agent that went away, until the same person is back: {me, talks, written}
  form: null,
  restore: null, // which backups there are for a kit, until one is taken
  restoring: null, // how much of it is here
  found: [], // authorities that announce themselves on this network
  computers: [], // those from which an account can come
  move: null, // an account that goes, has gone, or comes
  settings: /** @type {any} */ (null), // put in at the page's beginning, before anything is drawn
  toasts: [],
  now: 0,
};

/** Their agent has started anew: what they had written and it never got is theirs when they are back. @param {Page.State} state */
const refused = (state) => ({
  ...closed(state),
  ended: true,
  kept: state.me ? { me: state.me, talks: unsentTalks(state), written: unkept(state) } : state.kept,
});

/** @param {Page.State} state @returns {Page.State} */
const closed = (state) => ({ ...state, ...signedOut, session: false, left: state.left || state.loaded });

// `since`: when this was said; `down`: since when the authority has been away, until all that waited for it is out.
function linkFrom(/** @type {Page.Link} */ before, /** @type {Api.Link} */ link, /** @type {number} */ now) {
  const over = link.up && link.waiting === 0;
  return { ...link, since: now, down: over ? null : before.down ?? (link.up ? null : now) };
}

/** Everything new is true; what was typed here and isn't at the agent yet is kept. @type {Page.Reducers["snapshot"]} */
function fromSnapshot(state, { snapshot, now }) {
  const kept = state.kept?.me === snapshot.me.uid ? state.kept : null;
  return {
    ...state,
    talks: kept ? { ...kept.talks, ...keptTalks(state) } : keptTalks(state),
    kept: null,
    typing: nobodyTypes,
    loaded: true,
    stage: snapshot.stage,
    me: snapshot.me.uid,
    authority: snapshot.authority,
    people: Object.fromEntries([...snapshot.people, snapshot.me].map((person) => [person.uid, person])),
    before: {},
    everybody: snapshot.people_in_all,
    conversations: Object.fromEntries(snapshot.conversations.map((conversation) => [conversation.chat, conversation])),
    ...allWritten(snapshot.conversations, kept ? kept.written : unkept(state)),
    link: linkFrom(state.link, snapshot.link, now),
    alarm: snapshot.alarm,
    choices: { ...state.choices, ...snapshot.settings },
    kit: snapshot.kit ?? state.kit,
    backup: snapshot.backup ?? state.backup,
    disk: snapshot.disk ?? null,
    states: snapshot.states ?? [],
    joinLink: snapshot.join_link,
    log: { ...state.log, size: snapshot.log_size, asking: false },
    now,
  };
}

/** @type {(state: Page.State, person: Api.Person) => Page.State} */
const withPerson = (state, person) => {
  const { [person.uid]: _said, ...before } = state.before;
  return { ...state, people: { ...state.people, [person.uid]: person }, before };
};

// Without a link to the authority nobody's presence is known: one event says so of everybody. With one, it is again what it
// was before, but for who was told of meanwhile.
function withPresence(/** @type {Page.State} */ state, /** @type {Api.Link} */ { up }) {
  if (up === state.link.up) return state;
  const before = up ? state.before : Object.fromEntries(Object.values(state.people).map(({ uid, online }) => [uid, online]));
  const people = Object.entries(state.people).map(([uid, person]) =>
    [uid, person.me || (up && !(uid in before)) ? person : { ...person, online: up ? before[uid] : null }]);
  return { ...state, people: Object.fromEntries(people), before: up ? {} : before };
}

/** What lies over the page once this is closed. @param {Page.Dialog | null} dialog */
const nextOf = (dialog) => (dialog?.kind === "kit" && dialog.next) || null;

/** Wherever one meant to do something with a message, or has found it. @param {Page.State} state @param {{chat: string, id: string, deleted: boolean}} message */
const withoutTrace = (state, message) => withoutHit(withoutGone(state, message), message);

/** @type {{[K in keyof Page.Pushes]: (state: Page.State, value: Page.Pushes[K], now: number) => Page.State}} */
const pushes = {
  stage: (state, { stage, why }) =>
    stage === "ready" ? { ...state, stage, idle: false } : { ...closed(state), stage, idle: why === "idle" },
  me: withPerson,
  person: withPerson,
  link: (state, link, now) => ({ ...withPresence(state, link), link: linkFrom(state.link, link, now) }),
  alarm: (state, alarm) => ({ ...state, alarm }),
  typing: withTyping,
  discovered: (state, { authorities }) => ({ ...state, found: authorities }),
  computers: (state, { computers }) => ({ ...state, computers }),
  move: (state, move) => ({ ...state, move }),
  disk: (state, disk) => ({ ...state, disk }),
  states: (state, { states }) => ({ ...state, states }),
  settings: (state, choices) => ({ ...state, choices }),
  backup: (state, backup) => ({ ...state, backup }),
  restoring: (state, restoring) => ({ ...state, restoring }),
  kit: (state, kit) => ({ ...state, kit, requestCode: kit.request === state.kit.request ? state.requestCode : null }),
  conversation: withConversation,
  conversation_gone: (state, { chat }) => withoutConversation(state, chat),
  message_gone: (state, { chat, id }) => withoutTrace(talkEvents.taken_back(state, { chat, id }), { chat, id, deleted: true }),
  message: (state, message) => withoutTrace(withMessage(state, message), message),
  file: withFile,
  reread: (state, { chat }) => withoutHidden(withoutHits(withoutTalk(state, chat), chat), chat),
};

/** @type {Page.Reducers} */
const events = {
  ...composeEvents,
  ...listEvents,
  ...talkEvents,
  ...trustEvents,
  ...fileEvents,
  ...selectEvents,

  pushed: (state, { name, value, now }) => /** @type {Function | undefined} */ (pushes[name])?.(state, value, now) ?? state,
  connected: (state, { up }) => ({ ...state, connected: up }),
  status: (state, { status }) => ({
    ...state,
    status,
    stage: status.stage,
    move: status.move ?? null,
    authority: status.authority ?? state.authority,
  }),
  session: (state, { on }) => (on ? { ...state, session: true, ended: false } : closed(state)),
  snapshot: fromSnapshot,
  settings: (state, { settings }) => ({ ...state, settings }),
  clock: (state, { now }) => ({ ...state, now }),
  waiting: (state, { messages }) => ({ ...state, waiting: messages }),
  found: (state, { authorities }) => ({ ...state, found: authorities }),
  people_found: (state, { people }) => people.reduce(withPerson, state),
  computers: (state, { computers }) => ({ ...state, computers }),
  move: (state, { move }) => ({ ...state, move }),
  join_code: (state, { rows }) => ({ ...state, joinCode: rows }),
  form: (state, { form }) => ({ ...state, form }),
  refused,

  section: (state, { section }) => ({ ...state, section, details: false, dialog: null, sheet: null }),
  // what is on the sheet is in the page only while one looks at it
  dialog: (state, { dialog }) => ({ ...state, dialog: dialog ?? nextOf(state.dialog), sheet: null }),
  restore: (state, { restore }) => ({ ...state, restore, restoring: null }),
  sheet: (state, { sheet }) => ({ ...state, sheet }),
  request_code: (state, { rows }) => ({ ...state, requestCode: rows }),
  toast: (state, { toast }) => ({ ...state, toasts: [...state.toasts.slice(-2), toast] }),
  toast_gone: (state, { id }) => ({ ...state, toasts: state.toasts.filter((toast) => toast.id !== id) }),
};

/** @param {Page.State} state @param {Page.Event} event @returns {Page.State} */
export const reduce = (state, event) => /** @type {Function} */ (events[event.type])(state, event);
