// Which part of the page is on the screen, as words of an address, and what such words mean here. Pure.

/** @typedef {{section: Page.Section, chat: string | null, details: Page.State["details"], uid: string | null, message: string | null}} Place */

const sections = ["people", "trust", "settings"];
const isId = /^[\da-f]{32}$/u;
const link = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?\/#\/([pg]:[\da-f]+)\/message\/([\da-f]{32})$/u;

/** The address of one message, for whoever is in that chat: each has it on their own computer. @param {{chat: string, id: string}} message */
export const messagePlace = ({ chat, id }) => `/#/${chat}/message/${id}`;

/** Which message an address leads to, whoever's page of Hamraz it is of; null of every other. @param {string} href */
export function linkedMessage(href) {
  const found = link.exec(href);
  return found && { chat: found[1], id: found[2] };
}

/** "" is the list. @param {Page.State} state */
export function placeOf({ section, open, details, safety }) {
  if (section === "trust" && safety.uid !== null) return `/trust/${safety.uid}`;
  if (section !== "chats") return `/${section}`;
  if (open === null) return "";
  return `/${open}${details ? `/${details}` : ""}`;
}

/** Somebody of whom there can be details beside a talk. @param {Page.State} state @param {string} what */
const person = (state, what) => (what.startsWith("p:") ? state.people[what.slice(2)] : undefined);

/** Of what isn't known here there is the list. @param {Page.State} state @param {string} place @returns {Place} */
export function readPlace(state, place) {
  /** @type {Place} */
  const list = { section: "chats", chat: null, details: false, uid: null, message: null };
  const [, first = "", second = "", third = ""] = place.split("/");
  if (sections.includes(first)) {
    const section = /** @type {Page.Section} */ (first);
    return { ...list, section, uid: section === "trust" && person(state, `p:${second}`) ? second : null };
  }
  const other = person(state, first);
  if (!Object.hasOwn(state.conversations, first) && (!other || other.me)) return list;
  if (second === "message" && isId.test(third)) return { ...list, chat: first, message: third };
  const isDetails = second === "about" || second === "search" || (first.startsWith("g:") && person(state, second));
  return { ...list, chat: first, details: isDetails ? /** @type {Place["details"]} */ (second) : false };
}
