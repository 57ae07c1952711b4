// Which part of the page is on the screen, as words of an address, and what such words mean here. Pure.

import { threadIn } from "./threads.js";

/** @typedef {{section: Page.Section, chat: string | null, details: Page.State["details"], uid: string | null, message: string | null, join: Page.JoinLink | null}} Place */

const sections = ["people", "trust", "settings"];
const isId = /^[\da-f]{32}$/u;
// an address of this program on somebody's computer, as their browser has it or as one gives it away
const own = String.raw`(?:http://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?/#|web\+hamraz:)`;
const message = String.raw`/([pg]:[\da-f]+)/message/([\da-f]{32})`;
const link = new RegExp(`^${own}${message}$`, "u");
const join = String.raw`/join/([\da-f]{32})/([\da-f]{64})/([\da-f]{32})/([^/\s]{1,800})`;
const joinPlace = new RegExp(`^${join}$`, "u");
const joinLink = new RegExp(`^${own}${join}$`, "u");
const joinInside = new RegExp(`${own}${join}`, "u");
const shown = new RegExp(String.raw`^web\+hamraz:((?:${join})|(?:${message}))$`, "u"); // protocol.md 3.1
const longest = 64; // characters of a group's name

/** The address of one message, for whoever is in that chat: each has it on their own computer. @param {{chat: string, id: string}} message */
export const messagePlace = ({ chat, id }) => `/#/${chat}/message/${id}`;

/** Which message an address leads to, whoever's page of Hamraz it is of; null of every other. @param {string} href */
export function linkedMessage(href) {
  const found = link.exec(href);
  return found && { chat: found[1], id: found[2] };
}

/** @param {RegExpExecArray | null} found @returns {Page.JoinLink | null} */
function joinOf(found) {
  if (!found) return null;
  const [, gid, uid, secret, spelled] = found;
  try {
    const name = [...decodeURIComponent(spelled)].slice(0, longest).join("");
    return name.trim() ? { gid, uid, secret, name } : null;
  } catch {
    return null; // no name's spelling
  }
}

/** The group that an address lets one ask to come into; null of every other. @param {string} href */
export const linkedGroup = (href) => joinOf(joinLink.exec(href));

/** The same of a text in which there may be more, and which a mail may have broken into lines. @param {string} text */
export const groupLinkIn = (text) => joinOf(joinInside.exec(text)) ?? joinOf(joinInside.exec(text.replace(/\s/gu, "")));

const given = /^\/open\/([^/]{1,4000})$/u;

/** The link with which another program has this page opened; "" where there is none. @param {string} place */
function linkGiven(place) {
  try {
    return decodeURIComponent(given.exec(place)?.[1] ?? "");
  } catch {
    return "";
  }
}

/** Where that link leads here: to a group that one may ask to join, or to a message. Of every other there is the list. @param {string} place */
const placeGiven = (place) => (place.startsWith("/open/") ? (shown.exec(linkGiven(place))?.[1] ?? "") : place);

/** The join link of a server, if that is what was given; "" if not. @param {string} place */
export const joinLinkGiven = (place) => /^web\+(hamraz:\/\/\S{1,1000})$/u.exec(linkGiven(place))?.[1] ?? "";

/** The launch token that stands behind "#"; "" where it is spelled in no way, null where there is none. @param {string} hash */
export function launchIn(hash) {
  const found = /^#launch=(.+)$/u.exec(hash);
  try {
    return found && decodeURIComponent(found[1]);
  } catch {
    return "";
  }
}

/** "" is the list. @param {Page.State} state */
export function placeOf({ section, open, details, safety }) {
  if (section === "trust" && safety.uid !== null) return `/trust/${safety.uid}`;
  if (section !== "chats") return `/${section}`;
  if (open === null) return "";
  return `/${open}${details ? `/${details}` : ""}`;
}

/** Somebody of whom there can be details beside a talk. @param {Page.State} state @param {string} what */
const person = (state, what) => (what.startsWith("p:") && Object.hasOwn(state.people, what.slice(2)) ? state.people[what.slice(2)] : undefined);

/** Of what isn't known here there is the list. @param {Page.State} state @param {string} address @returns {Place} */
export function readPlace(state, address) {
  const place = placeGiven(address);
  /** @type {Place} */
  const list = { section: "chats", chat: null, details: false, uid: null, message: null, join: joinOf(joinPlace.exec(place)) };
  const [, first = "", second = "", third = ""] = place.split("/");
  if (sections.includes(first)) {
    const section = /** @type {Page.Section} */ (first);
    return { ...list, section, uid: section === "trust" && person(state, `p:${second}`) ? second : null };
  }
  const other = person(state, first);
  if (!Object.hasOwn(state.conversations, first) && (!other || other.me)) return list;
  if (second === "message" && isId.test(third)) return { ...list, chat: first, message: third };
  const isDetails = second === "about" || second === "search" || threadIn(second) !== null || (first.startsWith("g:") && person(state, second));
  return { ...list, chat: first, details: isDetails ? /** @type {Place["details"]} */ (second) : false };
}
