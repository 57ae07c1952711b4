// The words that somebody wants to be told of: which further one can be. The agent finds them (web_client/messages/keywords.py). Pure.

import { loosely } from "./fold.js";

export const most = 20;
export const longest = 40; // code points of each

/** Why this can't be one more of them: the key of what is to be said; null if it can. @param {string[]} keywords @param {string} typed */
export function whyNot(keywords, typed) {
  if ([...typed].length > longest) return "keywords.long";
  if (!/[\p{L}\p{N}\p{So}]/u.test(typed)) return "keywords.signs";
  return keywords.some((one) => loosely(one) === loosely(typed)) ? "keywords.known" : null;
}
