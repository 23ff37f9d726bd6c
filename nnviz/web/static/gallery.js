// All digits that the model takes for something else: sorted, filtered, page by page, while it trains. The tiles keep their places
// while the pointer or the focus is on them; what becomes right meanwhile is marked and goes when the visitor's hand has gone.

import { element, stop } from "./editor.js";
import { digitOf, gallery, percent, wilson } from "./predictions.js";
import { Tiles } from "./tile_row.js";
import { sizeOf } from "./tiles.js";

const SORTS = [["confidence", "surest first"], ["doubt", "least sure first"], ["true", "by true class"], ["predicted", "by predicted class"], ["index", "by number"]];
const PAGE = 60, FIRST = 100;
const SMALLEST = 4.1, LARGEST = 9; // em of a digit's picture

/** Pixels of a picture's side, as large as `n` tiles of it fit into a box of so many pixels. `size`: pixels of an em. */
export function tileSide(n, width, height, size, lines = 1) {
  for (let side = LARGEST; side > SMALLEST; side -= 0.1) {
    const columns = Math.max(1, Math.floor((width + 6) / ((side + 1.4) * size + 6))), rows = Math.ceil(n / columns);
    if (rows * ((side + 1.35 * lines) * size + 18) <= height) return side * size;
  }
  return SMALLEST * size;
}

export class Gallery {
  /** `open(index, order)`: a digit was clicked; order: the numbers of those shown. `changed()`: draw again. */
  constructor(root, { open, changed }) {
    Object.assign(this, { root, changed, sort: "confidence", truth: null, predicted: null, page: 0, first: false });
    const set = (changes) => { Object.assign(this, { page: 0, frozen: null }, changes); changed(); };
    const choose = (title, options, act) => element("select", { title, "aria-label": title, onchange: (e) => act(e.target.value) }, ...options.map(([value, text]) => element("option", { value }, text)));
    const number = (text) => (text === "" ? null : Number(text));
    this.set = set;
    this.which = choose("which digits", [["wrong", "all mistakes"], ["first", `first ${FIRST} test digits`]], (v) => set({ first: v === "first" }));
    this.sorting = choose("order of the mistakes", SORTS, (sort) => set({ sort }));
    this.truths = choose("true class", [["", "true: any"]], (v) => set({ truth: number(v) }));
    this.guesses = choose("predicted class", [["", "predicted: any"]], (v) => set({ predicted: number(v) }));
    this.count = element("b", { class: "nnd-count", "aria-live": "off" });
    const turn = (text, title, by) => element("button", { type: "button", title, "aria-label": title, onclick: () => { this.frozen = null; this.page += by; changed(); } }, text);
    this.back = turn("‹", "previous page", -1);
    this.next = turn("›", "next page", 1);
    this.where = element("span", { class: "nnd-where" });
    this.tiles = new Tiles(open, "digits");
    // What is there when the hand comes is what stays, not what the next picture brings.
    for (const name of ["pointerenter", "focusin"]) this.tiles.root.addEventListener(name, () => { this.frozen ??= this.shown; });
    for (const name of ["pointerleave", "focusout"]) this.tiles.root.addEventListener(name, () => changed());
    this.empty = element("p", { class: "nnd-empty", hidden: true });
    root.append((this.tools = element("div", { class: "nnd-tools" }, this.which, this.sorting, this.truths, this.guesses, this.count, element("span", { class: "nnd-pages" }, this.back, this.where, this.next))), this.tiles.root, this.empty);
  }

  /** Only these, from the first page on: a cell of the confusion matrix. On the diagonal there is no mistake to show. */
  only({ truth, predicted }) {
    this.set({ truth, predicted: truth === predicted ? null : predicted, first: false });
  }

