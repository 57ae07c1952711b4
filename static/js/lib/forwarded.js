// A message that somebody passes on: its first line names who is said to have written it (docs/protocol.md, 8.3). That is the
// word of whoever passes it on, and proves nothing. Pure.

import { silentOf } from "./silent.js";

const first = /^↪ @([^\s@]{1,64})(?:\n|$)/u;

/** {author, text}, or null of what isn't passed on. @param {string} text */
export function forwardOf(text) {
  const found = first.exec(text);
  return found && { author: found[1], text: text.slice(found[0].length) };
}

/** With who it is by; who had it from somebody else already names that one. @param {string} text @param {string} author */
export const withAuthor = (text, author) => (forwardOf(text) ? text : `↪ @${author}${text && "\n"}${text}`);

/** What somebody said, and no more: elsewhere it is neither passed on nor silent. @param {string} text */
export function bareWords(text) {
  const said = silentOf(text) ?? text;
  return forwardOf(said)?.text ?? said;
}
