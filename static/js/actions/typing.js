// Telling the others that the person is writing: again while that goes on, and when it has stopped. The agent decides
// whether anybody is told, and knows by itself that a message which is sent has been written.

import { call, refusalOf } from "../core/connection.js";
import { getState } from "../core/store.js";

const again = 3000; // ms
const stopped = 5000; // ms without a letter

let chat = /** @type {string | null} */ (null); // where the person is writing
let told = 0; // when that was said last
let pause = 0;

/** An agent that is away, or knows no such conversation, tells nobody. @param {string} where @param {boolean} on */
const say = (where, on) => call("typing", { chat: where, on }).catch(refusalOf);

function stop() {
  clearTimeout(pause);
  if (chat !== null) say(chat, false);
  chat = null;
}

function write(/** @type {string} */ where) {
  if (chat !== where) stop();
  clearTimeout(pause);
  pause = setTimeout(stop, stopped);
  if (chat === where && Date.now() - told < again) return;
  [chat, told] = [where, Date.now()];
  say(where, true);
}

function onInput(/** @type {Event} */ event) {
  const target = /** @type {HTMLTextAreaElement} */ (event.target);
  if (target.id !== "write") return;
  const { open, alarm } = getState();
  if (open && !alarm && target.value.trim()) write(open);
  else stop();
}

// Listens at the document, so that it needs nothing of the field but its id; leaving the field is stopping.
export function listenToTyping() {
  document.addEventListener("input", onInput);
  document.addEventListener("focusout", ({ target }) => /** @type {Element} */ (target).id === "write" && stop());
}
