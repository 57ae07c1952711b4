// Emoji to choose from: a plain list by groups, each with its name and words to find it by in both languages. The list
// is only fetched when somebody wants to choose. Pure but for that.

import { loosely } from "../lib/fold.js";

export const groups = ["smileys", "people", "nature", "food", "travel", "activities", "objects", "symbols", "flags"];
export const quick = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

/** codes: what else it is called between colons, with spaces. @typedef {{emoji: string, names: {en: string, fa: string}, words: string, codes?: string[]}} Emoji */

/** A line is "😀 name, word, word | name، word"; words: as they are sought. @param {string} line @returns {Emoji} */
export function readLine(line) {
  const space = line.indexOf(" ");
  const [en, fa] = line.slice(space + 1).split(" | ");
  return {
    emoji: line.slice(0, space),
    names: { en: en.split(", ")[0], fa: fa.split("، ")[0] },
    words: loosely(`${en.replaceAll(",", "")} ${fa.replaceAll("،", "")}`),
  };
}

/** A country's flag is its code in regional letters; its name is the browser's own. @param {string} code */
export function flagOf(code) {
  const emoji = String.fromCodePoint(...[...code].map((letter) => 0x1f1e6 + letter.charCodeAt(0) - 65));
  const [en, fa] = ["en", "fa"].map((language) => new Intl.DisplayNames(language, { type: "region" }).of(code));
  return { emoji, names: { en, fa }, words: loosely(`flag پرچم ${en} ${fa} ${code}`) };
}

const read = (/** @type {string} */ text) => text.trim().split("\n").map(readLine);

/** A woman and a man of whom neither is: 🤷‍♀️ and 🤷‍♂️ of 🤷. @param {Emoji} one @returns {Emoji[]} */
const ofBoth = ({ emoji, names: { en, fa }, words }) =>
  [["♀️", "woman", "زن"], ["♂️", "man", "مرد"]].map(([sign, who, kas]) => ({
    emoji: `${emoji}\u200d${sign}`,
    names: { en: `${en}: ${who}`, fa: `${fa}: ${kas}` },
    words: `${words} ${who} ${kas}`,
  }));

/** In the order of the groups. @returns {Promise<Record<string, Emoji[]>>} */
export async function loadEmoji() {
  const [codes, ...files] = await Promise.all(["codes", ...groups].map((name) => import(`../lib/emoji/${name}.js`)));
  const all = Object.fromEntries(groups.map((group, at) => [group, read(files[at].default)]));
  const both = new Set(files[groups.indexOf("people")].both.split(" "));
  for (const group of groups) all[group] = all[group].flatMap((one) => (both.has(one.emoji) ? [one, ...ofBoth(one)] : [one]));
  all.flags.push(...files.at(-1).countries.trim().split(/\s+/u).map(flagOf));
  const known = new Map(Object.values(all).flatMap((some) => some.map((one) => [one.emoji, one])));
  for (const line of codes.default.trim().split("\n")) {
    const [emoji, ...said] = line.split(" ");
    const one = known.get(emoji);
    if (!one) continue;
    const names = said.map((/** @type {string} */ code) => code.replaceAll("_", " "));
    Object.assign(one, { codes: names, words: `${one.words} ${names.join(" ")}` });
  }
  return all;
}

let loaded = /** @type {ReturnType<typeof loadEmoji> | null} */ (null);

/** The same, fetched once; a failure is tried again with the next question. */
export function emojiOf() {
  loaded ??= loadEmoji().catch((error) => {
    loaded = null;
    throw error;
  });
  return loaded;
}

/** Those that are called just so between colons. @param {Record<string, Emoji[]>} all @param {string} code */
export const calledSo = (all, code) => Object.values(all).flat().filter(({ codes }) => codes?.includes(code));

// Those that have every word sought, or its beginning; what is called just so comes first, then whose name begins with it.
export function findEmoji(/** @type {Record<string, Emoji[]>} */ all, /** @type {string} */ sought) {
  const words = loosely(sought).split(/\s+/u).filter(Boolean);
  const found = Object.values(all)
    .flat()
    .filter((one) => words.every((word) => ` ${one.words}`.includes(` ${word}`)));
  const isFirst = (/** @type {Emoji} */ one) => Object.values(one.names).some((name) => loosely(name).startsWith(words[0]));
  return [...new Set([...calledSo(all, words.join(" ")), ...found.filter(isFirst), ...found])];
}
