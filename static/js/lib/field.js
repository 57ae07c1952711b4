// Changing what somebody writes as if it had been typed: the browser's own Undo takes it back, and the field's `input` tells of
// it. Knows no state.

/** Puts a text in the place of another, and the caret behind it. Focus stays where it was.
 * @param {HTMLTextAreaElement} field @param {string} text @param {number} from @param {number} to */
export function put(field, text, from, to) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  if (before !== field) field.focus({ preventScroll: true });
  field.setSelectionRange(from, to);
  // what is deprecated and has no successor: a value that is set is nothing that Undo knows
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (before && before !== field && before.isConnected) before.focus({ preventScroll: true });
}
