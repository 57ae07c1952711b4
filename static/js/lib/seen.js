// What there is to be seen in a text: letters, digits and signs. What isn't assigned yet is a sign that is newer
// than this browser. Pure.

const seen = /[^\s\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** @param {string} text */
export const isSeen = (text) => seen.test(text);

/** Without the empty lines around it, which what is pasted often has; spaces around what its lines say stay. @param {string} text */
export function withoutBlanks(text) {
  const end = text.trimEnd().length;
  const [behind] = text.slice(end).split(/\r?\n/u);
  return (text.slice(0, end) + (end ? behind : "")).replace(/^(?:[^\S\n]*\n)+/u, "");
}
