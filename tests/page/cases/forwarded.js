import { equal } from "../equal.js";
import { bareWords, forwardOf, withAuthor } from "../../../static/js/lib/forwarded.js";

export const cases = {
  "a first line that names somebody is who it is said to be from"() {
    equal(forwardOf("↪ @sara\nhello\nyou"), { author: "sara", text: "hello\nyou" });
    equal(forwardOf("↪ @می‌خک"), { author: "می‌خک", text: "" });
  },
  "anything else is what somebody wrote"() {
    for (const text of ["hello", "↪ sara\nhello", " ↪ @sara\nhello", "hello\n↪ @sara\n", "↪ @sara hello", "↪ @\nhello", `↪ @${"s".repeat(65)}\nhello`, "↪ @a@b\nhello"])
      equal([text, forwardOf(text)], [text, null]);
  },
  "whoever passes on what was passed on names who wrote it"() {
    equal(withAuthor("hello", "sara"), "↪ @sara\nhello");
    equal(withAuthor("↪ @omid\nhello", "sara"), "↪ @omid\nhello");
    equal(withAuthor("", "sara"), "↪ @sara"); // of a file without words
  },
  "what is copied is what somebody says, to nobody's account and aloud"() {
    equal(["hello", "↪ @omid\nhello", "🔕 hello", "🔕 ↪ @omid\nhello", "↪ @omid"].map(bareWords), ["hello", "hello", "hello", "hello", ""]);
  },
};
