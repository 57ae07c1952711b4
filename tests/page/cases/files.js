// Files in the state: handed over, and on their way.

import { initialState, reduce } from "../../../static/js/state/state.js";
import { equal } from "../equal.js";

const chat = "p:b";
const message = (more) => ({ id: "m", chat, order: 4, position: 4, from: "a", mine: false, time: 1, kind: "file", text: "", ...more });
const file = { name: "a.pdf", size: 10, state: "offered", done: 0 };
const start = { ...initialState, me: "a", loaded: true, conversations: { [chat]: { chat, last: null, unread: 0 } } };
const read = (messages) =>
  reduce({ ...start, conversations: { [chat]: { chat, last: messages.at(-1), unread: 0 } } }, {
    type: "page",
    chat,
    side: "newest",
    messages,
    more: false,
  });
const moved = (state, change, id = "m") =>
  reduce(state, { type: "pushed", name: "file", value: { chat, id, file: change }, now: 2 });
const handing = (state, change) => reduce(state, { type: "handing", chat, id: "n", file: { ...file, ...change }, text: "look", now: 3 });

export const cases = {
  "how far a file is stands at its message and in the list": () => {
    const state = moved(read([message({ file })]), { state: "fetching", done: 5, where: "peer", why: null });
    const wanted = { ...file, state: "fetching", done: 5, where: "peer", why: null };
    equal(state.talks[chat].messages[0].file, wanted);
    equal(state.conversations[chat].last.file, wanted);
  },
  "of a message that isn't here nothing is told": () => {
    const before = read([message({ file })]);
    equal(moved(before, { state: "here" }, "other"), before);
  },
  "a message without a file gets none": () => {
    const state = moved(read([message({ kind: "deleted", file: null })]), { state: "here" });
    equal(state.talks[chat].messages[0].file, null);
  },
  "what is handed over stands last, until the agent has it": () => {
    const state = handing(read([message({ file })]), { state: "handing" });
    const [, last] = state.talks[chat].messages;
    equal([last.order, last.text, last.file.state, last.mine], [null, "look", "handing", true]);
    const done = reduce(state, { type: "pushed", name: "message", value: message({ id: "n", order: 5, position: 5, file }), now: 4 });
    equal(done.talks[chat].messages.map(({ order }) => order), [4, 5]);
  },
  "the same file again only says how far it is": () => {
    const state = handing(handing(read([]), { state: "stopped" }), { state: "handing", done: 7 });
    equal(state.talks[chat].messages.length, 1);
    equal(state.talks[chat].messages[0].file.done, 7);
  },
};
