// An emoji by its name, as one types it: :smile. What is being typed of one. Pure.

const typed = /(?:^|[\s([{«"'“])[:]([\p{L}+][\p{L}\p{M}\p{N}_\u200c+-]{1,29})(:?)$/u;

/** The name whose beginning stands before the caret: {from: where its colon stands, sought, ended: with a colon}, or null. Neither 12:30
 * nor an address nor :) is one. @param {string} text @param {number} caret */
export function codeAt(text, caret) {
  const found = typed.exec(text.slice(Math.max(0, caret - 34), caret));
  if (!found) return null;
  const [, name, end] = found;
  return { from: caret - name.length - end.length - 1, sought: name.replaceAll("_", " "), ended: Boolean(end) };
}

/** Whether a name has letters that nobody begins a sentence with behind a colon; of others, Enter sends. @param {string} sought */
export const isSure = (sought) => /^[\u0020-\u007e]+$/u.test(sought);
