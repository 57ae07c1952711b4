// The keys with which who writes goes through what was said: those that have nothing to scroll where one writes.

import { isComposed } from "../kit/composed.js";

const turned = 0.9; // of what is seen: a line or two stay in sight

/** @param {Page.Press} event @param {HTMLElement} said what is scrolled @param {() => void} toEnd */
export function turn(event, said, toEnd) {
  const { target: field, key } = event;
  if (field.id !== "write" || event.defaultPrevented || event.altKey || event.shiftKey || event.metaKey || isComposed(event)) return;
  const isPage = !event.ctrlKey && field.scrollHeight <= field.clientHeight + 1; // else it is the text that is turned
  const isAll = event.ctrlKey && !field.value; // else it is the caret that goes
  if (isPage && key === "PageUp") said.scrollTop -= turned * said.clientHeight;
  else if (isPage && key === "PageDown") said.scrollTop += turned * said.clientHeight;
  else if (isAll && key === "Home") said.scrollTop = 0;
  else if (isAll && key === "End") toEnd();
  else return;
  event.preventDefault();
}
