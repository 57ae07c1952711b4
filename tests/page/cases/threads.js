import { depthsOf, facesOf } from "../../../static/js/state/threads.js";
import { equal } from "../equal.js";

const said = (order, to) => ({ order, reply: to ? { order: to } : null });

export const cases = {
  "how far each is from the first, whatever else it answers": () =>
    equal([...depthsOf([said(3, 1), said(4, 3), said(5, 4), said(6, 3), said(7, 99)], 3)], [[3, 0], [4, 1], [5, 2], [6, 1], [7, 1]]),
  "the faces under it are of those who are known and not blocked, in the order given": () => {
    const people = { a: { uid: "a" }, b: { uid: "b", blocked: true }, c: { uid: "c" } };
    equal(facesOf({ time: 1, from: ["c", "b", "x", "a"] }, people).map((one) => one.uid), ["c", "a"]);
    equal(facesOf(null, people), []);
  },
};
