// The rows that are on the screen, of as many as there are: those above and below are one empty row each. What is not
// here yet is asked for, page by page, as the visitor scrolls.

import { element, write } from "../../kit/dom.js";
import { count } from "../../kit/numbers.js";
import { COLUMNS, spoken } from "./cells.js";

/** @typedef {import("./cells.js").Run} Run */

const ROW = 46; // pixels
const LAST = "; the third click sorts by the last one";
const BEYOND = 8; // rows above and below the window that are drawn
const STEPS = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 });

export class Table {
  /**
   * @param {{more: (rows: number) => void, open: (run: Run) => void, sort: (column: string) => void,
   *   chosen: () => void, star: (run: Run) => void, edit: (run: Run) => void, take: (run: Run) => void,
   *   remove: (runs: Run[]) => void}} on
   */
  constructor(on) {
    this.on = on;
    /** @type {Run[]} */
    this.rows = [];
    this.total = 0;
    /** @type {Set<string>} */
    this.selected = new Set();
    /** @type {string | null} the row that the keyboard is at */
    this.current = null;
    /** @type {Record<string, string>} */
    this.rooms = {};
    /** @type {Map<string, {run: Run, row: HTMLElement}>} what is drawn */
    this.drawn = new Map();
    this.all = element("input", { type: "checkbox", "aria-label": "select all that are here", title: "select all",
      onchange: () => this.selectAll(this.all.checked) });
    this.heads = COLUMNS.map(({ name, title, about, sort }) => element("th", { scope: "col", class: `nnr-c-${name}` },
      element("button", { type: "button", title: `${about}: sort by it${sort?.endsWith("_best") ? LAST : ""}`,
        onclick: () => sort && on.sort(sort) }, title, element("span"),
        element("i", { "aria-hidden": "true" }))));
    this.body = element("tbody");
    this.table = element("table", { "aria-label": "runs", role: "grid", "aria-multiselectable": "true" },
      element("thead", {}, element("tr", {}, element("th", { class: "nnr-c-check" }, this.all),
        element("th", { class: "nnr-c-star" }, element("span", { class: "nnr-hidden" }, "star")), ...this.heads)),
      this.body);
    this.root = element("div", { class: "nnr-scroll", tabindex: 0, role: "group", "aria-label":
      "runs: arrow keys move, Enter opens, space selects, S stars, E edits, T takes home, Delete deletes",
    onscroll: () => this.scrolled(), onkeydown: (/** @type {KeyboardEvent} */ e) => this.key(e) }, this.table);
    this.spoken = element("div", { class: "nnr-hidden", "aria-live": "polite" });
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.root);
  }

  /** Other rows from the start. @param {Run[]} rows @param {number} total */
  show(rows, total) {
    this.rows = rows;
    this.total = total;
    if (!rows.some(({ run }) => run === this.current)) this.current = rows[0]?.run ?? null;
    this.draw();
  }

  /** @param {Run[]} rows the next page */
  append(rows) {
    const known = new Set(this.rows.map(({ run }) => run));
    this.rows = [...this.rows, ...rows.filter(({ run }) => !known.has(run))];
    this.draw();
  }

  get chosen() { return this.rows.filter(({ run }) => this.selected.has(run)); }

  /** @param {boolean} on */
  selectAll(on) {
    for (const { run } of this.rows) if (on) this.selected.add(run); else this.selected.delete(run);
    this.draw();
    this.on.chosen();
  }

  /** @param {string} run */
  toggle(run) {
    if (!this.selected.delete(run)) this.selected.add(run);
    this.draw();
    this.on.chosen();
  }

  scrolled() {
    this.draw();
    const seen = (this.root.scrollTop + this.root.clientHeight) / ROW;
    const missing = Math.ceil(seen) + 2 * BEYOND - this.rows.length;
    if (this.rows.length < this.total && missing > 0) this.on.more(missing);
  }

  /** Sorted by which column, and which way. @param {string} sort @param {boolean} descending */
  mark(sort, descending) {
    for (const [at, { sort: own }] of COLUMNS.entries()) {
      const on = own === sort || (own !== null && sort === own.replace("_best", ""));
      const head = this.heads[at], [last, arrow] = head.querySelectorAll("button > *");
      head.setAttribute("aria-sort", on ? (descending ? "descending" : "ascending") : "none");
      write(last, on && own !== sort ? " last" : "");
      write(arrow, on ? (descending ? "▾" : "▴") : "");
    }
  }

  draw() {
    const { scrollTop, clientHeight } = this.root, { rows } = this;
    const from = Math.max(0, Math.min(rows.length, Math.floor(scrollTop / ROW) - BEYOND));
    const to = Math.min(rows.length, Math.ceil((scrollTop + clientHeight) / ROW) + BEYOND);
    const old = this.drawn, height = (/** @type {number} */ n) =>
      element("tr", { class: "nnr-gap", "aria-hidden": "true", style: `height:${n * ROW}px` });
    this.drawn = new Map();
    const shown = rows.slice(from, to).map((run, i) => this.rowOf(run, from + i, old.get(run.run)));
    const below = Math.max(this.total, rows.length) - to;
    this.body.replaceChildren(height(from), ...shown, height(below));
    this.table.setAttribute("aria-rowcount", String(this.total + 1));
    this.all.checked = rows.length > 0 && this.selected.size >= rows.length;
    this.all.indeterminate = this.selected.size > 0 && !this.all.checked;
  }

  /** @param {Run} run @param {number} at @param {{run: Run, row: HTMLElement} | undefined} old */
  rowOf(run, at, old) {
    const row = old && old.run === run ? old.row : this.make(run);
    const on = this.selected.has(run.run), check = /** @type {HTMLInputElement} */ (row.querySelector("input"));
    check.checked = on;
    row.setAttribute("aria-selected", String(on));
    row.setAttribute("aria-rowindex", String(at + 2));
    row.classList.toggle("nnr-current", run.run === this.current);
    this.drawn.set(run.run, { run, row });
    return row;
  }

  /** @param {Run} run */
  make(run) {
    const star = element("button", { type: "button", class: "nnr-star", tabindex: -1, "aria-pressed": String(run.star),
      title: run.star ? "take the star away (S)" : "give it a star (S)", onclick: () => this.on.star(run) },
    run.star ? "★" : "☆");
    const check = element("input", { type: "checkbox", tabindex: -1, "aria-label": `select ${run.title}`,
      onchange: () => this.toggle(run.run) });
    const cells = COLUMNS.map(({ name, cell }) => element("td", { class: `nnr-c-${name}` }, cell(run, this.rooms)));
    const edit = element("button", { type: "button", class: "nnr-edit", tabindex: -1,
      title: "name, tags and note (E)", "aria-label": `edit ${run.title}`, onclick: () => this.on.edit(run) }, "✎");
    cells[0].append(edit);
    /** @param {MouseEvent} e */
    const clicked = (e) => {
      this.current = run.run;
      this.draw();
      const target = /** @type {Element} */ (e.target);
      if (!target.closest("a.nnr-open") || e.ctrlKey || e.metaKey || e.shiftKey) return;
      e.preventDefault();
      this.on.open(run);
    };
    return element("tr", { "data-run": run.run, onclick: clicked,
      ondblclick: (/** @type {MouseEvent} */ e) => {
        if (!(/** @type {Element} */ (e.target)).closest("button, input, a")) this.on.open(run);
      } },
    element("td", { class: "nnr-c-check" }, check), element("td", { class: "nnr-c-star" }, star), ...cells);
  }

  // ---- the keyboard -------------------------------------------------------------------------------------------------

  /** @param {KeyboardEvent} e */
  key(e) {
    const { target } = e;
    if (e.altKey || e.metaKey || (e.ctrlKey && e.key !== "a") || target !== this.root) return;
    const at = this.rows.findIndex(({ run }) => run === this.current), run = this.rows[at];
    const page = Math.max(1, Math.floor(this.root.clientHeight / ROW) - 2);
    const to = /** @type {Record<string, number>} */ ({ Home: 0, End: this.rows.length - 1,
      PageDown: at + page, PageUp: at - page })[e.key] ?? (e.key in STEPS ? at + STEPS[e.key] : null);
    if (to !== null) {
      if (e.shiftKey && run) this.selected.add(run.run);
      this.go(to, e.shiftKey);
    } else if (e.key === "Escape") this.selectAll(false);
    else if (e.key === "a" && e.ctrlKey) this.selectAll(true);
    else if (!run) return;
    else if (e.key === "Enter") this.on.open(run);
    else if (e.key === " ") this.toggle(run.run);
    else if (e.key === "Delete") this.on.remove(this.selected.size ? this.chosen : [run]);
    else if (e.key.toLowerCase() === "s") this.on.star(run);
    else if (e.key.toLowerCase() === "e") this.on.edit(run);
    else if (e.key.toLowerCase() === "t") this.on.take(run);
    else return;
    e.preventDefault();
    e.stopPropagation();
  }

  /** The keyboard's row. @param {number} to @param {boolean} [select] */
  go(to, select = false) {
    const at = Math.max(0, Math.min(this.rows.length - 1, to)), run = this.rows[at];
    if (!run) return;
    this.current = run.run;
    if (select) { this.selected.add(run.run); this.on.chosen(); }
    const { scrollTop, clientHeight } = this.root, top = at * ROW, head = 40;
    if (top < scrollTop) this.root.scrollTop = top;
    else if (top + ROW > scrollTop + clientHeight - head) this.root.scrollTop = top + ROW - clientHeight + head;
    this.draw();
    write(this.spoken, `${count(at + 1)} of ${count(this.total)}: ${spoken(run)}`);
  }

  dispose() { this.observer.disconnect(); }
}
