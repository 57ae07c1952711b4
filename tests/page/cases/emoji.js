// The list of emoji and how one finds in it.

import smileys from "../../../static/js/lib/emoji/smileys.js";
import { calledSo, findEmoji, flagOf, loadEmoji, readLine } from "../../../static/js/state/emoji.js";
import { equal } from "../equal.js";

const all = { smileys: smileys.trim().split("\n").map(readLine), flags: [flagOf("IR")] };
const found = (sought) => findEmoji(all, sought).map(({ emoji }) => emoji);

export const cases = {
  "a line is an emoji with a name and words in both languages": () =>
    equal(readLine("😀 grinning face, smile | خنده، لبخند"), {
      emoji: "😀",
      names: { en: "grinning face", fa: "خنده" },
      words: "grinning face smile خنده لبخند",
    }),
  "every one has both names": () =>
    equal(
      all.smileys.filter(({ emoji, names }) => !emoji || !names.en || !names.fa),
      [],
    ),
  "found in either language, by a word or its beginning": () => {
    equal(found("heart").includes("❤️"), true);
    equal(found("قلب").includes("❤️"), true);
    equal(found("پرچم ایر"), ["🇮🇷"]);
    equal(found("iran flag"), ["🇮🇷"]);
    equal(found("nothing of the kind"), []);
  },
  "letters of an Arabic keyboard find the Persian word": () => equal(found("گريه"), found("گریه")),
  "a name that begins so comes first": () => equal(found("grinning")[0], "😀"),
  "by what other programs call them, which comes first if it is all of it": async () => {
    const whole = await loadEmoji();
    const firstOf = (code) => findEmoji(whole, code)[0]?.emoji;
    equal(["heart", "thumbsup", "smiley", "stuck out tongue", "x", "100"].map(firstOf), ["❤️", "👍", "😃", "😛", "❌", "💯"]);
    equal(findEmoji(whole, "thumbs").map(({ emoji }) => emoji).includes("👍"), true);
    equal(calledSo(whole, "-1").map(({ emoji }) => emoji), ["👎"]);
    equal(calledSo(whole, "thumbs"), []);
  },
  "each is there once: keys, women and men, and flags of parts of a country": async () => {
    const whole = Object.values(await loadEmoji()).flat();
    equal(new Set(whole.map(({ emoji }) => emoji)).size, whole.length);
    equal(whole.filter(({ names }) => !names.en || !names.fa), []);
    for (const one of ["1️⃣", "🔟", "🤷‍♀️", "🕵️‍♂️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]) equal([one, whole.some(({ emoji }) => emoji === one)], [one, true]);
  },
};
