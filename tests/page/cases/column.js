// Where the rows of a long column stand.

import { Column } from "../../../static/js/lib/column.js";
import { equal } from "../equal.js";

const rows = (...keys) => keys.map((key) => ({ key }));
function column(...keys) {
  const made = new Column(() => 10);
  made.setRows(rows(...keys));
  return made;
}

export const cases = {
  "rows that nobody has measured have the estimated height": () => {
    const it = column("a", "b", "c");
    equal([it.height, it.top(0), it.top(2)], [30, 0, 20]);
  },
  "what was measured moves what follows": () => {
    const it = column("a", "b", "c");
    equal(it.measure([["a", 15.5]]), true);
    equal([it.top(1), it.height], [15.5, 35.5]);
    equal(it.measure([["a", 15.5]]), false);
  },
  "heights stay with their rows when others come in before them": () => {
    const it = column("b", "c");
    it.measure([["c", 50]]);
    it.setRows(rows("a", "b", "c"));
    equal([it.top(2), it.height], [20, 70]);
  },
  "a place lies in one row, also where two meet and outside": () => {
    const it = column("a", "b", "c");
    equal(
      [-5, 0, 9.9, 10, 29, 30, 99].map((y) => it.at(y)),
      [0, 0, 0, 1, 2, 2, 2],
    );
  },
  "between two places are all rows that show": () => {
    const it = column("a", "b", "c", "d");
    equal(it.between(5, 25), [0, 3]);
    equal(it.between(-100, 1000), [0, 4]);
    equal(it.between(10, 19), [1, 2]);
    equal(column().between(0, 100), [0, 0]);
  },
  "everything is measured anew after the window has changed": () => {
    const it = column("a");
    it.measure([["a", 99]]);
    it.forget();
    equal(it.height, 10);
  },
  "rows that have gone are forgotten in the end": () => {
    const it = new Column(() => 10);
    for (let turn = 0; turn < 40; turn += 1) {
      const keys = Array.from({ length: 100 }, (_, at) => `${turn} ${at}`);
      it.setRows(rows(...keys));
      it.measure(keys.map((key) => [key, 20]));
    }
    it.setRows(rows("0 0"));
    equal(it.height, 10);
  },
  "a row is found by its key": () => equal([column("a", "b").find("b"), column("a").find("z")], [1, -1]),
};
