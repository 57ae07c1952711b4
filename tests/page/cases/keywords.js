// Which words one can have told of.

import { longest, whyNot } from "../../../static/js/lib/keywords.js";
import { equal } from "../equal.js";

export const cases = {
  "a word is in the list once, however it is spelled": () => {
    const kept = ["Release plan", "علی\u200cرضا"];
    equal([whyNot(kept, "deploy"), whyNot(kept, "release PLAN"), whyNot(kept, "علي رضا"), whyNot([], "release plan")], [null, "keywords.known", "keywords.known", null]);
  },
  "and can be told from every other one": () => {
    equal([whyNot([], "?!"), whyNot([], "🎂"), whyNot([], "۲"), whyNot([], "😀".repeat(longest)), whyNot([], "a".repeat(longest + 1))], [
      "keywords.signs", null, null, null, "keywords.long"]);
  },
};
