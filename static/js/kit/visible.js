// Which rows of a long column are in the page: those that are seen, a window's height of them beyond each edge, and the
// one that has focus. Used by the messages and by the list. Knows how a column scrolls, not what is in it.
// The body's children are the drawn rows and nothing else; the space of the others is its padding. No row has a margin
// at its end.

import { Column } from "../lib/column.js";

/** @template {{key: string}} R */
export class Visible {
  #isSteady;
  #scroller = document.body; // both are given when they are there
  #body = document.body;
  #held = /** @type {HTMLElement | null} */ (null); // what has focus, before drawing
  #base = 0; // px of the body's own padding before the first row
  #y = 0; // where the window's upper edge lies in the column
  #windowHeight = innerHeight;
  isWhole = false; // all rows are wanted, as for a printer
  #width = 0;
  #from = 0;
  #after = 0;
  /** @type {number[]} */
  #drawn = []; // indexes of the rows that are to be drawn
  /** @type {{key: string, isKept: boolean, isSteady: boolean}[]} */
  #shown = []; // {key, isKept, isSteady} of the rows that are in the body now, as its children

  // isSteady: whether a row is still the same one after others have come in beside it.
  constructor(/** @type {(row: R) => number} */ estimate, /** @type {(row: R) => boolean} */ isSteady = (_row) => true) {
    this.column = new Column(estimate);
    this.#isSteady = isSteady;
  }

  attach(/** @type {HTMLElement} */ scroller, /** @type {HTMLElement} */ body) {
    this.#scroller = scroller;
    this.#body = body;
    this.#base = (parseFloat(getComputedStyle(body).paddingBlockStart) || 0) - this.column.top(this.#from);
    this.#width = scroller.clientWidth;
  }

  get height() {
    return this.#windowHeight;
  }

