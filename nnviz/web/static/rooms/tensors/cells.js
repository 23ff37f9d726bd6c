// Two arrays and what comes of them, cell by cell: operations by elements with their stretched axes, and products.

import { button, choice, choose, element, stop, write } from "../../kit/dom.js";
import { returnKeys } from "../../kit/keys.js";
import { indexOf } from "./slice.js";

/** @typedef {import("../../kit/tabbed.js").Context} Context */
/** @typedef {{text: string, problem: string, shape: number[] | null, written: string, values: string[],
 *   stretched?: {shape: number[], places: number[], copies: boolean[]}}} Operand */
/** @typedef {{shape: number[], written: string, values: string[], terms: number[][][], words: string[]}} Result */

const EACH = 650; // milliseconds a cell while it plays
const CELL = "Click a cell of the result to see what it is made of; → and ← go on and back, Space plays.";

/** One box of numbers, with those of an array that a cell is made of. */
class Grid {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
    this.head = element("h3", {});
    this.body = element("div", { class: "nnt-blocks" });
    this.root = element("section", { class: "nnt-array", "data-array": name }, this.head, this.body);
    this.key = "";
    /** @type {HTMLElement[]} a cell for each number that is drawn */
    this.cells = [];
  }

  /**
   * @param {string} title @param {number[]} shape @param {string[]} values one for each cell @param {boolean[]} copies
   * @param {((cell: number) => void) | null} act
   */
  show(title, shape, values, copies, act) {
    const key = JSON.stringify([title, shape, values, copies]);
    if (key === this.key) return;
    this.key = key;
    write(this.head, title);
    this.cells = values.map((text, at) => element("td", {
      "data-copy": copies[at] ? "1" : null, onclick: act && (() => act(at)), title: copies[at] ? "a copy" : null,
    }, text));
    const [height, width] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1], tiles = this.cells.length / (height * width);
    this.body.replaceChildren(...Array.from({ length: tiles }, (_, tile) => {
      const rows = Array.from({ length: height }, (_, row) => {
        const first = (tile * height + row) * width;
        return element("tr", {}, ...this.cells.slice(first, first + width));
      });
      const at = indexOf(tile, shape.slice(0, -2)).join(", ");
      const caption = shape.length > 2 ? [element("caption", {}, `[${at}, :, :]`)] : [];
      return element("table", { class: "nnt-grid", "aria-label": `${title} ${at}` }, ...caption,
        element("tbody", {}, ...rows));
    }));
  }

  /** @param {Set<number>} lit places of cells @param {number | null} [now] one of them that is added now */
  light(lit, now = null) {
    this.cells.forEach((cell, at) => {
      const state = at === now ? "now" : lit.has(at) ? "lit" : "";
      if ((cell.dataset.lit ?? "") !== state) cell.dataset.lit = state;
    });
  }
}

