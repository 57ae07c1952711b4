// Which screen the state asks for, and what the list shows in which order. Pure.

import { fold, joined, loosely } from "../lib/fold.js";
import { isNarrowed } from "./list.js";
import { counted } from "./quiet.js";
import { inOrder } from "../i18n/i18n.js";
import { called, namesOf, talkWith } from "./names.js";

export function screenOf(/** @type {Page.State} */ state) {
  if (!state.session) {
    if (!state.status) return "loading";
    if (["moving", "moved"].includes(state.stage ?? "")) return "moving";
    const isFree = ["join", "sign_up", "arriving"].includes(state.stage ?? "");
    if (isFree && state.form === "move") return "from_computer";
    if (state.stage === "arriving") return "moving";
    if (state.stage === "join") return "join";
    if (state.stage === "sign_up") {
      if (state.form === "with_kit" || state.form === "move") return "log_in";
      return state.form ?? (state.status.restoring || state.status.backup_file ? "restore" : "sign_up");
    }
    return state.form === "with_kit" || state.form === "join" ? state.form : "log_in";
  }
  if (!state.loaded) return "loading";
  if (state.section !== "chats") return state.section;
  if (state.open === null) return "list";
  return state.open.startsWith("g:") ? "group" : "chat";
}

/** On a narrow window one of these fills it. @param {Page.State} state */
export const paneOf = (state) => (state.section !== "chats" ? "page" : state.open === null ? "list" : "chat");

/** What is unread where one wants to be told of it. @param {Page.State} state */
export const unreadOf = (state) =>
  Object.values(state.conversations).reduce((sum, conversation) => sum + counted(conversation, state.now), 0);

/** With or without a space or half-space between its words. @param {string} text @param {string} sought */
export const finds = (text, sought) => loosely(text).includes(loosely(sought)) || joined(text).includes(joined(sought));

/** By any of their names. @param {import("./names.js").Named} person @param {string} sought */
export const isCalled = (person, sought) => namesOf(person).some((name) => finds(name, sought));
/** @param {import("./names.js").Named} person @param {string} sought */
export const beginsSo = (person, sought) => namesOf(person).some((name) => joined(name).startsWith(joined(sought)));

/** An invitation that was declined: nothing of the group has ever been here. @param {Api.Conversation} conversation */
const isDeclined = ({ group, last }) => group?.state === "left" && !last;

/** @param {Page.State} state @param {Api.Conversation} conversation */
function isFound({ people, filter }, conversation) {
  const person = people[conversation.uid ?? ""];
  return isCalled(person ?? conversation, filter) || (person?.me === true && finds(talkWith(person), filter));
}

/** What is open stays where it is, also once it is read. @param {Page.State} state @param {Api.Conversation} conversation */
function isWanted({ only, open }, { chat, kind, unread, marked_unread: marked, group }) {
  if (only === null || chat === open) return true;
  return only === "unread" ? unread > 0 || marked || Boolean(group?.asks.length) : only === (kind === "group" ? "groups" : "people");
}

const enough = 6; // chats: of fewer there is nothing to choose

/** Whether one may look at some of the chats only. @param {Page.State} state */
export const mayFilter = ({ conversations, only, filter, listSearch }) =>
  !filter.trim() && !isNarrowed(listSearch.narrow) && (only !== null || Object.keys(conversations).length >= enough);

/** Those that are pinned on top, then the newest, a letter to somebody new that isn't sent yet before them; a filter looks
 * at names. @param {Page.State} state */
export function conversationsOf(state) {
  const all = Object.values(state.conversations).filter((conversation) => !isDeclined(conversation));
  const here = all.filter(({ archived }) => Boolean(archived) === state.shelf);
  const wanted = state.filter.trim() ? all.filter((one) => isFound(state, one)) : here.filter((one) => isWanted(state, one));
  // by the agent's word of when it came: who claims to have written tomorrow stays on top no longer than others
  const came = (/** @type {Api.Conversation} */ { chat, time, last, group }) =>
    time ?? last?.time ?? group?.last_checked ?? (state.drafts[chat] && !group ? Infinity : 0);
  const pinned = (/** @type {Api.Conversation} */ conversation) => Number(conversation.pinned ?? false);
  return wanted.sort((a, b) => pinned(b) - pinned(a) || Number(came(b) > came(a)) - Number(came(a) > came(b)) || (a.chat < b.chat ? -1 : 1));
}

