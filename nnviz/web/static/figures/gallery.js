// All digits that the model takes for something else: sorted, filtered, page by page, while it trains. They keep their
// places while the pointer or the focus is on them; what becomes right meanwhile is marked and goes when the visitor's
// hand has gone.

import { choice, choose, element, options, sign, stop, write } from "../kit/dom.js";
import { count, epochs, percent, scope } from "../kit/numbers.js";
import { digitOf, gallery, wilson } from "../kit/predictions.js";
import { DigitAlbum } from "./digit_album.js";
import { sizeOf } from "./tiles.js";

/** @typedef {import("../kit/predictions.js").Digit & {right?: boolean}} Row */
/** @typedef {import("../kit/predictions.js").Judged} Judged */
/** @typedef {{truth: number | null, predicted: number | null}} Cell of the confusion matrix */

/** @type {import("../kit/dom.js").Option[]} */
const SORTS = [
  ["confidence", "surest first"], ["doubt", "least sure first"], ["true", "by true class"],
  ["predicted", "by predicted class"], ["index", "by number"],
];
const PAGE = 60, FIRST = 100;
const SMALLEST = 4.1; // em of a digit's picture

export class Gallery {
  /**
   * @param {HTMLElement} root
   * @param {{open: (index: number, order: number[]) => void, changed: () => void}} hooks open: a digit was clicked, one
   *   of those shown; changed: draw again
   */
  constructor(root, { open, changed }) {
    this.root = root;
    this.sort = "confidence";
    /** @type {number | null} only those of a class */
    this.truth = null;
    /** @type {number | null} only those that are taken for a class */
    this.predicted = null;
    this.page = 0;
    this.first = false;
    /** @type {Row[]} */
    this.shown = [];
    /** @type {Row[] | null} those that keep their places */
    this.frozen = null;
    this.room = 0;
    this.said = "";
    /** @param {Partial<Cell> & {sort?: string, first?: boolean, page?: number}} changes */
    this.set = (changes) => { Object.assign(this, { page: 0, frozen: null }, changes); changed(); };
    const { set } = this, number = (/** @type {string} */ text) => (text === "" ? null : Number(text));
    this.which = choice("which digits", [["wrong", "all mistakes"], ["first", `first ${FIRST} test digits`]],
      (v) => set({ first: v === "first" }));
    this.sorting = choice("order of the mistakes", SORTS, (sort) => set({ sort }));
    this.truths = choice("true class", [["", "true: any"]], (v) => set({ truth: number(v) }));
    this.guesses = choice("predicted class", [["", "predicted: any"]], (v) => set({ predicted: number(v) }));
    this.count = element("b", { class: "nnd-count", "aria-live": "off" });
    this.scope = element("span", { class: "nnd-scope" });
    const turn = (/** @type {string} */ text, /** @type {string} */ title, /** @type {number} */ by) =>
      sign(text, title, () => set({ page: this.page + by }));
    this.back = turn("‹", "previous page", -1);
    this.next = turn("›", "next page", 1);
    this.where = element("span", { class: "nnd-where" });
    this.box = element("div", { class: "nnd-album" });
    this.tiles = new DigitAlbum(this.box, open, "point at a digit, click to open it");
    // What is there when the hand comes is what stays, not what the next picture brings.
    for (const name of ["pointerenter", "focusin"])
      this.box.addEventListener(name, () => { this.frozen ??= this.shown; });
    for (const name of ["pointerleave", "focusout"]) this.box.addEventListener(name, () => changed());
    this.empty = element("p", { class: "nnd-empty", hidden: true });
    this.tools = element("div", { class: "nnd-tools" }, this.which, this.sorting, this.truths, this.guesses, this.count,
      this.scope, element("span", { class: "nnd-pages" }, this.back, this.where, this.next));
    root.append(this.tools, this.box, this.empty);
  }

  /**
   * Only these, from the first page on: a cell of the confusion matrix. On the diagonal there is no mistake to show.
   * @param {Cell} cell
   */
  only({ truth, predicted }) {
    this.set({ truth, predicted: truth === predicted ? null : predicted, first: false });
  }

