import { votesOf } from "../../../static/js/actions/polls.js";
import { chosenBy, pollOf, questionOf, readable, signs, textOf, voteFor } from "../../../static/js/lib/poll.js";
import { glance } from "../../../static/js/lib/glance.js";
import { equal } from "../equal.js";

const poll = { question: "When?", answers: ["شنبه", "Sunday"], closed: false, several: false };
const three = { ...poll, answers: ["a", "b", "c"], several: true };
const tags = (/** @type {string} */ places) => `📊${[...places].map((one) => String.fromCodePoint(0xe0000 + Number(one.codePointAt(0)))).join("")}`;

export const cases = {
  "a poll is the text that says the same"() {
    equal(textOf(poll), "📊 When?\n1️⃣ شنبه\n2️⃣ Sunday");
    equal(pollOf(textOf(poll)), poll);
    equal(pollOf(textOf({ ...poll, closed: true })), { ...poll, closed: true });
    const ten = { question: "q", answers: signs.map((_, at) => `a${at}`), closed: false, several: false };
    equal(pollOf(textOf(ten)), ten);
    equal(textOf(three).split("\n")[0], "📊☑️ When?");
    equal([textOf(three), textOf({ ...three, closed: true }), "📊 x"].map(questionOf), ["📊 When?", "📊🔒 When?", null]);
    equal([`🔕 ${textOf(three)}`, "🔕 *hi*\nyou", "🔕", "a\nb"].map(glance), ["📊 When?", "hi you", "🔕", "a b"]);
    for (const closed of [false, true]) equal(pollOf(textOf({ ...three, closed })), { ...three, closed });
    equal(pollOf("📊☑ q\n1️⃣ a\n2️⃣ b")?.several, true);
    equal(textOf({ ...poll, question: " a\n b ", answers: ["c\nd", "e"] }), "📊 a b\n1️⃣ c d\n2️⃣ e");
  },
  "what isn't of this form is a text"() {
    const others = ["", "📊", "📊 When?", "📊 When?\n1️⃣ one", "📊 \n1️⃣ a\n2️⃣ b", "📊 When?\n2️⃣ a\n1️⃣ b", "📊 When?\n1️⃣ a\n2️⃣ ", "📊 When?\n1️⃣ a\n2️⃣ b\nand more", "When?\n1️⃣ a\n2️⃣ b",
      `📊 q\n${[...signs, "x"].map((sign) => `${sign} a`).join("\n")}`, "📊🔒☑️ q\n1️⃣ a\n2️⃣ b", "📊☑️☑️ q\n1️⃣ a\n2️⃣ b", "📊☑️q\n1️⃣ a\n2️⃣ b", "↪ @sara\n📊 When?\n1️⃣ a\n2️⃣ b"];
    others.push(`📊 ${"q".repeat(301)}\n1️⃣ a\n2️⃣ b`, `📊 q\n1️⃣ a\n2️⃣ ${"b".repeat(201)}`);
    for (const blank of ["\u200b", "\u3164", "\u2800", "\u00ad \u200c"]) others.push(`📊 ${blank}\n1️⃣ a\n2️⃣ b`, `📊 q\n1️⃣ a\n2️⃣ ${blank}`);
    for (const text of others) equal([text, pollOf(text)], [text, null]);
  },
  "a vote is a reaction with an answer's sign"() {
    const ten = { answers: signs, several: false };
    equal(["1️⃣", "1\u20e3", "🔟", "👍", "0️⃣", tags("13")].map((emoji) => chosenBy(emoji, ten)), [[0], [0], [9], [], [], []]);
    const reactions = [{ emoji: "2️⃣", from: ["a", "b"] }, { emoji: "👍", from: ["c"] }, { emoji: "3️⃣", from: ["d"] }];
    equal(votesOf({ reactions }, poll), [[], ["a", "b"]]);
  },
  "one for several answers names each by a tag character"() {
    equal([[], [1], [2, 0], [9, 4]].map(voteFor), ["", "2️⃣", tags("13"), tags("5:")]);
    for (const chosen of [[0], [0, 2], [0, 1, 2]]) equal(chosenBy(voteFor(chosen), three), chosen);
    // what nobody writes by pressing: twice the same, what there is not, what isn't the sign
    equal([tags("311"), tags("9"), tags("19"), "📊", tags("0"), tags("1a"), `${tags("1")}\ufe0f`, tags("13").replace("📊", "👍")].map((emoji) => chosenBy(emoji, three)), [[0, 2], [], [0], [], [], [], [], []]);
    const reactions = [{ emoji: tags("13"), from: ["a", "b"] }, { emoji: "3️⃣", from: ["c"] }, { emoji: tags("2"), from: ["d"] }];
    equal(votesOf({ reactions }, three), [["a", "b"], ["d"], ["a", "b", "c"]]);
    equal([tags("13"), "👍", "📊"].map(readable), ["1️⃣ 3️⃣", "👍", "📊"]);
  },
};
