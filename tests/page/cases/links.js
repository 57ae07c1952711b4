// Where links lead, and which ones say so besides.

import { spansOf } from "../../../static/js/lib/prose.js";
import { equal } from "../equal.js";

const hosts = (line) =>
  spansOf(line)
    .filter(({ kind }) => kind === "link")
    .map(({ host }) => host);

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
  "so does a number that is written as another": () => equal(hosts("http://2130706433/ http://0x7f.1/"), ["127.0.0.1", "127.0.0.1"]),
};
