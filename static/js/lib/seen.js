// Whether there is anything to be seen in a text: letters, digits and signs. What isn't assigned yet is a sign that is newer
// than this browser. Pure.

const seen = /[^\s\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** @param {string} text */
export const isSeen = (text) => seen.test(text);
