// Which signs mark words, and which are just signs.

import { spansOf } from "../../../static/js/lib/marks.js";
import { equal } from "../equal.js";

/** As people would say it: <strong>…</strong> and so on. */
const shown = (line) => {
  const one = (span) => (span.kind === "mark" ? `<${span.look}>${span.spans.map(one).join("")}</>` : span.kind === "code" ? `[${span.text}]` : span.text);
  return spansOf(line).map(one).join("");
};
const same = (...lines) => equal(lines.map(shown), lines);

export const cases = {
  "each sign marks, once and twice": () => {
    equal(shown("*a b* and **c**, _d_ __e__ ~f~ ~~g~~ ||h||"),
      "<strong>a b</> and <strong>c</>, <em>d</> <em>e</> <s>f</> <s>g</> <hidden>h</>");
    equal(shown("***a*** ___b___"), "<strong><em>a</></> <strong><em>b</></>");
    equal(shown("これは*太字*です、**굵게**는 한국어"), "これは<strong>太字</>です、<strong>굵게</>는 한국어"); // words without spaces, or with endings
    equal(shown("❤️*a*✌️ 1️⃣_b_🇮🇷"), "❤️<strong>a</>✌️ 1️⃣<em>b</>🇮🇷");
    equal(shown("*سلام* و _می‌روم_، (~نه~)!"), "<strong>سلام</> و <em>می‌روم</>، (<s>نه</>)!");
  },
  "marks lie inside each other whole": () => {
    equal(shown("*a _b_ c* _*d*_ **~e~**"), "<strong>a <em>b</> c</> <em><strong>d</></> <strong><s>e</></>");
    equal(shown("*a _b* c_"), "<strong>a _b</> c_");
  },
  "what isn't at the edge of words is a sign": () =>
    same("2*3*4", "snake_case_name", "a * b * c", "~/notes and ~/x", "*x = *y", "a||b||c", "x || y || z", "5 * 3", "**", "*_*",
      "¯\\_(ツ)_/¯", "*a", "a*", "****a****", "* a*", "*a *b", "می_روم_خانه", "static/js/_x_.js", "=== ~~~"),
  "faces, patterns and names of programs mark nothing": () => {
    same("^_^ and ^_^", "-_- or -_-", ">_< >_<", "*.* and *.*", "*-*", "(*.*)", "__init__.py", "see __main__.py, __init__.py", "__len__(self)", "self.__dict__ a.__b__");
    equal(shown("*سلام!*! («*بله*») *a*: *?b* ||?|| *`*`*"), "<strong>سلام!</>! («<strong>بله</>») <strong>a</>: <strong>?b</> <hidden>?</> <strong>[*]</>");
  },
  "code and addresses keep their signs": () => {
    equal(shown("`*a*` *`b`*"), "[*a*] <strong>[b]</>");
    equal(shown("http://a.example/_x_/*y* and *http://b.example/c_d*."), "http://a.example/_x_/*y* and <strong>http://b.example/c_d</>.");
  },
  "a sign at the end of an address ends what was begun before it, and else belongs to it": () => {
    const inside = (spans) => spans.flatMap((span) => (span.kind === "mark" ? inside(span.spans) : [span]));
    const links = (line) => inside(spansOf(line)).filter(({ kind }) => kind === "link").map(({ text }) => text);
    for (const link of ["http://a.example/*a*", "https://a.example/x/*", "http://a.example/Foo_(x)_", "http://a.example/~", "https://می\u200cخواهم.ایران/*a*", "www.a.example/(*a*)", "web+hamraz:/join/0f/aa/bb/a_b_"]) {
      for (const line of [link, `see ${link}.`, `(${link})`, `${link} and *b*`, `*a* ${link}`]) equal([line, links(line)], [line, [link]]);
    }
    const link = "http://a.example/x";
    for (const line of [`*${link}*`, `**~see ${link}~**`, `_*${link}*_!`, `*a _${link}_* b`, `||${link}||`]) equal([line, links(line)], [line, [link]]);
    equal(links(`*${link}/_y_*`), [`${link}/_y_`]);
    equal(links("http://a.example* www.a.example_ (http://b.example)*"), ["http://a.example", "www.a.example", "http://b.example"]);
    equal(shown("*a http://a.example/*b* c*"), "<strong>a http://a.example/*b</> c*");
    equal(shown(`${link}/(*a b*`), `${link}/(*a b*`); // nothing begins in an address
  },
  "not one character is lost": () => {
    for (const line of ["*_~||", "||*a||*", "_a *b_ c*", "x*`y`*z", "*http://a.example/*|| *", "\u200c*a*\u200c"]) {
      const all = (spans) => spans.map((span) => (span.kind === "mark" ? all(span.spans) : span.text)).join("");
      equal([...all(spansOf(line))].filter((sign) => !"*_~|`".includes(sign)).join(""), [...line].filter((sign) => !"*_~|`".includes(sign)).join(""));
    }
  },
};