export class Cells {
  /** @param {Context} room @param {"elements" | "products"} kind */
  constructor(room, kind) {
    this.room = room;
    this.kind = kind;
    this.names = kind === "elements" ? ["a", "b"] : ["left", "right"]; // in the link
    this.cell = 0;
    this.playing = false;
    this.due = 0;
    this.of = "";
    const set = (/** @type {Record<string, string>} */ changes) => this.room.client.setView(changes);
    this.operation = choice("", [], (operation) => set({ operation }),
      { title: null, "aria-label": "operation", "data-name": "operation" });
    this.operation.hidden = kind === "products";
    this.inputs = this.names.map((name, i) => element("input", {
      type: "text", maxlength: 200, "data-name": name, spellcheck: "false", autocomplete: "off",
      "aria-label": `${"ab"[i]}: numbers, or a shape`, onchange: () => set({ [name]: this.inputs[i].value }),
    }));
    this.faults = this.names.map(() => element("p", { class: "nnt-fault", role: "alert", hidden: true }));
    this.fields = this.names.map((_, i) => element("label", { class: "nnt-field" },
      element("span", {}, `${"ab"[i]}: numbers, as [[1, 2], [3, 4]], or a shape, as (3, 1)`), this.inputs[i],
      this.faults[i]));
    this.axes = element("table", { class: "nnt-axes" });
    this.verdict = element("p", { class: "nnt-verdict", role: "status" });
    this.remedy = button("", "", () => { if (this.wayOut) set({ [this.names[1]]: this.wayOut.text }); });
    /** @type {{text: string, words: string} | null} */
    this.wayOut = null;
    this.grids = ["a", "b", "c"].map((name) => new Grid(name));
    this.signs = ["", "="].map((text) => element("span", { class: "nnt-sign" }, text));
    this.sum = element("p", { class: "nnt-sum", role: "status" });
    this.angle = element("p", { class: "nnt-about", hidden: true });
    this.back = button("←", "The cell before (←)", () => this.go(this.cell - 1), { "aria-label": "the cell before" });
    this.play = button("▶ Play", "From cell to cell (space)", () => this.toggle(), { class: "nnt-play" });
    this.next = button("→", "The next cell (→)", () => this.go(this.cell + 1), { "aria-label": "the next cell" });
    this.bar = element("div", { class: "nnt-bar" }, this.back, this.play, this.next, this.sum);
    returnKeys(this.bar);
    const [a, b, c] = this.grids;
    this.root = element("div", { class: "nnt-cells" },
      element("div", { class: "nnt-inputs" }, this.operation, ...this.fields),
      this.verdict, this.remedy, this.axes, this.bar,
      element("div", { class: "nnt-equation" }, a.root, this.signs[0], b.root, this.signs[1], c.root),
      this.angle, element("p", { class: "nnt-about" }, CELL));
  }

  /** @returns {{operands: Operand[], problem: boolean, axes: any[], words: string, result: Result | null,
   *   remedy: {text: string, words: string} | null, angle?: string}} */
  get table() { return this.room.data().table; }

  /** @param {KeyboardEvent} e @param {boolean} onButton @returns {boolean} whether it was a key of this tab */
  key(e, onButton) {
    const many = this.table?.result?.values.length ?? 0;
    if (e.key === " " && !onButton) this.toggle();
    else if (e.key === "ArrowRight") this.go(this.cell + 1);
    else if (e.key === "ArrowLeft") this.go(this.cell - 1);
    else if (e.key === "Home") this.go(0);
    else if (e.key === "End") this.go(many - 1);
    else return false;
    return true;
  }

  /** @param {number} cell */
  go(cell) {
    this.playing = false;
    this.to(cell);
  }

  /** @param {number} cell */
  to(cell) {
    const many = this.table?.result?.values.length ?? 0;
    this.cell = Math.max(0, Math.min(many - 1, cell));
    this.room.ask();
  }

  toggle() {
    const many = this.table?.result?.values.length ?? 0;
    this.playing = !this.playing && many > 0;
    if (this.playing && this.cell >= many - 1) this.cell = 0;
    this.due = performance.now() + EACH;
    this.room.ask();
  }

  /** @param {number} now */
  draw(now) {
    const { view } = this.room.client, { table } = this, data = this.room.data();
    const of = JSON.stringify([table.operands.map(({ text }) => text), view.operation]);
    if (of !== this.of) [this.of, this.cell, this.playing] = [of, 0, false];
    const many = table.result?.values.length ?? 0;
    if (this.playing && now >= this.due) {
      this.cell = Math.min(many - 1, this.cell + 1);
      this.playing = this.cell < many - 1;
      this.due = now + EACH;
    }
    if (this.kind === "elements") this.drawOperations(data.operations, view.operation);
    this.drawOperands(table);
    this.drawVerdict(table);
    this.drawResult(table);
    if (this.playing) this.room.ask();
  }

  /** @param {Record<string, {label: string, takes: number}>} operations @param {string} name */
  drawOperations(operations, name) {
    if (!this.operation.options.length) {
      this.operation.replaceChildren(...Object.entries(operations).map(([value, { label: text }]) =>
        element("option", { value }, text)));
    }
    choose(this.operation, name);
  }