  // Where the window's edges lie in the column, and whether rows are missing that are soon seen.
  look() {
    this.#y = this.#scroller.getBoundingClientRect().top - this.#body.getBoundingClientRect().top - this.#base;
    this.#windowHeight = this.#scroller.clientHeight;
    const half = this.#windowHeight / 2;
    const [from, after] = this.column.between(this.#y - half, this.#y + this.#windowHeight + half);
    return from < this.#from || after > this.#after;
  }

  get above() {
    return this.#y;
  }

  get below() {
    return this.column.height - this.#y - this.#windowHeight;
  }

  /** From here on this row is looked at, with so much of the window above it (0 to 1). @param {number} at @param {number} share */
  aim(at, share) {
    this.#y = Math.max(0, this.column.top(at) - this.#windowHeight * share);
  }

  aimAtEnd() {
    this.#y = Math.max(0, this.column.height - this.#windowHeight);
  }

  /** From here on this row is where it was seen, whatever has come in above it. @param {Page.Anchor | null} anchor */
  aimAtAnchor(anchor) {
    const at = anchor ? this.column.find(anchor.key) : -1;
    if (anchor && at >= 0) this.#y = this.column.top(at) - anchor.offset;
  }

  // The indexes of the rows to be drawn, in their order; `stop`: the key of the row that Tab leads to.
  pick(stop = /** @type {string | null | undefined} */ (null)) {
    const kept = this.#focused() ?? stop;
    [this.#from, this.#after] = this.isWhole
      ? [0, this.column.rows.length]
      : this.column.between(this.#y - this.#windowHeight, this.#y + 2 * this.#windowHeight);
    this.#drawn = [];
    for (let at = this.#from; at < this.#after; at += 1) this.#drawn.push(at);
    const away = kept == null ? -1 : this.column.find(kept);
    if (away >= 0 && away < this.#from) this.#drawn.unshift(away);
    else if (away >= this.#after) this.#drawn.push(away);
    return this.#drawn;
  }

  // The space that the rows which aren't drawn take, for the body's style.
  get padding() {
    const { column } = this;
    return [column.top(this.#from), column.height - column.top(this.#after)];
  }

  // After drawing: measures what is drawn, says where each row stands in the whole, and takes the one that is kept out of
  // the flow. `whole`: whether these are all rows there are. True if the heights were not as they had been thought to be.
  afterDrawing(/** @type {boolean} */ whole) {
    /** @type {[string, number][]} */
    const found = [];
    let end = /** @type {number | null} */ (null);
    this.#shown = this.#drawn.map((at) => ({
      key: this.column.rows[at].key,
      isKept: at < this.#from || at >= this.#after,
      isSteady: this.#isSteady(this.column.rows[at]),
    }));
    // a row that can't be drawn gets its place a moment later, and then this is done again
    if (this.#body.children.length !== this.#shown.length) return false;
    this.#shown.forEach(({ key, isKept }, place) => {
      const child = /** @type {HTMLElement} */ (this.#body.children[place]);
      this.#mark(child, this.#drawn[place], whole, isKept);
      if (isKept) return;
      const { bottom, height } = child.getBoundingClientRect();
      const before = end === null ? bottom - height - (parseFloat(getComputedStyle(child).marginBlockStart) || 0) : end;
      found.push([key, bottom - before]);
      end = bottom;
    });
    // a row that was put elsewhere among its neighbours has lost the focus that it is kept for
    if (this.#held?.isConnected && document.activeElement === document.body) this.#held.focus({ preventScroll: true });
    return this.column.measure(found);
  }

  // After another width every line may break elsewhere.
  resized() {
    const isOther = this.#width !== this.#scroller.clientWidth;
    this.#width = this.#scroller.clientWidth;
    if (isOther) this.column.forget();
    return isOther;
  }

  /** The element of a row, if it is drawn. @param {string} key */
  element(key) {
    const place = this.#shown.findIndex((one) => one.key === key);
    return /** @type {HTMLElement | null} */ (this.#body.children[place] ?? null);
  }

  /** The index of the row that an element is in, or -1. @param {HTMLElement} element */
  rowAt(element) {
    const place = [...this.#body.children].findIndex((child) => child.contains(element));
    return place < 0 ? -1 : this.column.find(this.#shown[place].key);
  }

  // The uppermost steady row that is seen, and how far its upper edge is from the window's.
  anchor() {
    const top = this.#scroller.getBoundingClientRect().top;
    for (const [place, { key, isKept, isSteady }] of this.#shown.entries()) {
      const child = this.#body.children[place];
      if (isKept || !isSteady || !child) continue;
      const box = child.getBoundingClientRect();
      if (box.bottom > top) return { key, offset: box.top - top };
    }
    return null;
  }

  /** Scrolls so that the anchor is where it was. @param {Page.Anchor | null} anchor */
  hold(anchor) {
    const element = anchor && this.element(anchor.key);
    if (!element || !anchor) return;
    const moved = element.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top - anchor.offset;
    if (Math.abs(moved) >= 0.5) this.#scroller.scrollTop += moved;
  }

  // The key of the row that has focus.
  #focused() {
    const focused = document.activeElement;
    this.#held = this.#body.contains(focused) ? /** @type {HTMLElement} */ (focused) : null;
    if (!this.#held) return null;
    return this.#shown.find((_, place) => this.#body.children[place]?.contains(focused))?.key ?? null;
  }

  #mark(/** @type {HTMLElement} */ child, /** @type {number} */ at, /** @type {boolean} */ whole, /** @type {boolean} */ isKept) {
    child.setAttribute("aria-posinset", String(at + 1));
    child.setAttribute("aria-setsize", String(whole ? this.column.rows.length : -1)); // -1: nobody knows how many there are
    if (isKept) {
      child.style.position = "absolute";
      child.style.insetInline = "0";
      child.style.insetBlockStart = `${this.#base + this.column.top(at)}px`;
    } else if (child.style.position) {
      child.style.position = child.style.insetInline = child.style.insetBlockStart = "";
    }
  }
}
