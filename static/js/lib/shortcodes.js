// An emoji by its name, as one types it: :smile. What is being typed of one. Pure.

const typed = /(?:^|[\s([{«"'“\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\ufe0f])[:]([\p{L}+][\p{L}\p{M}\p{N}_\u200c+-]{1,29})(:?)$/u;
const short = /(?:^|[\s([{«"'“\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\ufe0f])[:]([a-z]|-1|\d{2,4}|\d[a-z][a-z_]{1,19})(:)$/u; // which are names only between two colons

/** The name whose beginning stands before the caret: {from: where its colon stands, sought, ended: with a colon, whole: it is no
 * beginning}, or null. Neither 12:30 nor an address nor :) is one. @param {string} text @param {number} caret */
export function codeAt(text, caret) {
  const before = text.slice(Math.max(0, caret - 34), caret);
  const whole = short.exec(before);
  const found = whole ?? typed.exec(before);
  if (!found) return null;
  const [, name, end] = found;
  return { from: caret - name.length - end.length - 1, sought: name.replaceAll("_", " "), ended: Boolean(end), ...(whole && { whole: true }) };
}

/** Whether a name has letters that nobody begins a sentence with behind a colon; of others, Enter sends. @param {string} sought */
export const isSure = (sought) => /^[\u0020-\u007e]+$/u.test(sought);
