// Addresses inside a line: of pages, as they are and as people type them, of mailboxes, and telephone numbers. Pure.

import { geoLink, placeIn } from "./geo.js";
import { ofLetter } from "./graphemes.js";
import { bareName, beforeOther, ofSentence, unspaced } from "./hosts.js";
import { numerals } from "./numerals.js";
import { runsOf } from "./runs.js";

// Not in an address: white space, control characters and what turns the direction. The two that join and part letters are
// spelling in Persian.
const none = String.raw`\s<>"\u0060\u0000-\u0020\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\uff5c`;
const start = String.raw`(?<![\p{L}\p{N}_@./+-])(?<!${ofLetter})`;
// Behind a plain letter they end it: there they part an address from the ending of a word.
const joiners = String.raw`(?<=[^\u0000-\u007f])[\u200c\u200d]`;
const inPath = String.raw`(?:[^${none}\u200c\u200d]|${joiners})`;
const inHost = String.raw`(?:[^${none}\u200c\u200d/?#${ofSentence}]|${joiners})`;
const named = String.raw`(?:[a-z0-9.-]{0,253}[a-z0-9](?::\d{1,5})?${beforeOther}|${inHost}+(?:[/?#]${inPath}{0,2048})?)`;
const apart = String.raw`(?:${start}|(?<=[${unspaced}]))`;
const page = String.raw`https?://${named}|${apart}www\.(?=[^${none}.]+\.[^${none}.])${named}|${apart}(?<![#$\\])${bareName}(?:[/?#]${inPath}{0,2048})?`;
const mailbox = String.raw`${apart}[\w+%-][\w.+%'-]{0,63}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?![\w@])`;
const digit = String.raw`[${numerals}]`;
const telephone = String.raw`${start}\(?(?:\+|[0۰٠]{1,2})(?:[ -]?\(?${digit}{2,15}(?!${digit})\)?){1,5}(?![${numerals}\p{L}_/]|[.:-]+[${numerals}\p{L}_/])`;
const ours = String.raw`${start}web\+hamraz:/[^${none}]+`;
const place = String.raw`${start}geo:-?\d[\w.,;=%+-]*`;
const pattern = new RegExp(`(${page})|(${mailbox})|(${telephone})|(${ours})|(${place})`, "giu");
const digits = 9; // a telephone number has at least so many, and 15 at most
const longest = 2048; // characters of an address; browsers take more, people don't write them
const ends = `.,;:!?'"|\u200c\u200d${ofSentence}`;
const marks = "*_~"; // no name of a computer ends so; what is there may, where they mark nothing
/** @type {Record<string, string>} */
const brackets = { ")": "(", "]": "[", "}": "{", "）": "（", "」": "「", "』": "『", "】": "【", "》": "《", "〉": "〈" };

/** Up to a bracket that was opened before the address, and without what ends the sentence. @param {string} found */
function trimmed(found) {
  /** @type {Record<string, number>} */
  const opened = {};
  let end = 0;
  for (const one of found) {
    const open = brackets[one];
    if (open && !opened[open]) break;
    opened[open ?? one] = (opened[open ?? one] ?? 0) + (open ? -1 : 1);
    end += one.length;
  }
  const over = /[^/:]\//u.test(found.slice(0, end)) ? ends : ends + marks;
  while (end > 0 && !brackets[found[end - 1]] && over.includes(found[end - 1])) end -= 1;
  return found.slice(0, end).replace(/['’]s$/iu, "");
}

// Letters that an address spells out in bytes, as people read them. What isn't a letter stays as it is: a space or a sign
// would end the address, or say that it leads elsewhere.
function readable(/** @type {string} */ text) {
  return text.replace(/(?:%[89a-f][0-9a-f])+/giu, (spelled) => {
    try {
      const letters = decodeURIComponent(spelled);
      return /^[\p{L}\p{M}\p{N}\u200c]+$/u.test(letters) ? letters : spelled;
    } catch {
      return spelled; // in the middle of a letter
    }
  });
}

/** @param {string} text @returns {URL | null} */
function parsed(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** {text, href, host}: `host` only where the address is written with other letters than the name that is looked up, which
 * are easily mistaken for one another (аррӏе.com is no apple.com). @param {string} text */
function pageAt(text) {
  const whole = /^https?:/iu.test(text) ? text : `https://${text}`;
  const url = text.length > longest ? null : parsed(whole);
  if (!url) return null;
  const { protocol, username, password, host, href } = url;
  // "http://bank@elsewhere" names one place and leads to another
  if ((protocol !== "http:" && protocol !== "https:") || username || password) return null;
  const isPlain = whole.slice(protocol.length + 2).toLowerCase().startsWith(host);
  return { text: readable(text), href, host: isPlain ? null : host };
}

/** On the earth, for the map of whoever presses it. @param {string} text */
function geoAt(text) {
  const found = placeIn(text);
  return found && { text, href: geoLink(found), host: null };
}

/** What it leads to is for the page to say. @param {string} text */
const ownAt = (text) => (text.length > longest ? null : { text, href: text, host: null });

const latin = (/** @type {string} */ text) => text.replace(/[۰-۹٠-٩]/gu, (sign) => String(sign.charCodeAt(0) & 15));

/** A number without the brackets of the sentence: those of (021) are its own. @param {string} dialled */
function bare(dialled) {
  if (/^\([^()]*\)$/u.test(dialled)) return dialled.slice(1, -1);
  const more = dialled.split("(").length - dialled.split(")").length;
  return dialled.slice(Number(more > 0 && dialled.startsWith("(")), more < 0 && dialled.endsWith(")") ? -1 : undefined);
}

function telephoneOf(/** @type {string} */ text) {
  if (/\d{4}-\d{1,2}-\d{1,2}/u.test(latin(text))) return null; // a day behind another number
  const number = latin(text).replace(/[^\d+]/gu, "");
  const count = number.replace("+", "").length;
  return count >= digits && count <= 15 ? { text, href: `tel:${number}`, host: null } : null;
}

/** [{kind: "link", text, href, host}] between what `runsOf` makes of the rest. @param {string} text */
export function withLinks(text) {
  /** @type {any[]} */
  const spans = [];
  let from = 0;
  pattern.lastIndex = 0;
  for (let one = pattern.exec(text); one; one = pattern.exec(text)) {
    const { 0: found, 1: address, 2: mail, 3: dialled, 4: own, 5: geo, index } = one;
    const number = dialled && bare(dialled);
    const shown = mail ?? number ?? trimmed(found);
    const at = number ? index + dialled.indexOf(number) : index;
    const to = address ? pageAt(shown) : own ? ownAt(shown) : geo ? geoAt(shown) : mail ? { text: mail, href: `mailto:${mail}`, host: null } : telephoneOf(shown);
    if (to === null) continue;
    spans.push(...runsOf(text.slice(from, at)), { kind: "link", ...to });
    from = at + shown.length;
    pattern.lastIndex = from; // behind a bracket there may be another one
  }
  spans.push(...runsOf(text.slice(from)));
  return spans;
}
