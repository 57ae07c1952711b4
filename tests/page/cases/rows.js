// What stands in the sheet, line by line.

import { rowsOf } from "../../../static/js/state/rows.js";
import { equal } from "../equal.js";

const noon = new Date(2026, 10, 22, 12).getTime();
const minute = 60_000;
const day = 24 * 60 * minute;
const message = (id, from, time, more = {}) => ({ id, from, time, kind: "text", gap: false, ...more });
const rows = (messages, more = {}, key = null) => rowsOf({ messages, divider: null, older: false, ...more }, key);
const kinds = (list) => list.map(({ kind, key }) => (kind === "message" ? key : kind));
const shape = (list) =>
  list
    .filter(({ kind }) => kind === "message")
    .map(({ joined, followed }) => `${joined ? "j" : "-"}${followed ? "f" : "-"}`);

export const cases = {
  "each day begins with its line": () =>
    equal(kinds(rows([message("a", "x", noon - day), message("b", "x", noon), message("c", "x", noon + minute)])), [
      "day",
      "a",
      "day",
      "b",
      "c",
    ]),
  "messages of one breath are joined": () =>
    equal(
      shape(rows([message("a", "x", noon), message("b", "x", noon + minute), message("c", "x", noon + 2 * minute)])),
      ["-f", "jf", "j-"],
    ),
  "another person, a pause, a group's news or something unreadable ends a breath": () => {
    equal(shape(rows([message("a", "x", noon), message("b", "y", noon + 1)])), ["--", "--"]);
    equal(shape(rows([message("a", "x", noon), message("b", "x", noon + 6 * minute)])), ["--", "--"]);
    equal(shape(rows([message("a", "x", noon), message("b", "x", noon + 1, { kind: "system" })])), ["--", "--"]);
    equal(shape(rows([message("a", "x", noon), message("b", "x", noon + 1, { kind: "unreadable" })])), ["--", "--"]);
  },
  "a sender's clock that runs backwards breaks nothing": () =>
    equal(shape(rows([message("a", "x", noon), message("b", "x", noon - 9 * day)])), ["--", "--"]),
  "what is new is divided from what is not": () => {
    const list = rows([message("a", "x", noon), message("b", "x", noon + 1)], { divider: { id: "b", n: 1 } });
    equal(kinds(list), ["day", "a", "new", "b"]);
    equal(shape(list), ["--", "--"]);
  },
  "a gap is marked before the message that follows it": () =>
    equal(kinds(rows([message("a", "x", noon, { gap: true })])), ["day", "gap", "a"]),
  "a new key stands where it happened": () => {
    const talk = [message("a", "x", noon), message("b", "x", noon + 2 * minute)];
    const list = rows(talk, {}, noon + minute);
    equal(kinds(list), ["day", "a", "key", "b"]);
    equal(shape(list), ["--", "--"]);
    equal(kinds(rows(talk, {}, noon + day)), ["day", "a", "b", "key"]);
  },
  "a new key before the loaded window waits until that is loaded": () =>
    equal(kinds(rows([message("a", "x", noon)], { older: true }, noon - day)), ["day", "a"]),
  "a day's line is the same one when older messages of that day come in": () => {
    const [late] = rows([message("b", "x", noon)]);
    const [early] = rows([message("a", "x", noon - minute), message("b", "x", noon)]);
    equal(early.key, late.key);
    const wild = rows([message("a", "x", noon), message("b", "x", noon - day), message("c", "x", noon)]);
    equal(new Set(wild.map(({ key }) => key)).size, wild.length);
  },
  "no two lines have the same key": () => {
    const list = rows(
      [message("a", "x", noon, { gap: true }), message("b", "y", noon + day)],
      { divider: { id: "a", n: 2 } },
      noon,
    );
    equal(new Set(list.map(({ key }) => key)).size, list.length);
  },
  "pictures that were sent together lie in one row": () => {
    const id = (n) => "a".repeat(24) + `0000000${n}`;
    const picture = (n, more = {}) =>
      message(id(n), "x", noon + n, { kind: "file", text: n === 1 ? "three of them" : "", file: { preview: true, width: 9, height: 9, state: "offered" }, ...more });
    const albums = (list) => rowsOf({ messages: list, divider: null, older: false }).flatMap((row) => row.kind === "message" ? [row.album?.length ?? 1] : []);
    const three = [picture(1), picture(2), picture(3)];
    equal(albums(three), [3]);
    equal(albums([picture(1), picture(2, { kind: "deleted", file: null }), picture(3), picture(4)]), [1, 1, 2]);
    equal(albums([picture(1), picture(2, { text: "another caption" }), picture(3)]), [1, 2]);
    equal(albums([picture(1), picture(2, { file: { preview: false, width: 0, height: 0, state: "offered" } }), picture(3)]), [1, 1, 1]);
    equal(albums([picture(1), { ...picture(2), id: "b".repeat(32) }, picture(3)]), [1, 1, 1]);
    equal(albums([picture(1), message("c", "y", noon + 2), picture(3)]), [1, 1, 1]);
    equal(albums([picture(1), picture(2, { edited: 5 })]), [1, 1]);
    equal(albums([picture(1), picture(2, { file: { preview: true, width: 9, height: 9, state: "failed" } })]), [1, 1]);
    equal(rowsOf({ messages: three, divider: { id: id(2), n: 2 }, older: false }).map((row) => row.album?.length ?? row.kind), ["day", "message", "new", 2]);
  },
};
