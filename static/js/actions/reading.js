// Opening conversations and reading in them: which stretch of messages is asked for, where reading begins, and what has
// been read.

import { Refusal, call, refusalOf } from "../core/connection.js";
import { openOf, othersOf, personKnownAs, personNamed } from "../state/screen.js";
import { findPeople } from "./people.js";
import { dispatch, getState, openDialog } from "../core/store.js";
import { newestPosition, oldestPosition } from "../state/talk.js";
import { attempt, showError } from "./notice.js";

/** To the beginning of a section. @param {Page.Section} section */
export function goTo(section) {
  dispatch({ type: "section", section });
  if (section === "trust") dispatch({ type: "safety", safety: { uid: null } });
}

const page = 50;
const most = 200; // as many as the agent gives at once
const few = 20; // unread messages that stand on the newest page, whatever is between them

/**
 * @param {string} chat @param {Page.Side} side @param {Omit<Api.Calls["history"][0], "chat">} place
 * @param {Page.Sought | null} target
 */
async function ask(chat, side, place, target = null) {
  dispatch({ type: "asking", chat, side });
  const asked = call("history", { chat, limit: page, ...place });
  const done = await attempt(asked.then((found) => dispatch({ type: "page", chat, side, target, ...found })));
  if (!done) dispatch({ type: "asking", chat, side: null });
}

export const askNewest = (/** @type {string} */ chat) => ask(chat, "newest", {});

/** After the line to the agent was cut: the same stretch as before, as it is now. @param {string} chat */
export function askAgain(chat) {
  const talk = getState().talks[chat];
  const orders = (talk?.messages ?? []).map(({ order }) => order).filter((order) => order !== null);
  const limit = Math.min(most, Math.max(page, orders.length));
  if (!talk?.newer) return ask(chat, "newest", { limit });
  return ask(chat, "around", { around: orders[orders.length >> 1], limit });
}

/** The first message of a talk whose empty pane is open already. @param {string} chat */
export function askIfOpen(chat) {
  const state = getState();
  if (openOf(state)?.chat === chat && !state.talks[chat]?.loaded && !state.talks[chat]?.asking) askNewest(chat);
}

export function askOlder(/** @type {string} */ chat) {
  const talk = getState().talks[chat];
  if (!talk?.loaded || !talk.older || talk.asking) return;
  ask(chat, "older", { before: oldestPosition(talk) });
}

export function askNewer(/** @type {string} */ chat) {
  const talk = getState().talks[chat];
  if (!talk?.loaded || !talk.newer || talk.asking) return;
  ask(chat, "newer", { after: newestPosition(talk) });
}

// Where reading begins: at the first unread message if it is further up than the newest page reaches, or at the end.
function askBeginning(/** @type {string} */ chat) {
  const { unread, first_unread: first } = getState().conversations[chat];
  if (first && unread > few) ask(chat, "around", { around: first });
  else askNewest(chat);
}

/** @param {string | null} chat */
export function openChat(chat, keep = false) {
  dispatch({ type: "open", chat, keep });
  const { conversations, talks } = getState();
  if (!chat || !conversations[chat]) return;
  if (conversations[chat].marked_unread) attempt(call("set_chat", { chat, marked_unread: false }));
  const talk = talks[chat];
  if (talk?.asking || (talk?.loaded && !talk.newer)) return;
  askBeginning(chat);
}

// To one message, which is shown: at once where it is at hand, else with what stands around it.
export function openAt(/** @type {string} */ chat, /** @type {number} */ order) {
  const talk = getState().talks[chat];
  const isHere = talk?.loaded && talk.messages.some((message) => message.order === order);
  dispatch({ type: "open", chat, keep: true });
  if (isHere) dispatch({ type: "target", chat, target: { order, mark: true } });
  else return ask(chat, "around", { around: order }, { order, mark: true });
}

/** The order of a message in a chat. @param {string} chat @param {string} id @returns {Promise<number>} */
async function orderOf(chat, id) {
  const { conversations, talks } = getState();
  const known = conversations[chat] && talks[chat]?.messages.find((message) => message.id === id)?.order;
  return known ?? (await call("find_message", { chat, id })).order;
}

/** To a message that a link names by its id; from where it isn't, nowhere. @param {string} chat @param {string} id */
export async function openMessage(chat, id) {
  const { conversations, me, open } = getState();
  // a private chat is called by the other: of one's own name it may be the talk in which the link stands, or one's notes
  const order = chat === `p:${me}` && open ? await orderOf(open, id).catch(() => null) : null;
  if (open && order !== null) return openAt(open, order);
  if (conversations[chat] && open !== chat) openChat(chat, true);
  try {
    openAt(chat, await orderOf(chat, id));
  } catch (error) {
    showError(refusalOf(error));
  }
}

/** To the first message of a day, given by its first millisecond. @param {string} chat @param {number} time */
export const openDay = (chat, time) => ask(chat, "around", { at: time }, { time, mark: false });

/** By user name, or by what only one person is called; who isn't in the log isn't here. @param {string} username */
export async function openPerson(username) {
  const found = () => personNamed(getState(), username) ?? personKnownAs(getState(), username);
  if (!found() && othersOf(getState())) await findPeople(username);
  const person = found();
  if (!person) throw new Refusal({ code: "unknown_user", field: "username", values: { name: username } });
  openChat(`p:${person.uid}`);
}

/** Who somebody is: beside the group, or the talk with them, that is open; else over everything. @param {string} uid */
export function showPerson(uid) {
  const { open, people, section } = getState();
  if (!people[uid]) return;
  if (section !== "chats") openDialog({ kind: "person", uid });
  else if (open?.startsWith("g:")) dispatch({ type: "details", on: `p:${uid}` });
  else if (open === `p:${uid}`) dispatch({ type: "details", on: "about" });
  else openDialog({ kind: "person", uid });
}

/** @type {Map<string, number>} */
const read = new Map();

// Another account counts its messages anew.
export const forgetRead = () => read.clear();

/** Each place is told once; a conversation without unread messages has nothing to tell. @param {string} chat @param {number} position */
export function markRead(chat, position) {
  if (position <= (read.get(chat) ?? -1) || !getState().conversations[chat]?.unread) return;
  read.set(chat, position);
  call("mark_read", { chat, position }).catch((error) => {
    refusalOf(error);
    read.delete(chat); // tried again with the next scroll or message
  });
}
