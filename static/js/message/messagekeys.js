// The keyboard among the messages: arrows go from one to the next, and letters do things with the one that is reached.

import { answer, canEdit, edit, leaveBar, write } from "../actions/compose.js";
import { mayForward } from "../actions/forwarding.js";
import { askForward, maySelect, select } from "../actions/selecting.js";
import { isPoll } from "../actions/polls.js";
import { mayStar, star } from "../actions/stars.js";
import { getState } from "../core/store.js";
import { bareWords } from "../lib/forwarded.js";
import { letterOf } from "../lib/letter.js";
import { isNote } from "../state/names.js";
import { askClear, askDelete, copy, isSettled, mayDelete, openPopover } from "../actions/messageactions.js";
import { isComposed } from "../kit/composed.js";

/** A message is reached by arrows only: whoever presses on one with a pointer goes on writing. @param {HTMLElement} line */
export function reach(line) {
  line.tabIndex = -1;
  line.addEventListener("blur", () => line.removeAttribute("tabindex"), { once: true });
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

const linesOf = (/** @type {HTMLElement} */ log) => /** @type {HTMLElement[]} */ ([...log.querySelectorAll("[data-message]")]);

/** The lowest one that is seen. @param {HTMLElement} log */
function lowest(log) {
  const end = log.getBoundingClientRect().bottom + 4;
  return linesOf(log).findLast((line) => line.getBoundingClientRect().bottom <= end) ?? linesOf(log).at(-1);
}

/** @param {Page.Popover["kind"]} kind @param {Page.Message} message @param {HTMLElement} line @param {string} part */
const over = (kind, message, line, part) => openPopover(kind, message, line.querySelector(part) ?? line, { byKey: true });

/** @type {Record<string, (message: Page.Message, line: HTMLElement) => unknown>} */
const does = {
  R: (message) => isSettled(message) && answer(message),
  E: (message, line) => isSettled(message) && !isPoll(message) && over("quick", message, line, ".bubble"),
  C: (message) => bareWords(message.text) && copy(bareWords(message.text)),
  F: (message) => mayForward(message) && askForward([message]),
  S: (message) => mayStar(message) && star([message], !message.starred),
  X: (message) => maySelect(message) && select(message),
  I: (message, line) => message.order !== null && !isNote(message) && over("proof", message, line, ".stack"),
  Delete: (message) => mayDelete(message) && (isNote(message) ? askClear(message) : askDelete(message)),
  Enter: (message, line) => over("menu", message, line, ".bubble"),
  F2: (message) => canEdit(message) && edit(message),
};

/** While messages are ticked. @type {typeof does} */
const ticks = { Space: (message) => maySelect(message) && select(message) };

// On whatever holds the log. A Persian keyboard does the same.
export function messageKeys(/** @type {Page.Press} */ event, /** @type {string} */ chat, /** @type {Page.Message[]} */ messages) {
  const { target, key } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isComposed(event)) return;
  const { selecting } = getState();
  if (key === "Escape" && !selecting && leaveBar(chat)) {
    event.preventDefault();
    return;
  }
  const log = /** @type {HTMLElement | null} */ (target.closest?.(".log") ?? null);
  const line = log && target.matches("[data-message]") ? target : null;
  if (!log || (!line && target !== log)) return;
  const step = key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : 0;
  if (step) {
    const all = linesOf(log);
    const to = line ? all[all.indexOf(line) + step] : step < 0 ? lowest(log) : null;
    if (to) reach(to);
    else if (line && step > 0) write();
    else return;
  } else if (line && !event.shiftKey) {
    const message = messages.find(({ id }) => id === line.dataset.message);
    const acts = selecting ? ticks : does;
    const act = acts[letterOf(event)] ?? acts[key];
    if (!message || !act) return;
    act(message, line);
  } else return;
  event.preventDefault();
}
