// Which part of the page is on the screen, as words of an address, and what such words mean here. Pure.

/** @typedef {{section: Page.Section, chat: string | null, details: Page.State["details"], uid: string | null}} Place */

const sections = ["people", "trust", "settings"];

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
  const list = { section: "chats", chat: null, details: false, uid: null };
  const [, first = "", second = ""] = place.split("/");
  if (sections.includes(first)) {
    const section = /** @type {Page.Section} */ (first);
    return { ...list, section, uid: section === "trust" && person(state, `p:${second}`) ? second : null };
  }
  const other = person(state, first);
  if (!Object.hasOwn(state.conversations, first) && (!other || other.me)) return list;
  const isDetails = second === "about" || second === "search" || (first.startsWith("g:") && person(state, second));
  return { ...list, chat: first, details: isDetails ? /** @type {Place["details"]} */ (second) : false };
}
