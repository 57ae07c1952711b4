// The address of what is on the screen, and the browser's own ways between addresses: Back, Forward, a reload, an address
// that is typed. All of it stands behind the "#", which no browser sends to anybody: "#/p:UID/about", "#/trust". There is
// nothing secret in one.

import { openGroupLink } from "../actions/joining.js";
import { showError } from "../actions/notice.js";
import { compare } from "../actions/safety.js";
import { goTo, openChat, openMessage } from "../actions/reading.js";
import { closeDialog, dispatch, getState, watch } from "../core/store.js";
import { launchIn, placeOf, readPlace } from "../state/place.js";

// Of an entry of the browser's history: the place that it was reached from, and whether it is there for a dialog, which
// Back closes.
/** @typedef {{before: string | null, over: boolean}} Entry */

let isHere = false; // whether the place of the address is on the screen: not before one is in
let isGoing = false; // whether the browser is on its way to the entry that we asked for

const here = () => location.hash.slice(1);
const url = (/** @type {string} */ place) => location.pathname + (place && `#${place}`);
/** @type {() => Entry} */
const entry = () => history.state ?? { before: null, over: false };

/** A launch token is good once: it is taken, and leaves the address before anything else happens. */
export function launchTicket() {
  const ticket = launchIn(location.hash);
  if (ticket !== null) history.replaceState(null, "", location.pathname);
  return ticket;
}

function back() {
  isGoing = true;
  history.back();
}

// What is on the screen becomes the address. Whoever closes what they had opened is back where they were, and not a step
// further; anything else is a step.
function follow() {
  const state = getState();
  if (!isHere || isGoing) return;
  const place = placeOf(state);
  const isOver = state.dialog !== null;
  const { before, over } = entry();
  if (over && !isOver) return back();
  if (place !== here()) {
    if (over) history.replaceState({ before, over }, "", url(place));
    else if (before === place && here().startsWith(place)) return back();
    else history.pushState({ before: here(), over: false }, "", url(place));
  }
  if (isOver && !entry().over) history.pushState({ before: place, over: true }, "", url(place));
}

// What the address says comes onto the screen. What isn't there any more, or never was, is passed over without a word, but
// for whoever has pressed a link in another program and would wait for something.
function show() {
  isGoing = true; // or each part of the way would be a step
  const { section, chat, details, uid, message, join } = readPlace(getState(), here());
  const state = getState();
  if (section === "trust" && uid !== null) compare(uid);
  else if (section !== "chats") goTo(section);
  else if (chat !== null && message !== null) openMessage(chat, message);
  else {
    if (here().startsWith("/open/") && chat === null && !join) showError({ code: "link_nowhere" });
    if (state.open !== chat || state.section !== "chats") openChat(chat);
    if (getState().details !== details) dispatch({ type: "details", on: details });
  }
  if (join) openGroupLink(join); // what is secret in it leaves the address
  isGoing = false;
  history.replaceState(entry(), "", url(placeOf(getState())));
}

function arrive() {
  const { session, loaded } = getState();
  if (!session || !loaded) isHere = false;
  else if (!isHere) {
    isHere = true;
    show();
  }
  follow();
}

/** @param {(ticket: string) => void} launch what is done with a launch token that comes with an address */
export function listenToAddress(launch) {
  watch(arrive);
  addEventListener("popstate", () => {
    const ticket = launchTicket();
    if (ticket !== null) launch(ticket);
    const wasAsked = isGoing;
    isGoing = false;
    if (history.state === null) history.replaceState(entry(), "");
    if (!isHere) return;
    if (!wasAsked) {
      isGoing = true; // what is here now is where to, and not where one was with the dialog
      if (getState().dialog) closeDialog();
      isGoing = false;
      if (placeOf(getState()) !== here()) show();
    }
    follow();
  });
}
