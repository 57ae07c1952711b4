import { votesOf } from "../../../static/js/actions/polls.js";
import { answerOf, pollOf, signs, textOf } from "../../../static/js/lib/poll.js";
import { equal } from "../equal.js";

const poll = { question: "When?", answers: ["شنبه", "Sunday"], closed: false };

export const cases = {
  "a poll is the text that says the same"() {
    equal(textOf(poll), "📊 When?\n1️⃣ شنبه\n2️⃣ Sunday");
    equal(pollOf(textOf(poll)), poll);
    equal(pollOf(textOf({ ...poll, closed: true })), { ...poll, closed: true });
    const ten = { question: "q", answers: signs.map((_, at) => `a${at}`), closed: false };
    equal(pollOf(textOf(ten)), ten);
    equal(textOf({ question: " a\n b ", answers: ["c\nd", "e"], closed: false }), "📊 a b\n1️⃣ c d\n2️⃣ e");
  },
  "what isn't of this form is a text"() {
    const others = ["", "📊", "📊 When?", "📊 When?\n1️⃣ one", "📊 \n1️⃣ a\n2️⃣ b", "📊 When?\n2️⃣ a\n1️⃣ b", "📊 When?\n1️⃣ a\n2️⃣ ", "📊 When?\n1️⃣ a\n2️⃣ b\nand more", "When?\n1️⃣ a\n2️⃣ b",
      `📊 q\n${[...signs, "x"].map((sign) => `${sign} a`).join("\n")}`, "↪ @sara\n📊 When?\n1️⃣ a\n2️⃣ b"];
    others.push(`📊 ${"q".repeat(301)}\n1️⃣ a\n2️⃣ b`, `📊 q\n1️⃣ a\n2️⃣ ${"b".repeat(201)}`);
    for (const text of others) equal([text, pollOf(text)], [text, null]);
  },
  "a vote is a reaction with an answer's sign"() {
    equal(["1️⃣", "1\u20e3", "🔟", "👍", "0️⃣"].map(answerOf), [0, 0, 9, -1, -1]);
    const reactions = [{ emoji: "2️⃣", from: ["a", "b"] }, { emoji: "👍", from: ["c"] }, { emoji: "3️⃣", from: ["d"] }];
    equal(votesOf({ reactions }, 2), [[], ["a", "b"]]);
  },
};
