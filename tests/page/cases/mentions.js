import { nameAt, nameOf } from "../../../static/js/lib/mentions.js";
import { offeredNames, personCalled } from "../../../static/js/state/mentions.js";
import { initialState } from "../../../static/js/state/state.js";
import { equal } from "../equal.js";

const at = (text) => nameAt(text, text.length);
const person = (name, more = {}) => ({ uid: name, name, me: false, revoked: false, blocked: false, contact: false, role: null, ...more });
const people = Object.fromEntries(
  [person("arash", { me: true }), person("sara"), person("Saman", { contact: true }), person("می‌خک"), person("old", { revoked: true }), person("bad", { blocked: true })].map((one) => [one.uid, one]),
);
const joined = (uid) => ({ uid, state: "joined" });
const group = (may_add) => ({ members: [...["arash", "sara", "می‌خک", "bad"].map(joined), { uid: "Saman", state: "invited" }], may_add });
const offered = (open, sought) => offeredNames({ ...initialState, people }, open, sought, "همه").map(({ name }) => name);

export const cases = {
  "a name begins behind an @ that stands in no word"() {
    equal(at("hello @sa"), { from: 6, sought: "sa" });
    equal(at("❤️@sa"), { from: 2, sought: "sa" });
    equal(at("@"), { from: 0, sought: "" });
    equal(at("سلام @می‌خ"), { from: 5, sought: "می‌خ" });
    equal(nameAt("@sara hi", 3), { from: 0, sought: "sa" });
    for (const text of ["sara", "a@b", "@sara hi", "@@sa", "x/@sa", `@${"s".repeat(33)}`]) equal([text, at(text)], [text, null]);
  },
  "a name ends before the signs that end a sentence"() {
    equal(["@sara", "@sara.", "@a.b_", "sara", "@"].map(nameOf), ["sara", "sara", "a.b", null, null]);
  },
  "whoever has the name, whatever the keyboard; nobody whose account has ended"() {
    equal(["sara", "SARA", "مي‌خك", "old", "nobody"].map((name) => personCalled(people, name)?.uid ?? null), ["sara", "sara", "می‌خک", null, null]);
  },
  "in a group its members are offered, and everybody to who may add"() {
    equal(offered({ group: group(true) }, ""), ["همه", "sara", "می‌خک"]);
    equal(offered({ group: group(false) }, ""), ["sara", "می‌خک"]);
    equal(offered({ group: group(true) }, "al"), ["همه"]);
    equal(offered({ group: group(true) }, "sa"), ["sara"]);
  },
  "elsewhere whoever is here, those one knows first"() {
    equal(offered({ group: null }, "sa"), ["Saman", "sara"]);
  },
};
