// Where the rows of a long column stand: by the heights that were measured, and by an estimate for the others. Pure; rows
// have a `key` each, heights are pixels, and a row's height includes the space before it.

/** @template {{key: string}} R */
export class Column {
  #estimate;
  /** @type {Map<string, number>} */
  #heights = new Map();
  #tops = [0];
  /** @type {R[]} */
  rows = [];

  constructor(/** @type {(row: R) => number} */ estimate) {
    this.#estimate = estimate;
  }

  /** These rows, in this order. What was measured of rows that have gone is forgotten after a while. @param {R[]} rows */
  setRows(rows) {
    this.rows = rows;
    if (this.#heights.size > 4 * rows.length + 1000) {
      const kept = new Set(rows.map(({ key }) => key));
      for (const key of this.#heights.keys()) if (!kept.has(key)) this.#heights.delete(key);
    }
    this.#tops = [0];
    rows.forEach((row, at) => {
      this.#tops[at + 1] = this.#tops[at] + (this.#heights.get(row.key) ?? this.#estimate(row));
    });
  }

  /** Remembers what rows really measure, [[key, height]]; true if any of it is news. @param {[string, number][]} found */
  measure(found) {
    let isNews = false;
    for (const [key, height] of found) {
      if (this.#heights.get(key) === height) continue;
      this.#heights.set(key, height);
      isNews = true;
    }
    if (isNews) this.setRows(this.rows);
    return isNews;
  }

  // After what changes every height, as a narrower window does.
  forget() {
    this.#heights.clear();
    this.setRows(this.rows);
  }

  top(/** @type {number} */ at) {
    return this.#tops[at];
  }

  get height() {
    return this.#tops[this.rows.length];
  }

  /** The row in which this place lies; the first or the last one for a place outside. @param {number} y */
  at(y) {
    let low = 0;
    let high = this.rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#tops[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The rows that lie at least partly between these places: [first, after the last]. @param {number} from @param {number} to */
  between(from, to) {
    return this.rows.length ? [this.at(from), this.at(to) + 1] : [0, 0];
  }

  find(/** @type {string} */ key) {
    return this.rows.findIndex((row) => row.key === key);
  }
}
