// What keeps its own direction inside a line.

import { runsOf } from "../../../static/js/lib/runs.js";
import { equal } from "../equal.js";

const runs = (written) =>
  runsOf(written)
    .filter(({ kind }) => kind === "run")
    .map(({ text }) => text);

export const cases = {
  "addresses, paths and numbers with signs": () => {
    equal(runs("به sara.k+x@example.org بنویس."), ["sara.k+x@example.org"]);
    equal(runs("❤️@sara ✌️#کلاس"), ["@sara", "#کلاس"]);
    equal(runs("سلام @sara و @کیان، #کلاس_۴۰۲ @sara@example.org."), ["@sara", "@کیان", "#کلاس_۴۰۲", "@sara@example.org"]);
    equal(runs("در /etc/hosts و ~/notes.txt و C:\\Users\\sara\\a.txt است"), [
      "/etc/hosts",
      "~/notes.txt",
      "C:\\Users\\sara\\a.txt",
    ]);
    equal(runs("شماره: +98 912 345 6789 یا ۰۲۱-۸۸۷۷۶۶۵۵"), ["+98 912 345 6789", "۰۲۱-۸۸۷۷۶۶۵۵"]);
    equal(runs("روز 2026-11-22 ساعت 09:43"), ["2026-11-22"]);
    equal(runs("از 2026-11-22 12:30:05 تا ۱۴۰۵-۹-۱ ۹:۳۰."), ["2026-11-22 12:30:05", "۱۴۰۵-۹-۱ ۹:۳۰"]);
    equal(runs("شبا IR12 0123 4567 8901 2345 6789 01 و شابک 978-0-306-40615-7، ۱-۲-۳"), ["IR12 0123 4567 8901 2345 6789 01", "978-0-306-40615-7", "۱-۲-۳"]);
    equal(runs("کد *100# یا *۷۳۳*۱*۲# را بگیر"), ["*100#", "*۷۳۳*۱*۲#"]);
    equal(runs("دما −۳°C یا 25 °F یا ۲۰°، قیمت $5 و €1,250.50 و ۳٬۵۰۰ $."), ["−۳°C", "25 °F", "۲۰°", "$5", "€1,250.50", "۳٬۵۰۰ $"]);
    equal(runs("با --port 5003 و $HOME و .env"), ["--port", "$HOME", ".env"]);
    equal(runs("زبان C++ یا C#؟"), ["C++", "C#"]);
    equal(runs("2+3=5 و -۵"), ["2+3=5", "-۵"]);
  },
  "what ends a sentence is not part of them": () => {
    equal(runs("(see docs/protocol.md)."), ["docs/protocol.md"]);
    equal(runs("write to a@b.example, please"), ["a@b.example"]);
  },
  "plain words and ranges are left alone": () => {
    for (const text of ["سلام، خوبی؟", "از ۵-۱۰ نفر", "well-known", "12:30", "192.168.1.37", "a. b", "1405/9/1", "50%", "1-2-", "AB12 345", "۵٪ و ۲۰ درصد", "5kg"])
      equal([text, runs(text)], [text, []]);
  },
  "not one character is lost or added": () => {
    for (const text of ["@@", "a@b", "/ / /", "--", "((021) 8877-6655)", "+", "C++ C#", "\\\\", "~/ ."])
      equal(
        runsOf(text)
          .map((run) => run.text)
          .join(""),
        text,
      );
  },
  "sixty thousand signs take no time": () => {
    const begun = performance.now();
    for (const sign of ["@", "/", "-", "+", "1 ", "1-", "a/", "a.", "\\", "#", "1+", "(1"]) runsOf(sign.repeat(60_000 / sign.length));
    equal(performance.now() - begun < 2000, true);
  },
};