/** Everything that the list shows, row by row, with `stop` false where there is nothing to press. @param {Page.State} state */
export function rowsOfList(state) {
  const narrowed = isNarrowed(state.listSearch.narrow); // whoever says what it is looks for messages
  /** @type {{kind: string, key: string, stop?: boolean, [what: string]: any}[]} */
  const rows = narrowed ? [] : conversationsOf(state).map((conversation) => ({ kind: "chat", key: conversation.chat, conversation }));
  const people = narrowed ? [] : withoutChat(state).map((person) => ({ kind: "person", key: `person ${person.uid}`, person }));
  const { hits, more } = state.listSearch;
  const messages = narrowed || state.filter.trim() ? hits.map((hit) => ({ kind: "hit", key: `hit ${hit.message.order}`, hit })) : [];
  const part = (/** @type {string} */ words) => ({ kind: "part", key: words, words, stop: false });
  const archived = Object.values(state.conversations).filter((one) => one.archived && !isDeclined(one)).length;
  if (state.shelf && !narrowed) rows.unshift({ kind: "shelf", key: "shelf", n: archived });
  else if (archived && !narrowed && !state.filter.trim()) rows.push({ kind: "shelf", key: "shelf", n: archived });
  if (people.length) rows.push(part("list.people"), ...people);
  if (messages.length) rows.push(part("search.messages"), ...messages);
  if (messages.length && more) rows.push({ kind: "more", key: "more" });
  return rows;
}

/** Whom a filter finds besides: people one has no conversation with. @param {Page.State} state */
export function withoutChat(state) {
  if (!state.filter.trim()) return [];
  return peopleOf(state)
    .filter(
      (person) => !person.me && !person.revoked && !state.conversations[`p:${person.uid}`] && isCalled(person, state.filter),
    )
    .slice(0, 20);
}

/** The groups in which both are. @param {Page.State} state @param {string} uid */
export const groupsWith = (state, uid) =>
  Object.values(state.conversations)
    .filter(({ group }) => group?.state === "joined" && group.members.some((member) => member.uid === uid && member.state === "joined"))
    .sort((a, b) => inOrder(a.name, b.name));

const ranks = ["super admin", "admin", "advanced user", "beginner user"];

/** @typedef {import("./names.js").Named & {role: string | null}} Ranked @type {(a: Ranked, b: Ranked) => number} */
export const byRank = (a, b) => ranks.indexOf(a.role ?? "") - ranks.indexOf(b.role ?? "") || inOrder(called(a), called(b));

/** How many there are beside those whom the page knows: among many the agent tells of the others as they are sought. */
export const othersOf = (/** @type {Page.State} */ state) => Math.max(0, state.everybody - Object.keys(state.people).length);

export const peopleOf = (/** @type {Page.State} */ state) => Object.values(state.people).sort(byRank);

/** Whom one can write to, those who are here now first. @param {Page.State} state */
export const toWriteTo = (state) =>
  Object.values(state.people)
    .filter(({ me, revoked, blocked }) => !me && !revoked && !blocked)
    .sort((a, b) => Number(Boolean(b.online)) - Number(Boolean(a.online)) || inOrder(called(a), called(b)));

/** What there is to do first: nobody else is here, no conversation yet, or both are done. @param {Page.State} state */
export function firstHour(state) {
  if ([false, true].some((shelf) => conversationsOf({ ...state, filter: "", only: null, shelf }).length)) return "done";
  return Object.values(state.people).some(({ me, revoked }) => !me && !revoked) ? "first" : "alone";
}

/** The person with exactly this user name, or the only one with it but for capitals. @param {Page.State} state @param {string} name */
export function personNamed(state, name) {
  const sought = name.trim().normalize("NFC");
  const people = Object.values(state.people).filter(({ revoked }) => !revoked);
  return (
    people.find((person) => person.name === sought) ??
    people.find((person) => fold(person.name) === fold(sought)) ??
    null
  );
}

/** The only person who is called so. @param {Page.State} state @param {string} name */
export function personKnownAs(state, name) {
  const [person, another] = Object.values(state.people).filter((one) => !one.revoked && fold(called(one)) === fold(name));
  return another ? null : (person ?? null);
}

// The other's person and the conversation behind what is open; a first message makes the conversation.
/** @param {Page.State} state @returns {Page.Open | null} */
export function openOf(state) {
  if (state.open === null) return null;
  const conversation = state.conversations[state.open] ?? null;
  const person = state.open.startsWith("p:") ? (state.people[state.open.slice(2)] ?? null) : null;
  if (!conversation && !person) return null;
  return {
    chat: state.open,
    conversation,
    person,
    group: conversation?.group ?? null,
    name: person ? talkWith(person) : conversation?.name ?? "",
  };
}

/** An authority has no name but where it is. @param {{hosts: string[], port: number}} authority */
export const where = ({ hosts, port }) => `${hosts[0]}:${port}`;
