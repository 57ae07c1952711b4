// What people are called, and by what they are found.

import { called, namesOf, titleOf } from "../../../static/js/state/names.js";
import { conversationsOf, groupsWith, isCalled, openOf, personKnownAs, withoutChat } from "../../../static/js/state/screen.js";
import { equal } from "../equal.js";

const person = (uid, name, more = {}) => ({ uid, name, display_name: "", nickname: "", me: false, revoked: false, role: null, ...more });
const all = [
  person("a", "arash", { me: true }), person("b", "sara", { display_name: "Sara Karimi" }),
  person("c", "nili", { display_name: "نیلوفر رضایی", nickname: "my sister" }), person("d", "omid"), person("e", "omid2", { display_name: "Uncle" }),
];
const people = Object.fromEntries(all.map((one) => [one.uid, one]));
const talk = (uid) => ({ chat: `p:${uid}`, name: people[uid].name, uid, group: null, last: null });
const group = (gid, name, state, ...members) => ({ chat: `g:${gid}`, name, uid: null, last: null,
  group: { state, members: members.map((uid) => ({ uid, state: uid === "d" ? "invited" : "joined" })) } });
const conversations = Object.fromEntries([talk("b"), talk("c"), group("1", "Zebra", "joined", "a", "b", "d"),
  group("2", "Ants", "joined", "a", "b"), group("3", "Gone", "left", "a", "b")].map((one) => [one.chat, one]));
const state = { people, conversations, filter: "", shelf: false, drafts: {}, open: null };
const found = (filter) => [conversationsOf({ ...state, filter }), withoutChat({ ...state, filter })].map((list) => list.map(({ name }) => name).sort());

export const cases = {
  "one's own name for somebody, theirs for themselves, the user name": () =>
    equal(all.map(called), ["arash", "Sara Karimi", "my sister", "omid", "Uncle"]),
  "an agent that knows of none": () => equal([called({ name: "x" }), namesOf({ name: "x" })], ["x", ["x"]]),
  "a private talk is called as the other is, a group as it is": () => {
    equal([titleOf(people, conversations["p:c"]), titleOf(people, conversations["g:1"]), titleOf(people, undefined)], ["my sister", "Zebra", ""]);
    equal(openOf({ ...state, open: "p:b" }).name, "Sara Karimi");
  },
  "whoever is called so is found, by each of their names": () => {
    for (const sought of ["نيلوفر", "MY SIS", "nili"]) equal([sought, isCalled(people.c, sought)], [sought, true]);
    equal([found("karimi"), found("sister"), found("uncle"), found("omid")], [[["sara"], []], [["nili"], []], [[], ["omid2"]], [[], ["omid", "omid2"]]]);
  },
  "a name leads to somebody if only one has it": () => {
    equal([personKnownAs(state, "SARA karimi")?.uid, personKnownAs(state, "nobody")], ["b", null]);
    const two = { ...state, people: { ...people, f: person("f", "g", { nickname: "uncle" }) } };
    equal(personKnownAs(two, "Uncle"), null);
  },
  "groups in which both are, by name": () => equal([groupsWith(state, "b"), groupsWith(state, "d")].map((list) => list.map(({ name }) => name)), [["Ants", "Zebra"], []]),
};
