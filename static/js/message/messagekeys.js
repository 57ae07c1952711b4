// The keyboard among the messages: arrows go from one to the next, and letters do things with the one that is reached.

import { answer, canEdit, edit, leaveBar, write } from "../actions/compose.js";
import { askDelete, copy, isSettled, openPopover } from "../actions/messageactions.js";

// A message is reached by arrows only: whoever presses on one with a pointer goes on writing.
export function reach(line) {
  line.tabIndex = -1;
  line.addEventListener("blur", () => line.removeAttribute("tabindex"), { once: true });
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

const linesOf = (log) => [...log.querySelectorAll("[data-message]")];

// The lowest one that is seen.
function lowest(log) {
  const end = log.getBoundingClientRect().bottom + 4;
  return linesOf(log).findLast((line) => line.getBoundingClientRect().bottom <= end) ?? linesOf(log).at(-1);
}

const does = {
  KeyR: (message) => isSettled(message) && answer(message),
  KeyE: (message, line) => isSettled(message) && openPopover("quick", message, line.querySelector(".bubble"), { byKey: true }),
  KeyC: (message) => message.text && copy(message.text),
  KeyI: (message, line) => message.order !== null && openPopover("proof", message, line.querySelector(".stack"), { byKey: true }),
  Delete: (message) => message.mine && isSettled(message) && askDelete(message),
  Enter: (message, line) => openPopover("menu", message, line.querySelector(".bubble"), { byKey: true }),
  F2: (message) => canEdit(message) && edit(message),
};

// On whatever holds the log. By the place of a key and not by its letter, so that a Persian keyboard does the same.
export function messageKeys(event, chat, messages) {
  const { target, code, key } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (key === "Escape" && leaveBar(chat)) {
    event.preventDefault();
    return;
  }
  const log = target.closest?.(".log");
  const line = log && target.matches("[data-message]") ? target : null;
  if (!line && target !== log) return;
  const step = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (step) {
    const all = linesOf(log);
    const to = line ? all[all.indexOf(line) + step] : step < 0 ? lowest(log) : null;
    if (to) reach(to);
    else if (line && step > 0) write();
    else return;
  } else if (line && !event.shiftKey) {
    const message = messages.find(({ id }) => id === line.dataset.message);
    const act = does[code] ?? does[key];
    if (!message || !act) return;
    act(message, line);
  } else return;
  event.preventDefault();
}