  /** bottom: pixels from the top of the gallery to the end of the screen. */
  draw({ frame, data, names, key, theme, bottom = 0 }) {
    this.options(names);
    for (const [select, value] of [[this.which, this.first ? "first" : "wrong"], [this.sorting, this.sort], [this.truths, this.truth ?? ""], [this.guesses, this.predicted ?? ""]]) if (select.value !== String(value)) select.value = String(value);
    for (const select of [this.sorting, this.truths, this.guesses]) select.hidden = this.first;
    const said = [frame.serial, key, theme.key, this.sort, this.truth, this.predicted, this.page, this.first, data.labels ? 1 : 0, this.loaded, sizeOf(this.root)[0], bottom].join();
    if (said === this.said && !this.frozen) return;
    this.said = said;
    const rows = this.first ? this.hundred(frame) : gallery(frame, this), pages = Math.max(1, Math.ceil(rows.length / PAGE));
    this.page = Math.max(0, Math.min(this.first ? 0 : pages - 1, this.page));
    let shown = this.first ? rows : rows.slice(this.page * PAGE, (this.page + 1) * PAGE);
    if (this.tiles.held && this.frozen && !this.first) shown = this.keep(frame, shown);
    this.shown = shown;
    this.frozen = this.tiles.held ? shown : null;
    this.tiles.root.classList.toggle("nnd-hundred", this.first);
    if (!this.tiles.held || !this.side) this.resize(rows.length, names, theme.size + 1, bottom);
    this.tiles.draw(shown, { data, names, key });
    this.words(frame, rows, pages);
  }

  /** Tiles as large as a page of them allows; a page that is not full any more changes their size only in steps. */
  resize(count, names, size, bottom) {
    const n = [6, 12, 24, 40].find((most) => count <= most) ?? PAGE, lines = names.some((name) => name.length > 2) ? 3 : 1;
    const side = Math.round(tileSide(n, sizeOf(this.root)[0], bottom - sizeOf(this.tools)[1], size, lines));
    if (side === this.side) return;
    this.side = side;
    this.tiles.root.style.setProperty("--nnd-side", `${side}px`);
  }

  options(names) {
    const key = names.join("\n");
    if (key === this.names) return;
    this.names = key;
    for (const [select, word] of [[this.truths, "true"], [this.guesses, "predicted"]]) select.replaceChildren(element("option", { value: "" }, `${word}: any`), ...names.map((n, k) => element("option", { value: k }, `${word}: ${n}`)));
  }

  /** The first digits of the split, right or wrong. */
  hundred(frame) {
    const rows = Array.from({ length: Math.min(FIRST, frame.truth.length) }, (_, p) => digitOf(frame, p)); // a sample is in order, too
    return rows.filter((r) => r.index < FIRST).map((r) => ({ ...r, right: r.predicted === r.truth }));
  }

  /** The digits that were shown, with what the model says of them now. */
  keep(frame, shown) {
    const index = frame.arrays.index?.data, places = index ? new Map(Array.from(index, (digit, p) => [digit, p])) : null;
    const size = frame.truth.length;
    return this.frozen.flatMap((old) => {
      const p = places ? places.get(old.index) : old.index;
      if (p === undefined || p >= size) return [];
      const row = digitOf(frame, p);
      return [{ ...row, right: row.predicted === row.truth }];
    }).concat(shown.filter((r) => !this.frozen.some((old) => old.index === r.index)).slice(0, Math.max(0, PAGE - this.frozen.length)));
  }

  words(frame, rows, pages) {
    const n = frame.truth.length, [low, high] = wilson(1 - rows.length / n, n), { split, of } = frame.meta;
    const sample = n < of ? ` (of ${of.toLocaleString("en")} in all)` : "";
    const wrong = this.first ? rows.filter((r) => !r.right).length : rows.length;
    const filtered = this.truth !== null || this.predicted !== null;
    this.count.textContent = this.first ? `${wrong} of the first ${rows.length} wrong`
      : filtered ? `${wrong.toLocaleString("en")} such mistakes`
      : `${wrong.toLocaleString("en")} of ${n.toLocaleString("en")} ${split} digits wrong${sample}`;
    this.count.title = filtered || this.first ? "" : `accuracy ${percent(1 - wrong / n, 2)}, 95 % interval ${percent(low, 2)} to ${percent(high, 2)}`;
    this.where.textContent = `${this.page + 1} / ${this.first ? 1 : pages}`;
    stop(this.back, "previous page", this.first ? "there is only this one" : this.page === 0 && "this is the first");
    stop(this.next, "next page", this.first ? "there is only this one" : this.page >= pages - 1 && "this is the last");
    this.empty.hidden = rows.length > 0;
    this.empty.textContent = filtered ? "No mistake of this kind (any more)." : "Not one mistake.";
  }
}
