// Messages that are ticked, as the state holds them; and where they can be passed on to.

import { placesOf } from "../../../static/js/actions/forwarding.js";
import { copyAll } from "../../../static/js/actions/selecting.js";
import { initialState, reduce } from "../../../static/js/state/state.js";
import { selectedOf } from "../../../static/js/state/selecting.js";
import { equal } from "../equal.js";

const chat = "p:sara";
const messages = [3, 5, 9].map((order) => ({ id: `m${order}`, chat, order, position: order, kind: "text", text: `t${order}` }));
const start = { ...initialState, open: chat, talks: { [chat]: { messages, older: false, newer: false, asking: null, loaded: true, divider: null, target: null } } };
const tick = (state, id) => reduce(state, { type: "select", chat, id });
const ids = (state) => selectedOf(state).map(({ id }) => id);

export const cases = {
  "they stand in the order of the talk, and the same press takes one out again"() {
    const two = tick(tick(start, "m9"), "m3");
    equal(ids(two), ["m3", "m9"]);
    equal(ids(tick(two, "m9")), ["m3"]);
    equal(tick(tick(two, "m9"), "m3").selecting, { chat, ids: [] }); // it goes on until it is ended
    equal(reduce(two, { type: "select_over" }).selecting, null);
  },
  "what is gone is ticked no more, and another chat begins anew"() {
    const two = tick(tick(start, "m9"), "m3");
    const gone = reduce(two, { type: "pushed", name: "message_gone", value: { chat, id: "m9" }, now: 0 });
    equal(ids(gone), ["m3"]);
    equal(reduce(two, { type: "open", chat: "p:omid" }).selecting, null);
    equal(ids(reduce(two, { type: "open", chat })), ["m3", "m9"]);
  },
  async "what says nothing by itself isn't copied: of a file that was passed on only who had it first stands there"() {
    const copied = [];
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: async (text) => copied.push(text) } });
    const [said, file] = ["🔕 hello", "↪ @omid"].map((text) => ({ ...messages[0], from: "sara", time: 0, text }));
    await copyAll([file, said]);
    equal(copied, ["hello"]);
    delete navigator.clipboard;
  },
  "they go where one may write: talks, the newest first, then others"() {
    const talk = (name, more) => ({ chat: `p:${name}`, name, time: 1, pinned: false, can_send: true, group: null, ...more });
    const person = (name, more = {}) => ({ uid: name, name, me: false, revoked: false, blocked: false, role: null, ...more });
    const state = {
      ...initialState,
      conversations: Object.fromEntries(
        [talk("sara", {}), talk("omid", { time: 5 }), talk("nima", { can_send: false }), talk("bad", {}),
          talk("class", { chat: "g:1", group: { state: "joined" } }), talk("asked", { chat: "g:2", group: { state: "invited" } })].map((one) => [one.chat, one]),
      ),
      people: Object.fromEntries(
        [person("sara"), person("omid"), person("nima"), person("bad", { blocked: true }), person("tara"), person("arash", { me: true }), person("old", { revoked: true })].map((one) => [one.uid, one]),
      ),
    };
    equal(placesOf(state, "").map(({ name }) => name), ["omid", "sara", "class", "tara"]);
    equal(placesOf(state, "CLA").map(({ name }) => name), ["class"]);
  },
};
