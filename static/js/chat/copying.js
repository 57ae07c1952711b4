// What is copied of a selection in the log: the words as they are read, one line beneath the other, without times, states
// and what is said to screen readers only.

const unsaid = ".meta, .sr, .state-line, .sender, .tools, .reactions, button:not(.hidden-words, .poll-answer), .poll-tick, .poll-count, .poll-sum, .avatar, time";
const lines = "p, li, pre, blockquote, .system";

/** Code keeps the spaces that it begins with. @param {Element} part */
function lineOf(part) {
  const said = part.textContent ?? "";
  return part.matches("pre") ? said.replace(/\n$/u, "") : `${part.closest(".items > li")?.querySelector(".item-mark")?.textContent ?? ""} ${said}`.trim();
}

/** @param {DocumentFragment} copied */
function wordsOf(copied) {
  // a name as others know it, and a link as it was written
  for (const one of copied.querySelectorAll("[data-copied]")) one.replaceWith(one.getAttribute("data-copied") ?? "");
  for (const one of copied.querySelectorAll(unsaid)) one.remove();
  for (const gap of copied.querySelectorAll("br")) gap.remove(); // of an empty paragraph, which is a line already
  const parts = [...copied.querySelectorAll(lines)].filter((one) => !one.querySelector(lines));
  if (!parts.length) return copied.textContent ?? "";
  return parts.map(lineOf).join("\n");
}

/** For the log's `copy`. @param {ClipboardEvent} event */
export function copyWords(event) {
  const selection = getSelection();
  if (!event.clipboardData || !selection?.rangeCount || selection.isCollapsed) return;
  const words = wordsOf(selection.getRangeAt(0).cloneContents());
  if (!words) return;
  event.clipboardData.setData("text/plain", words);
  event.preventDefault();
}
