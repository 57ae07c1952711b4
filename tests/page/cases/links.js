// Where links lead, and which ones say so besides.

import { spansOf } from "../../../static/js/lib/marks.js";
import { equal } from "../equal.js";

const hosts = (line) =>
  spansOf(line)
    .filter(({ kind }) => kind === "link")
    .map(({ host }) => host);

const to = (line) =>
  spansOf(line)
    .filter(({ kind }) => kind === "link")
    .map(({ text, href }) => [text, href]);

export const cases = {
  "an address in plain letters says nothing besides": () =>
    equal(hosts("http://a.example HTTPS://B.Example:443/x http://192.168.1.20:8000/fa https://[::1]:5001/"), [
      null,
      null,
      null,
      null,
    ]),
  "one in other letters says where it leads": () => {
    equal(hosts("https://аррӏе.com/x"), ["xn--80ak6aa92e.com"]);
    equal(hosts("http://ایران.example/"), ["xn--mgba3a4f16a.example"]);
    equal(hosts("http://ｇｏｏｇｌｅ.example/"), ["google.example"]);
  },
  "a place in this program is one, as far as it goes"() {
    equal(to("come: web+hamraz:/join/0f/aa/bb/%D9%87. (web+hamraz:/x) xweb+hamraz:/x web+hamraz:x web+other:/x"), [
      ["web+hamraz:/join/0f/aa/bb/%D9%87", "web+hamraz:/join/0f/aa/bb/%D9%87"], ["web+hamraz:/x", "web+hamraz:/x"]]);
    equal(to(`web+hamraz:/${"x".repeat(3000)}`), []);
  },
  "so does a number that is written as another": () => equal(hosts("http://2130706433/ http://0x7f.1/"), ["127.0.0.1", "127.0.0.1"]),
  "an address is one as people type it": () => {
    equal(to("see www.example.org/a, Www.Example.org. www.x"), [["www.example.org/a", "https://www.example.org/a"], ["Www.Example.org", "https://www.example.org/"]]);
    equal(to("به sara@example.org، بنویس (info@a-b.co.ir)"), [["sara@example.org", "mailto:sara@example.org"], ["info@a-b.co.ir", "mailto:info@a-b.co.ir"]]);
    equal(to("+98 912 345 6789 or 021-88776655، ۰۹۱۲ ۳۴۵ ۶۷۸۹"), [
      ["+98 912 345 6789", "tel:+989123456789"], ["021-88776655", "tel:02188776655"], ["۰۹۱۲ ۳۴۵ ۶۷۸۹", "tel:09123456789"],
    ]);
    equal(to("call +98 21 8888 7777: or 021-88776655.").map(([text]) => text), ["+98 21 8888 7777", "021-88776655"]); // at a sentence's end
    equal(to("٠٩١٢ ٣٤٥ ٦٧٨٩ و +٩٨٩١٢٣٤٥٦٧٨٩").map(([, href]) => href), ["tel:09123456789", "tel:+989123456789"]); // of an Arabic keyboard
    for (const end of ["۔", "।", "。", "、", "，", "！", "？", "）", "」", "“", "›", "»،"]) equal([end, to(`(www.example.org/a${end}`).map(([text]) => text)], [end, ["www.example.org/a"]]);
    equal(to("見よ（https://example.org/a） と https://example.org/a（b）").map(([text]) => text), ["https://example.org/a", "https://example.org/a（b）"]);
    equal(to("(021) 88776655 و (09123456789) ((+98) 912 345 6789) (کار 021-88776655)").map(([text]) => text), ["(021) 88776655", "09123456789", "(+98) 912 345 6789", "021-88776655"]);
    equal(to("021-88776655.5 021-88776655:80 021-88776655-x"), []);
  },
  "half-spaces are part of an address, and not its end": () =>
    equal(to("https://fa.example.org/نیم\u200cفاصله\u200c، https://می\u200cخواهم.example/").map(([text]) => text), [
      "https://fa.example.org/نیم\u200cفاصله", "https://می\u200cخواهم.example/",
    ]),
  "but behind a plain letter they are its end: no address is spelled so": () =>
    equal(to("https://example.org\u200cها و www.example.org/a\u200cرا").map(([text]) => text), ["https://example.org", "www.example.org/a"]),
  "what only looks like one is none": () =>
    equal(to("a@b x@y.z1 www. awww.example.local @sara 0123 02 03 192.168.001.100 007 2026-11-30 10:05 0.123456789 user@host"), []),
  "a name by itself is an address if its ending says so": () => {
    for (const one of ["example.com", "EXAMPLE.COM", "a-b.co.ir", "aparat.com/v/x", "example.org:8080/a", "example.com?q=a", "example.ir#x", "t.me/hamraz", "youtu.be/x-y_", "name.al-lastname.com"]) {
      for (const line of [one, `(${one})`, `به ${one}، و`, `${one}.`, `${one}را`, `${one}!`, `それは${one}。次`]) {
        const isTold = /[/?#]/u.test(one) && !/[را]$/u.test(line) && !line.includes("。"); // what follows a path may be part of it
        if (isTold || !/[/?#]/u.test(one)) equal([line, to(line).map(([text]) => text)], [line, [one]]);
      }
    }
    equal(to("example.ir/a").concat(to("Example.com")), [["example.ir/a", "https://example.ir/a"], ["Example.com", "https://example.com/"]]);
    equal(to("node.js main.py README.md run.sh x.rs logo.ai nothing.to done.it example.comm foo.com.txt -example.coma @test.com #test.com $test.com .com com 1.2.3.4 a.b example.local java.io.File foo.com@x _example.com a\\example.com e.g. i.e."), []);
    equal(to("john.doe.gov@example.com o'hara@example.ie 'sara@example.org'").map(([, href]) => href), ["mailto:john.doe.gov@example.com", "mailto:o'hara@example.ie", "mailto:sara@example.org"]);
  },
  "a name is over where the writing changes, or a sign of a sentence stands": () => {
    const texts = (line) => to(line).map(([text]) => text);
    equal(texts("http://example.comだよ https://example.orgرا http://localhost:8000را http://10.0.0.1で"), ["http://example.com", "https://example.org", "http://localhost:8000", "http://10.0.0.1"]);
    equal(texts("见https://example.com。次は（http://example.org/a）と「example.net」、test@example.comまで｜http://b.example｜c"), ["https://example.com", "http://example.org/a", "example.net", "test@example.com", "http://b.example"]);
    equal(texts("https://example.com،https://example.org؛"), ["https://example.com", "https://example.org"]);
    equal(texts("http://exampleこれ.com/a https://می\u200cخواهم.ایران/ http://✪df.ws/ https://www.aмazon.com/"), ["http://exampleこれ.com/a", "https://می\u200cخواهم.ایران/", "http://✪df.ws/", "https://www.aмazon.com/"]);
  },
  "a bracket that was opened before it ends it, and another one may follow": () => {
    const texts = (line) => to(line).map(([text]) => text);
    equal(texts("[a](https://a.example/x)[b](https://b.example) {http://c.example/aa(v=1.0).aspx}, http://d.example/x)y"), ["https://a.example/x", "https://b.example", "http://c.example/aa(v=1.0).aspx", "http://d.example/x"]);
    equal(texts("http://a.example/x's and http://b.example’s"), ["http://a.example/x", "http://b.example"]);
  },
  "behind an emoji one begins, as behind a space": () =>
    equal(to("❤️www.example.org 1️⃣example.com 👍🏽sara@example.org 🇮🇷+989123456789 ✌️web+hamraz:/x é́www.example.org").map(([text]) => text), ["www.example.org", "example.com", "sara@example.org", "+989123456789", "web+hamraz:/x"]),
  "half a million digits take no time, however they are grouped": () => {
    const begun = performance.now();
    for (const part of [` ${"0".repeat(42)}x`, ` 00${"٠۰0".repeat(14)}x`, " 00 00 00 00x", " 0(00)(00)(00"]) equal(to(part.repeat(500_000 / part.length)), []);
    for (const part of ["%d9", "a.", "あ.", "http://a。"]) to(`http://a.example/${part.repeat(60_000 / part.length)}`);
    equal(performance.now() - begun < 3000, true);
  },
  "letters are read as letters, and lead to the same place": () => {
    const written = "https://fa.example.org/wiki/%D8%B3%D9%84%D8%A7%D9%85_%D8%AF%D9%86%DB%8C%D8%A7?q=%20%2F%E2%80%AE";
    equal(to(written), [["https://fa.example.org/wiki/سلام_دنیا?q=%20%2F%E2%80%AE", written]]);
    equal(to("https://a.example/%D8%B3%D9"), [["https://a.example/%D8%B3%D9", "https://a.example/%D8%B3%D9"]]);
  },
};
