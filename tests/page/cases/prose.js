// What a person typed, cut into paragraphs, code and links.

import { blocksOf, clipped, isPicture, spansOf } from "../../../static/js/lib/prose.js";
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
      "` `` `",
      "http://",
      "https://[::1]:5001/x)",
    ]) {
      equal(whole(line), line.replace(/`([^`]+)`/g, "$1"));
    }
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
  "a long text is cut, and says so": () => {
    equal(clipped("a\nb"), { text: "a\nb", more: false });
    equal(clipped("\n".repeat(5000)).more, true);
    equal(clipped("x".repeat(5000)).text.length, 4000);
  },
  "sixty thousand brackets, ticks or fences take no time": () => {
    const begun = performance.now();
    blocksOf(`http://a.example/${")".repeat(60_000)}`);
    blocksOf("`".repeat(60_000));
    blocksOf("```a\n".repeat(15_000));
    blocksOf("```\n".repeat(15_000));
    blocksOf("http://a.example/(((".repeat(3000));
    equal(performance.now() - begun < 2000, true);
  },
  "one to three emoji are a picture": () => {
    for (const text of ["🙂", "🫖🌱", "👩‍👩‍👧 🇮🇷 ❤️"]) equal([text, isPicture(text)], [text, true]);
    for (const text of ["", "1", "#", "12", "a", "🙂🙂🙂🙂", "🙂 ok", "سلام"])
      equal([text, isPicture(text)], [text, false]);
  },
};
