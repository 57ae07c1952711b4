// The keyboard: what works everywhere on the page. Keys inside one part (list, menu, dialog, composer) are that part's
// own.

import { lock } from "../actions/account.js";
import { write } from "../actions/compose.js";
import { attempt } from "../actions/notice.js";
import { compare } from "../actions/safety.js";
import { goTo, openChat } from "../actions/reading.js";
import { leaveSelecting } from "../actions/selecting.js";
import { leaveSearch } from "../actions/search.js";
import { isNarrowed } from "../state/list.js";
import { conversationsOf } from "../state/screen.js";
import { dispatch, getState, openDialog } from "../core/store.js";
import { isOptionSign, letterOf } from "../lib/letter.js";
import { isNarrow } from "../lib/width.js";
import { isComposed } from "../kit/composed.js";

/** @type {Page.Section[]} */
export const sections = ["chats", "people", "trust", "settings"];

const isTyping = (/** @type {Element} */ target) => target.closest?.("input, textarea, select, [contenteditable]");

function step(/** @type {number} */ by) {
  const state = getState();
  const chats = conversationsOf(state).map(({ chat }) => chat);
  const at = chats.indexOf(state.open ?? "");
  const next = chats[Math.min(chats.length - 1, Math.max(0, at + by))];
  if (next && next !== state.open) openChat(next);
}

/** The parts of the page that F6 goes round: rail, list, main panel, writing, details. @param {boolean} back */
function nextPart(back) {
  const parts = [".rail .is-here", ".rows .row[tabindex='0'], #search", ".log, .page-scroll", "#write", ".details-body, #search-within"]
    .map((part) => /** @type {HTMLElement | null} */ (document.querySelector(part)))
    .filter((part) => part?.getClientRects().length);
  const at = parts.findIndex((part) => part?.contains(document.activeElement));
  parts.at((at + (back ? -1 : 1)) % parts.length)?.focus();
}

function away(/** @type {Page.State} */ state) {
  if (state.dialog) return false; // a dialog closes itself
  if (state.selecting) leaveSelecting();
  else if (state.details) dispatch({ type: "details", on: false });
  else if (state.section !== "chats") goTo("chats");
  else if (state.filter || isNarrowed(state.listSearch.narrow)) leaveSearch();
  else if (state.open) openChat(null);
  else return false;
  return true;
}

/** @param {string} id */
const toField = (id) => requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(id)?.focus()));

function searchAll() {
  if (getState().section !== "chats") goTo("chats");
  if (isNarrow() && getState().open) openChat(null);
  toField("search");
}

function searchHere() {
  if (getState().details !== "search") dispatch({ type: "details", on: "search" });
  toField("search-within");
}

// With Ctrl and Alt, wherever one is: with Ctrl alone these letters are the browser's (its address bar, its downloads, what a
// page is made of), and with Shift some are those of whoever writes. `open`: what needs a conversation.
/** @type {Record<string, {act: (state: Page.State) => unknown, open?: boolean}>} */
const commands = {
  K: { act: searchAll },
  J: { act: ({ open, now }) => openDialog({ kind: "date", chat: open ?? "", time: now }), open: true },
  L: { act: () => attempt(lock()) },
  U: { act: () => document.getElementById("attach")?.click(), open: true },
  V: { act: ({ open }) => open?.startsWith("p:") && compare(open.slice(2)), open: true },
};

const isTalk = (/** @type {Page.State} */ { open, section }) => open !== null && section === "chats";

function command(/** @type {Page.Press} */ event, /** @type {Page.State} */ state) {
  const found = commands[letterOf(event)];
  // AltGr, which makes letters, says on some systems that it is Ctrl and Alt
  if (!found || event.shiftKey || event.getModifierState("AltGraph") || (found.open && !isTalk(state))) return false;
  found.act(state);
  return true;
}

/** Ctrl + F looks through the open conversation, of which the page holds a part; once more is the browser's own. @param {Page.Press} event @param {Page.State} state */
function find(event, state) {
  if (event.shiftKey || letterOf(event) !== "F" || !isTalk(state) || event.target.id === "search-within") return false;
  searchHere();
  return true;
}

function taken(/** @type {Page.Press} */ event, /** @type {Page.State} */ state) {
  const { key, altKey: alt, ctrlKey: ctrl, metaKey: meta, shiftKey: shift } = event;
  if (key === "Escape" && !ctrl && !meta && !alt) return away(state);
  if (state.dialog) return false;
  if (key === "F6") {
    nextPart(shift);
    return true;
  }
  if (ctrl && alt && !meta) return command(event, state);
  if ((ctrl || meta) && !alt) return find(event, state);
  if (alt && !ctrl && !meta && /^Digit[1-4]$/.test(event.code) && !(isTyping(event.target) && isOptionSign(event))) {
    goTo(sections[Number(event.code.at(-1)) - 1]);
    return true;
  }
  if (alt && !ctrl && !meta && (key === "ArrowUp" || key === "ArrowDown")) {
    step(key === "ArrowUp" ? -1 : 1);
    return true;
  }
  if (isTyping(event.target) || alt || ctrl || meta) return false;
  if (key === "/") {
    searchAll();
    return true;
  }
  if (key === "?" || key === "؟") {
    openDialog({ kind: "shortcuts" });
    return true;
  }
  return false;
}

/** Who types or pastes where nothing takes letters, as behind a press on a message or on a button, goes on writing: the field has
 * focus before the letter comes. Space presses, or turns the page. @param {Page.Press} event @param {Page.State} state */
function goOn(event, state) {
  const { target, key, altKey: alt, ctrlKey: ctrl, metaKey: meta } = event;
  if (!isTalk(state) || state.dialog || state.popover || state.selecting) return;
  if (target !== document.body && !target.matches(".log, .row, section.pane button, section.pane a")) return;
  const isLetter = [...key].length === 1 && key !== " " && ((!alt && !ctrl && !meta) || event.getModifierState("AltGraph"));
  if (isLetter || ((ctrl || meta) && !alt && letterOf(event) === "V")) write();
}

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    const state = getState();
    if (event.defaultPrevented || isComposed(event) || !state.session || !state.loaded) return;
    if (taken(/** @type {Page.Press} */ (event), state)) event.preventDefault();
    else goOn(/** @type {Page.Press} */ (event), state);
  });
}
