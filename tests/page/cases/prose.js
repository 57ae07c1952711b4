// What a person typed, cut into paragraphs, code and links.

import { spansOf } from "../../../static/js/lib/marks.js";
import { glance } from "../../../static/js/lib/glance.js";
import { cut } from "../../../static/js/lib/graphemes.js";
import { beginning } from "../../../static/js/lib/hidden.js";
import { blocksOf, clipped, flat, isPicture } from "../../../static/js/lib/prose.js";
import { equal } from "../equal.js";

const links = (line) =>
  spansOf(line)
    .filter(({ kind }) => kind === "link")
    .map(({ text }) => text);
const whole = (line) =>
  spansOf(line)
    .map(({ text }) => text)
    .join("");

export const cases = {
  "http and https are links, nothing else is": () => {
    equal(links("see http://a.example/x and HTTPS://b.example"), ["http://a.example/x", "HTTPS://b.example"]);
    equal(links("javascript:alert(1) data:text/html,x file:///etc/passwd ftp://a.example mailto:a@b"), []);
  },
  "what ends a sentence is not part of an address": () => {
    equal(links("(see http://a.example/x_(y))."), ["http://a.example/x_(y)"]);
    equal(links("http://a.example/x, http://b.example!"), ["http://a.example/x", "http://b.example"]);
    equal(links("نشانی: http://a.example/fa، بعد"), ["http://a.example/fa"]);
    equal(links("«http://a.example/x»"), ["http://a.example/x"]);
  },
  "an address that names one place and leads to another is no link": () =>
    equal(links("http://bank.example@evil.example/"), []),
  "nothing that turns the direction is in an address": () =>
    equal(links("http://a.example/\u202egpj.exe"), ["http://a.example/"]),
  "not one character is lost or added": () => {
    for (const line of [
      "a http://x.example/?q=1&b=2#c. b",
      "`http://x.example` c",
      "``",
      "http://",
      "https://[::1]:5001/x)",
    ]) {
      equal(whole(line), line.replace(/`([^` ]+)`/g, "$1"));
    }
  },
  "code may hold ticks, and words may": () => {
    equal(spansOf("``a `b` c``"), [{ kind: "code", text: "a `b` c" }]);
    equal(spansOf("it`s and that`s"), [{ kind: "text", text: "it`s and that`s" }]);
    equal(spansOf("قیمت `x=1` است").map(({ kind }) => kind), ["text", "code", "text"]);
    equal(spansOf("` `` `"), [{ kind: "code", text: "``" }]);
    equal(spansOf("`` a`b `` ```c ``d`` ``` ` e`").map(({ text }) => text), ["a`b", " ", "c ``d`` ", " ", " e"]);
    equal(spansOf("` `").map(({ kind }) => kind), ["text"]);
  },
  "code holds no links": () => equal(spansOf("`http://a.example`"), [{ kind: "code", text: "http://a.example" }]),
  "every kind of line break begins a paragraph": () =>
    equal(blocksOf("a\nb\r\nc\rd\u2028e\u2029f\u0085g\vh").length, 8),
  "control characters are shown as a mark": () =>
    equal(blocksOf("a\u0000\u001b[31m\u009b")[0].spans[0].text, "a\ufffd\ufffd[31m\ufffd"),
  "fenced lines are one block, and an open fence is text": () => {
    equal(
      blocksOf("x\n```sh\nrun `a`\n\nhttp://a.example\n```\ny").map(({ kind }) => kind),
      ["line", "code", "line"],
    );
    equal(blocksOf("```sh\na\n```")[0], { kind: "code", language: "sh", text: "a" });
    equal(
      blocksOf("```sh\na").map(({ kind }) => kind),
      ["line", "line"],
    );
  },
  "code may begin and end beside its fence, and hold a smaller one": () => {
    const code = (text) => blocksOf(text).map((block) => (block.kind === "code" ? [block.language, block.text] : block.kind));
    equal(code("```let a = 1;\nlet b;```\nc"), [["", "let a = 1;\nlet b;"], "line"]);
    equal(code("```js\na``` and\nb\n```"), [["js", "a``` and\nb"]]);
    equal(code("````md\n```\na\n```\n````"), [["md", "```\na\n```"]]);
    equal(code("```a\n`b` ```c```\n```\nd"), [["a", "`b` ```c```"], "line"]);
    equal(code("```a```\nb\n```c\nd```"), ["line", "line", ["c", "d"]]);
    equal(code("````\na\n```"), ["line", "line", "line"]);
  },
  "what is hidden over several lines is hidden in each": () => {
    equal(flat("a ||b\n\nc d\n> e\n- f|| g"), `a ▒▒▒▒  ▒▒▒▒ ▒▒▒▒ • ▒▒▒▒ g`);
    equal(flat("||\nb\n||"), " ▒▒▒▒ ");
    for (const text of ["a ||b\nc", "if (a ||\n    b || c)", "a||b\nc||d", "x ||b\n```\nc||\n```", "||a|| b\nc"]) equal([text, flat(text).includes("▒▒▒▒ ▒▒▒▒")], [text, false]);
    equal([flat("||a|| b\nc"), flat("||\n||")], ["▒▒▒▒ b c", "|| ||"]);
  },
  "what is hidden stays hidden where a text is cut in it": () => {
    const secret = "secret ".repeat(3000);
    equal(glance(`see ||${secret}|| end`), "see ▒▒▒▒");
    equal(glance(`see ||${secret}`.slice(0, 900)).includes("secret"), true); // never hidden
    equal(beginning("a ||b|| c", 7), "a ||b||");
    equal(JSON.stringify(clipped(`||${secret}||`).blocks).includes('"look":"hidden"'), true);
  },
  "what turns the direction may stand before a quote or an item": () =>
    equal(blocksOf("\u200f> نقل\n\u200e- a\n\u2067۱. ب\u2069").map(({ kind }) => kind), ["quote", "list"]),
  "a long text is cut, and says so": () => {
    equal(clipped("a\nb"), { blocks: blocksOf("a\nb"), more: false });
    equal(clipped("\n".repeat(5000)).blocks.length, 40);
    equal(clipped("\n".repeat(5000)).more, true);
    equal(clipped("x".repeat(5000)).blocks[0].spans[0].text.length, 4000);
    equal(clipped(`- ${"x".repeat(4500)}\n- y`).blocks[0].items.length, 1);
    equal(clipped(`> ${"x\n> ".repeat(50)}`).blocks[0].lines.length, 40);
  },
  "it is understood before it is cut": () => {
    const code = clipped(`\`\`\`\n${"a\n".repeat(100)}\`\`\``);
    equal([code.blocks.map(({ kind }) => kind), code.blocks[0].text.split("\n").length, code.more], [["code"], 40, true]);
    const bold = clipped(`*${"b".repeat(5000)}*`);
    equal([bold.blocks[0].spans[0].look, bold.blocks[0].spans[0].spans[0].text.length], ["strong", 4000]);
    const link = clipped(`${"x".repeat(3990)} http://a.example/xxxxxxxxxx`);
    equal([link.blocks[0].spans.map(({ kind }) => kind), link.more], [["text"], true]);
  },
  "quotes and lists are blocks of their lines": () => {
    equal(
      blocksOf("> a\n>b\nc\n- d\n  - e\n۲. f\n1405. g").map(({ kind }) => kind),
      ["quote", "line", "list", "line"],
    );
    const [{ items }] = blocksOf("- d\n  - e\n۲. f");
    equal(items.map(({ mark, depth, spans }) => [mark, depth, spans[0].text]), [["•", 0, "d"], ["•", 1, "e"], ["۲.", 0, "f"]]);
    equal(blocksOf("-5\n- \n3.5\n*a*").map(({ kind }) => kind), ["line", "line", "line", "line"]);
  },
  "a face, a comparison and a prompt are no quotes": () => {
    for (const text of [">_<", ">:(", ">.>", ">w<", ">100", ">>> print(1)", ">=", "->"]) equal([text, blocksOf(text)[0].kind], [text, "line"]);
    for (const text of ["> a", ">a", ">سلام", ">", "> ", ">> a", "> > a", ">*a*", ">«a»", "> 100"]) equal([text, blocksOf(text)[0].kind], [text, "quote"]);
  },
  "no sign is cut in two": () => {
    const family = "👨‍👩‍👧‍👦";
    equal([cut("ab", 2), cut("a😀", 2), cut(`a${family}b`, 5), cut(`a${family}b`, 1 + family.length), cut("e\u0301e\u0301", 3)], ["ab", "a", "a", `a${family}`, "e\u0301"]);
    equal(cut(`a${"\u0301".repeat(500)}`, 100).length, 100); // what is no sign to anybody
    equal(clipped(`${"a".repeat(3999)}😀b`).blocks[0].spans[0].text, "a".repeat(3999));
  },
  "on one line there are no marks, and what is hidden stays so": () =>
    equal(flat("*a* `b`\n> ||secret|| _c_\n- http://x.example/"), "a b ▒▒▒▒ c • http://x.example/"),
  "nor sixty thousand marks": () => {
    const begun = performance.now();
    for (const text of ["*a", "*a* ", "*||", "*_~||**__~~", "||a", "_*", "> ", "- ", "www.", "+98 ", "a@a.", "09", "` `a ", "``a ", "`", "`a", "` "]) {
      const many = text.repeat(60_000 / text.length);
      blocksOf(many);
      clipped(many);
    }
    equal(performance.now() - begun < 4000, true);
  },
  "sixty thousand brackets, ticks or fences take no time": () => {
    const begun = performance.now();
    blocksOf(`http://a.example/${")".repeat(60_000)}`);
    blocksOf("`".repeat(60_000));
    blocksOf("```a\n".repeat(15_000));
    blocksOf("```\n".repeat(15_000));
    blocksOf(`${"````a\n".repeat(10_000)}${"```\n".repeat(3000)}`);
    blocksOf("http://a.example/(((".repeat(3000));
    blocksOf(`http://a.example/${"*".repeat(60_000)}x`);
    blocksOf(`http://a.example/${"*_".repeat(30_000)}`);
    equal(performance.now() - begun < 2000, true);
  },
  "one to three emoji are a picture": () => {
    for (const text of ["🙂", "🫖🌱", "👩‍👩‍👧 🇮🇷 ❤️"]) equal([text, isPicture(text)], [text, true]);
    for (const text of ["", "1", "#", "12", "a", "🙂🙂🙂🙂", "🙂 ok", "سلام"])
      equal([text, isPicture(text)], [text, false]);
  },
};
