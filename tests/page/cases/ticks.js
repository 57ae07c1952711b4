// A list with ticks: who is offered, who is found, what "everybody" chooses.

import { foundOf, share, tick, tickAll, toTick } from "../../../static/js/state/ticks.js";
import { equal } from "../equal.js";

const person = (name, more = {}) => [name, { uid: name, name, me: false, revoked: false, blocked: false, ...more }];
const people = Object.fromEntries([
  person("omid"), person("arash", { me: true }), person("Sara"), person("ندا"), person("gone", { revoked: true }),
  person("rude", { blocked: true }), person("rosa"), person("inside"),
]);
const names = (found) => found.map(({ name }) => name);

export const cases = {
  "everybody who can be asked, by name": () =>
    equal(names(toTick({ people }, ["inside"])), ["omid", "rosa", "Sara", "ندا"]),
  "who begins so comes first": () => {
    const all = toTick({ people }, []);
    equal(names(foundOf(all, "sa")), ["Sara", "rosa"]);
    equal(names(foundOf(all, " ")), names(all));
    equal(names(foundOf(all, "x")), []);
  },
  "how many of those who are seen": () => {
    equal([share([], ["a"]), share(["a", "b"], ["a"]), share(["a"], ["a", "b"])], ["none", "all", "some"]);
    equal(share([], []), "none");
  },
  "everybody, and nobody again; who isn't seen stays as they were": () => {
    equal(tickAll(["c"], ["a", "b"]), ["c", "a", "b"]);
    equal(tickAll(["a", "c"], ["a", "b"]), ["a", "c", "b"]);
    equal(tickAll(["a", "c", "b"], ["a", "b"]), ["c"]);
  },
  "one after the other": () => equal(tick(tick(tick([], "a"), "b"), "a"), ["b"]),
  "a thousand are sought through in no time": () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => person(`member ${n}`)));
    const before = performance.now();
    equal(foundOf(toTick({ people: many }, []), "99").length, 19);
    equal(performance.now() - before < 200, true);
  },
};
