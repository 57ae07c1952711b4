// Words, numbers, dates and names in both languages.

import {
  brief,
  clock,
  dayAndTime,
  dayLine,
  digits,
  fullDay,
  inOrder,
  isTechnical,
  isolate,
  list,
  number,
  plain,
  setLanguage,
  t,
  errorText,
} from "../../../static/js/i18n/i18n.js";
import { equal } from "../equal.js";

const noon = new Date(2026, 10, 22, 12, 5).getTime();
const day = 86_400_000;
const bare = (text) => text.replace(/[\u2066-\u2069\u200e\u200f]/g, "");
const english = (check) => () => {
  setLanguage("en", "own");
  check();
};
const persian =
  (check, shape = "own") =>
  () => {
    setLanguage("fa", shape);
    check();
  };

export const cases = {
  "names stand as the page's language orders them, and not the browser's": () => {
    const names = ["هادی", "کلاس ۱۰", "وحید", "کلاس ۲"];
    setLanguage("fa", "own");
    equal([...names].sort(inOrder), ["کلاس ۲", "کلاس ۱۰", "وحید", "هادی"]);
    setLanguage("en", "own");
    equal([...names].sort(inOrder), ["کلاس ۲", "کلاس ۱۰", "هادی", "وحید"]);
  },
  "one and many": english(() =>
    equal([t("log.same", { n: 1 }), t("log.same", { n: 6 })], ["Matches what 1 person sees", "Matches what 6 people see"]),
  ),
  "with the technique in front, the same is called otherwise": () => {
    setLanguage("en", "own", "own", true);
    equal([t("presence.direct"), t("set.theme"), isTechnical()], ["Online, straight from agent to agent", "Theme", true]);
    setLanguage("en", "own");
    equal([t("presence.direct"), isTechnical()], ["Online", false]);
  },
  "people's words are isolated": english(() => equal(t("chat.label", { name: "sara" }), "Chat with \u2068sara\u2069")),
  "a name can't end its own isolate": english(() => equal(isolate("a\u2069\u202eb\nc"), "\u2068ab c\u2069")),
  "the joiners that Persian needs stay": () => equal(plain("می\u200cروم"), "می\u200cروم"),
  "a placeholder in somebody's words is not filled": english(() =>
    equal(bare(t("role.menu", { name: "{name}$&" })), "Role of {name}$&"),
  ),
  "Persian digits, grouped and not": persian(() => equal([number(1284), digits("28417")], ["۱٬۲۸۴", "۲۸۴۱۷"])),
  "Latin digits for who wants them": persian(
    () => equal([number(1284), digits("28417"), clock(noon)], ["1,284", "28417", "12:05"]),
    "latin",
  ),
  "the calendar stays Persian with Latin digits": persian(
    () => equal(dayLine(noon, noon).includes("1 آذر"), true),
    "latin",
  ),
  "days in Persian": persian(() => equal(bare(dayLine(noon, noon)), "امروز، یکشنبه ۱ آذر")),
  "days in English": english(() =>
    equal(
      [dayLine(noon, noon), dayLine(noon - day, noon)],
      ["Today, Sunday 22 November", "Yesterday, Saturday 21 November"],
    ),
  ),
  "a day as Persian has it, the year last": persian(() =>
    equal([bare(fullDay(noon)), bare(dayLine(noon, noon + 400 * day))], Array(2).fill("یکشنبه ۱ آذر ۱۴۰۵")),
  ),
  "when something was, in Persian": persian(() =>
    equal([bare(dayAndTime(noon, noon)), bare(dayAndTime(noon - 3 * day, noon))], ["امروز ساعت ۱۲:۰۵", "پنجشنبه ۲۸ آبان، ساعت ۱۲:۰۵"]),
  ),
  "when something was, in English": english(() =>
    equal(
      [bare(dayAndTime(noon, noon)), bare(dayAndTime(noon - day, noon)), fullDay(noon)],
      ["today at 12:05", "Yesterday, Saturday 21 November, 12:05", "Sunday, 22 November 2026"],
    ),
  ),
  "the list is brief": english(() => {
    equal(
      [brief(noon, noon), brief(noon - day, noon), brief(noon - 3 * day, noon), brief(noon - 30 * day, noon)],
      ["12:05", "Yesterday", "Thu", "23 Oct"],
    );
    equal(brief(noon - 900 * day, noon), "05/06/2024");
  }),
  "names in a row": persian(() => equal(bare(list(["سارا", "امید", "مینا"]).ready), "سارا، امید، و مینا")),
  "an error speaks the page's language": persian(() =>
    equal(errorText({ code: "password_weak", text: "English" }).startsWith("آسان"), true),
  ),
  "an error without its values falls back to the agent's words": english(() =>
    equal(
      errorText({ code: "name_taken", text: "The user name sara is taken.", hint: "Choose another.", values: {} }),
      "The user name sara is taken. Choose another.",
    ),
  ),
  "an error nobody knows is still an error": english(() =>
    equal(bare(errorText({ code: "new_thing", text: "" })), "That didn’t work (new_thing)."),
  ),
};
