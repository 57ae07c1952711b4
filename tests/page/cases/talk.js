// The window of messages of one conversation.

import {
  dividerFor,
  emptyTalk,
  most,
  newestPosition,
  oldestPosition,
  putMessage,
  putPage,
  targetOf,
} from "../../../static/js/state/talk.js";
import { equal } from "../equal.js";

const message = (order, more = {}) => ({ id: `m${order}`, order, position: order, mine: false, kind: "text", time: order, ...more });
const span = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => message(from + at));
const orders = ({ messages }) => messages.map(({ order }) => order);
const page = (messages, more = false) => ({ messages, more });
const loaded = (from, to, older = false, newer = false) => ({
  ...emptyTalk,
  messages: span(from, to),
  older,
  newer,
  loaded: true,
});

export const cases = {
  "a new message takes its place in the order": () => equal(orders(putMessage(loaded(1, 3), message(4))), [1, 2, 3, 4]),
  "a late message takes its place before newer ones": () => {
    const talk = { ...loaded(1, 1), messages: [message(1), message(5)] };
    equal(orders(putMessage(talk, message(3))), [1, 3, 5]);
  },
  "the same message again is the same message": () => {
    const talk = putMessage(loaded(1, 2), message(2, { text: "changed" }));
    equal(orders(talk), [1, 2]);
    equal(talk.messages[1].text, "changed");
  },
  "what has no order yet stands last, and gets its place when it has one": () => {
    const sent = putMessage(loaded(1, 2), message(null, { id: "mine" }));
    const other = putMessage(sent, message(3));
    equal(orders(other), [1, 2, 3, null]);
    equal(orders(putMessage(other, message(4, { id: "mine" }))), [1, 2, 3, 4]);
  },
  "what moves is the same message in another place": () => {
    const talk = { ...loaded(1, 2), messages: [message(1), message(2, { id: "mine" }), message(3)] };
    const moved = putMessage(talk, message(2, { id: "mine", position: 4 }));
    equal(moved.messages.map(({ id, order }) => [id, order]), [["m1", 1], ["m3", 3], ["mine", 2]]);
    equal([oldestPosition(moved), newestPosition(moved)], [1, 4]);
    equal(targetOf(moved.messages, { order: 2, mark: true }), { id: "mine", mark: true });
  },
  "what moves beyond a window that has left the end is no longer in it": () => {
    const talk = { ...loaded(1, 2, false, true), messages: [message(1), message(2, { id: "mine" }), message(3)] };
    equal(orders(putMessage(talk, message(2, { id: "mine", position: 9 }))), [1, 3]);
  },
  "what is being sent is kept, wherever the window is": () =>
    equal(orders(putMessage(loaded(1, 3, false, true), message(null, { id: "mine" }))), [1, 2, 3, null]),
  "a window that has left the end takes no newer message": () =>
    equal(orders(putMessage(loaded(1, 3, false, true), message(9))), [1, 2, 3]),
  "a window that has left the beginning takes no older message": () =>
    equal(orders(putMessage(loaded(5, 6, true), message(1))), [5, 6]),
  "older pages lengthen the window, and the far end is let go": () => {
    const talk = putPage(loaded(201, 200 + most, true), page(span(151, 200), true), "older");
    equal(
      [oldestPosition(talk), newestPosition(talk), talk.older, talk.newer, talk.messages.length],
      [151, 150 + most, true, true, most],
    );
  },
  "newer pages lengthen it at the other end": () => {
    const talk = putPage(loaded(1, most, false, true), page(span(most + 1, most + 50)), "newer");
    equal([oldestPosition(talk), newestPosition(talk), talk.older, talk.newer], [51, most + 50, true, false]);
  },
  "the newest page begins anew and keeps what is still being sent": () => {
    const talk = putPage(
      { ...loaded(1, 3), messages: [...span(1, 3), message(null, { id: "mine" })] },
      page(span(80, 90), true),
      "newest",
    );
    equal(orders(talk), [...span(80, 90).map(({ order }) => order), null]);
    equal([talk.older, talk.newer], [true, false]);
  },
  "an answer that already has one's own message does not show it twice": () => {
    const sent = putMessage(loaded(1, 2), message(null, { id: "m3" }));
    equal(orders(putPage(sent, page(span(1, 3)), "newest")), [1, 2, 3]);
  },
  "messages that arrive at a full window push out the oldest": () => {
    const talk = putMessage(loaded(1, most), message(most + 1));
    equal([oldestPosition(talk), talk.older, talk.messages.length], [2, true, most]);
  },
  "n new stands before the n-th last message of others": () => {
    const talk = [message(1), message(2, { mine: true }), message(3), message(4, { kind: "system" }), message(5)];
    equal(dividerFor(talk, { unread: 2 }), { id: "m3", n: 2 });
    equal(dividerFor(talk, { unread: 0 }), null);
    equal(dividerFor(talk, { unread: 99 }).id, "m1");
    equal(dividerFor([], { unread: 3 }), null);
    equal(dividerFor([], null), null);
  },
  "n new stands before the first unread message where the agent names it": () => {
    equal(dividerFor(span(1, 9), { unread: 3, first_unread: 4 }), { id: "m4", n: 3 });
    equal(dividerFor(span(1, 3), { unread: 3, first_unread: 4 }), null);
  },
  "a page around something begins the window anew, with both ends open as told": () => {
    const talk = putPage(loaded(90, 99), { ...page(span(40, 60), true), older: true, newer: true }, "around");
    equal([oldestPosition(talk), newestPosition(talk), talk.older, talk.newer], [40, 60, true, true]);
  },
  "a target is the message of this order or the next, or the first one of a time": () => {
    const talk = [message(3), message(5), message(9), message(null, { id: "mine", time: 99 })];
    equal(targetOf(talk, { order: 5, mark: true }), { id: "m5", mark: true });
    equal(targetOf(talk, { order: 6, mark: true }).id, "m9");
    equal(targetOf(talk, { time: 4, mark: false }), { id: "m5", mark: false });
    equal(targetOf(talk, { time: 50, mark: false }).id, "m9");
    equal(targetOf([], { order: 1, mark: true }), null);
  },
};