  /** @param {{operands: Operand[]}} table */
  drawOperands({ operands }) {
    this.fields.forEach((field, i) => {
      const operand = operands[i];
      field.hidden = this.grids[i].root.hidden = !operand;
      if (!operand) return;
      const input = this.inputs[i], fault = this.faults[i];
      if (input.dataset.shown !== operand.text) {
        input.value = operand.text;
        input.dataset.shown = operand.text;
      }
      input.setAttribute("aria-invalid", String(Boolean(operand.problem)));
      fault.hidden = !operand.problem;
      write(fault, operand.problem ? `${"ab"[i]}: ${operand.problem}` : "");
      const { shape, values, stretched } = operand, name = "ab"[i];
      this.grids[i].root.hidden = !shape;
      if (!shape) return;
      const repeated = stretched?.copies.some(Boolean);
      const title = repeated ? `${name} ${operand.written} stretched` : `${name} ${operand.written}`;
      if (stretched && repeated) {
        this.grids[i].show(title, stretched.shape, stretched.places.map((at) => values[at]), stretched.copies, null);
      } else this.grids[i].show(title, shape, values, [], null);
    });
  }

  /** @param {{problem: boolean, axes: any[], words: string, remedy: {text: string, words: string} | null}} table */
  drawVerdict({ problem, axes, words, remedy }) {
    this.wayOut = remedy;
    this.verdict.hidden = !words;
    write(this.verdict, words);
    this.verdict.dataset.fits = problem ? "0" : "1";
    this.remedy.hidden = !remedy;
    if (remedy) write(this.remedy, `Take ${remedy.words}`);
    this.axes.hidden = !axes.length;
    const key = JSON.stringify(axes);
    if (this.axes.dataset.key === key) return;
    this.axes.dataset.key = key;
    const head = ["axis", "a", "b", "result", ""].map((name) => element("th", { scope: "col" }, name));
    const body = axes.map((axis, i) => element("tr", { "data-fits": axis.fits ? "1" : "0" },
      ...[i - axes.length, axis.a ?? "–", axis.b ?? "–", axis.result ?? (axis.fits ? "–" : "✗")].map((text) =>
        element("td", {}, String(text).replace("-", "−"))), element("td", { class: "nnt-why" }, axis.words)));
    this.axes.replaceChildren(element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body));
  }

  /** @param {{operands: Operand[], result: Result | null, angle?: string}} table */
  drawResult({ operands, result, angle }) {
    const [a, b, c] = this.grids, many = result?.values.length ?? 0;
    const why = !result && "there is no result to walk through";
    stop(this.back, "The cell before (←)", why || (this.cell === 0 && "this is the first one"));
    stop(this.next, "The next cell (→)", why || (this.cell >= many - 1 && "this is the last one"));
    stop(this.play, "From cell to cell (space)", why);
    write(this.play, this.playing ? "❚❚ Pause" : "▶ Play");
    c.root.hidden = this.signs[1].hidden = !result;
    const label = this.operation.selectedOptions[0]?.textContent ?? "";
    const sign = this.kind === "products" ? "@" : operands.length === 1 ? "" : label.replace(/[ab(),]/g, "").trim();
    write(this.signs[0], sign === "maximum" ? "max" : sign);
    this.signs[0].hidden = !operands[1]?.shape;
    this.angle.hidden = !angle;
    write(this.angle, angle ?? "");
    write(this.sum, result ? result.words[this.cell] : "");
    Object.assign(this.root.dataset, { cell: result ? this.cell : "", fits: result ? "1" : "0" });
    if (!result) {
      for (const grid of [a, b]) grid.light(new Set());
      return;
    }
    c.show(`c ${result.written}`, result.shape, result.values, [], (cell) => this.go(cell));
    c.light(new Set(), this.cell);
    const terms = result.terms[this.cell];
    operands.forEach(({ stretched }, i) => {
      // Of a stretched array it is the copy in the same cell that has a part; of a product's, the number itself.
      const shown = stretched?.copies.some(Boolean) ? [this.cell] : terms.map((pair) => pair[i]);
      this.grids[i].light(new Set(shown));
    });
  }

  dispose() {}
}
