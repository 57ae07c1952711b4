// Code in its parts.

import { partsOf } from "../../../static/js/lib/highlight.js";
import { keyOf, languageName, languages } from "../../../static/js/lib/languages.js";
import { equal } from "../equal.js";

const whole = (code, language) => partsOf(code, language).map(({ text }) => text).join("");
const looks = (code, language) => partsOf(code, language).flatMap(({ look, text }) => (look ? [[look, text]] : []));

const samples = {
  python: ['@cached\ndef sum(a, b=0x1F):  # of two\n    """Of a\n    and b."""\n    return f"{a}" + str(b)',
    [["mark", "@cached"], ["word", "def"], ["type", "sum"], ["number", "0x1F"], ["remark", "# of two"], ["text", '"""Of a\n    and b."""'], ["word", "return"], ["text", 'f"{a}"'], ["type", "str"]]],
  js: ["const one = `a\nb`; // 'x'\nlet $n = 3.5e2, it = call(one, null);",
    [["word", "const"], ["text", "`a\nb`"], ["remark", "// 'x'"], ["word", "let"], ["number", "3.5e2"], ["call", "call"], ["type", "null"]]],
  ts: ["interface A { n: number }\n/* and */ enum B {}", [["word", "interface"], ["type", "number"], ["remark", "/* and */"], ["word", "enum"]]],
  c: ['#include <stdio.h>\nint main(void) { printf("%d\\n", \'a\'); /* open', [["mark", "#include"], ["type", "int"], ["call", "main"], ["type", "void"], ["call", "printf"], ["text", '"%d\\n"'], ["text", "'a'"], ["remark", "/* open"]]],
  "c++": ["template <typename T> class A : public B<T> {};", [["word", "template"], ["word", "typename"], ["word", "class"], ["word", "public"]]],
  "c#": ['public async Task<int> Get() => await F($"{x}");', [["word", "public"], ["word", "async"], ["type", "Task"], ["type", "int"], ["call", "Get"], ["word", "await"], ["call", "F"], ["text", '$"{x}"']]],
  java: ["@Override public void run() { System.out.println(1L); }", [["mark", "@Override"], ["word", "public"], ["type", "void"], ["call", "run"], ["type", "System"], ["call", "println"], ["number", "1L"]]],
  go: ['func main() { fmt.Println("hi", `raw`) }', [["word", "func"], ["call", "main"], ["type", "fmt"], ["call", "Println"], ["text", '"hi"'], ["text", "`raw`"]]],
  rust: ["fn f<'a>(s: &'a str) -> Option<char> { Some('x') }", [["word", "fn"], ["name", "'a"], ["name", "'a"], ["type", "str"], ["type", "Option"], ["type", "char"], ["type", "Some"], ["text", "'x'"]]],
  sql: ["SELECT name, count(*) FROM people WHERE note = 'it''s' -- all", [["word", "SELECT"], ["type", "count"], ["word", "FROM"], ["word", "WHERE"], ["text", "'it''s'"], ["remark", "-- all"]]],
  sh: ['for f in *.txt; do echo "$f" $HOME; done # all of a#b', [["word", "for"], ["word", "in"], ["word", "do"], ["type", "echo"], ["text", '"$f"'], ["name", "$HOME"], ["word", "done"], ["remark", "# all of a#b"]]],
  json: ['{"name": "x", "n": [1, true]}', [["name", '"name"'], ["text", '"x"'], ["name", '"n"'], ["number", "1"], ["word", "true"]]],
  css: ["a:hover, #top { color: #0a6670; margin: -2px calc(1% + 3em) !important; } @media print {}",
    [["type", "a"], ["type", "hover"], ["type", "top"], ["name", "color"], ["number", "#0a6670"], ["name", "margin"], ["number", "-2px"], ["call", "calc"], ["number", "1%"], ["number", "3em"], ["word", "!important"], ["word", "@media"], ["type", "print"]]],
  html: ['<!-- a --><p class="big">is "it" &amp;</p><style>p { top: 0 }</style><script>let a = 1;</script>',
    [["remark", "<!-- a -->"], ["mark", "<p"], ["name", "class"], ["text", '"big"'], ["mark", ">"], ["number", "&amp;"], ["mark", "</p><style>"], ["type", "p"], ["name", "top"], ["number", "0"], ["mark", "</style><script>"], ["word", "let"], ["number", "1"], ["mark", "</script>"]]],
};

export const cases = {
  ...Object.fromEntries(Object.entries(samples).map(([language, [code, wanted]]) => [`${language} in its parts`, () => {
    equal(looks(code, language), wanted);
    equal(whole(code, language), code);
  }])),
  "whatever it is, nothing is lost and nobody waits"() {
    const hostile = ['"'.repeat(30_000), "/*".repeat(15_000), "'''\"\"\"\\".repeat(4000), "<!--<p \"".repeat(4000), "`${".repeat(9000), "{:".repeat(15_000), "1e".repeat(15_000),
      "#[".repeat(15_000), "'a".repeat(15_000), "$".repeat(30_000), "<script><style>".repeat(2000), "\u202e\u0000سلام ".repeat(3000), "a-".repeat(15_000)];
    for (const key of Object.keys(languages))
      for (const code of hostile) {
        const began = performance.now();
        if (whole(code, key) !== code) throw new Error(`${key} loses something of ${code.slice(0, 12)}`);
        if (performance.now() - began > 500) throw new Error(`${key} takes too long over ${code.slice(0, 12)}`);
      }
  },
  "a language has the names that people give it, and is shown by its own"() {
    equal(["PY", "c#", "C++", "shell", "xml", "rs"].map(languageName), ["Python", "C#", "C++", "Bash", "HTML", "Rust"]);
    equal(["", "constructor", "basic"].map(keyOf), [null, null, null]);
    equal(languageName("basic"), "basic");
    equal(partsOf("let x", "basic"), [{ look: null, text: "let x" }]);
  },
};