  /**
   * bottom: pixels from the top of the gallery to the end of the screen.
   * @param {{frame: Judged, data: import("../kit/digit_data.js").DigitData, names: string[], key: string, theme: Theme,
   *   bottom?: number}} now
   */
  draw({ frame, data, names, key, theme, bottom = 0 }) {
    options(this.truths, [["", "true: any"], ...pairs(names, "true")]);
    options(this.guesses, [["", "predicted: any"], ...pairs(names, "predicted")]);
    choose(this.which, this.first ? "first" : "wrong");
    choose(this.sorting, this.sort);
    choose(this.truths, this.truth ?? "");
    choose(this.guesses, this.predicted ?? "");
    for (const select of [this.sorting, this.truths, this.guesses]) select.hidden = this.first;
    const said = [
      frame.serial, key, theme.key, this.sort, this.truth, this.predicted, this.page, this.first, data.labels ? 1 : 0,
      data.loaded, sizeOf(this.root)[0], bottom,
    ].join();
    if (said === this.said && !this.frozen) return;
    this.said = said;
    /** @type {Row[]} */
    const rows = this.first ? this.hundred(frame) : gallery(frame, this);
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    this.page = Math.max(0, Math.min(this.first ? 0 : pages - 1, this.page));
    let shown = this.first ? rows : rows.slice(this.page * PAGE, (this.page + 1) * PAGE);
    if (this.tiles.held && this.frozen && !this.first) shown = this.keep(frame, this.frozen, shown);
    this.shown = shown;
    this.frozen = this.tiles.held ? shown : null;
    if (!this.tiles.held || !this.room) this.resize(rows.length, names, theme.size + 1, bottom);
    const columns = this.first ? (sizeOf(this.root)[0] > 56 * theme.size ? 10 : 5) : null;
    this.tiles.draw({
      rows: shown, data, names, key, theme, columns, capacity: this.first ? FIRST : this.room, marked: this.first,
    });
    this.words(frame, rows, pages);
  }

  /**
   * Room for so many digits, in steps: a page that is not full any more must not change their size with each of them.
   * @param {number} many @param {string[]} names @param {number} size of type @param {number} bottom
   */
  resize(many, names, size, bottom) {
    this.room = this.first ? FIRST : [6, 12, 24, 40].find((most) => many <= most) ?? PAGE;
    const lines = names.some((name) => name.length > 2) ? 2 : 1, width = sizeOf(this.root)[0];
    const columns = Math.max(1, Math.floor(width / ((SMALLEST + (lines > 1 ? 3 : 1.6)) * size)));
    const rows = Math.ceil(this.room / (this.first ? Math.min(10, columns) : columns));
    const needed = rows * (SMALLEST + 1.45 * lines + 0.4) * size;
    const height = `${Math.round(Math.max(bottom - sizeOf(this.tools)[1] - 2 * size, needed))}px`;
    if (this.box.style.height !== height) this.box.style.height = height;
  }

  /** The first digits of the split, right or wrong. @param {Judged} frame */
  hundred(frame) {
    // A sample is in order, too.
    const rows = Array.from({ length: Math.min(FIRST, frame.truth.length) }, (_, p) => digitOf(frame, p));
    return rows.filter((r) => r.index < FIRST).map((r) => ({ ...r, right: r.predicted === r.truth }));
  }

  /**
   * The digits that were shown, with what the model says of them now, and others where there is room.
   * @param {Judged} frame @param {Row[]} frozen @param {Row[]} others
   */
  keep(frame, frozen, others) {
    const index = frame.arrays.index?.data, size = frame.truth.length;
    const places = index && new Map(Array.from(index, (digit, p) => [digit, p]));
    const kept = frozen.flatMap((old) => {
      const p = places ? places.get(old.index) : old.index;
      if (p === undefined || p >= size) return [];
      const row = digitOf(frame, p);
      return [{ ...row, right: row.predicted === row.truth }];
    });
    const known = new Set(frozen.map((old) => old.index)), room = Math.max(0, PAGE - frozen.length);
    return [...kept, ...others.filter((row) => !known.has(row.index)).slice(0, room)];
  }

  /** @param {Judged} frame @param {Row[]} rows @param {number} pages */
  words(frame, rows, pages) {
    const n = frame.truth.length, [low, high] = wilson(1 - rows.length / n, n), { split, of } = frame.meta;
    const hundred = Math.min(FIRST, of), filtered = this.truth !== null || this.predicted !== null;
    const wrong = this.first ? rows.filter((r) => !r.right).length : rows.length;
    const first = rows.length < hundred ? `${wrong} wrong; ${rows.length} of the first ${hundred} are in the sample`
      : `${wrong} of the first ${hundred} wrong`;
    write(this.count, this.first ? first : filtered ? `${count(wrong)} such mistakes`
      : `${count(wrong)} of ${count(n)} ${split} digits wrong`);
    this.count.title = filtered || this.first ? ""
      : `accuracy ${percent(1 - wrong / n, 2)}, 95 % interval ${percent(low, 2)} to ${percent(high, 2)}`;
    this.scope.textContent = n < of ? scope(frame) : `epoch ${epochs(frame.epoch)}`;
    this.where.textContent = `${this.page + 1} / ${this.first ? 1 : pages}`;
    stop(this.back, "previous page", this.first ? "there is only this one" : this.page === 0 && "this is the first");
    stop(this.next, "next page", this.first ? "there is only this one" : this.page >= pages - 1 && "this is the last");
    this.empty.hidden = rows.length > 0;
    this.empty.textContent = filtered ? "No mistake of this kind (any more)." : "Not one mistake.";
  }
}

/** Each class as an option of a menu. @param {string[]} names @param {string} word */
const pairs = (names, word) =>
  names.map((name, k) => /** @type {import("../kit/dom.js").Option} */ ([k, `${word}: ${name}`]));
