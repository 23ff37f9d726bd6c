// One unit of a recurrent layer at one row: its sums, and what they become, in numbers.

import { element, write } from "../../kit/dom.js";

/** @typedef {import("./recurrent.js").Reading} Reading */

/** @param {number} v */
const told = (v) => v.toFixed(3).replace("-", "−");

/** @type {Record<string, string>} */
const SYMBOLS = { linear: "", relu: "relu", tanh: "tanh", sigmoid: "σ" };

export class UnitNumbers {
  constructor() {
    this.lines = element("div", { class: "nnr-lines" });
    this.table = element("table", { class: "nnr-table" });
    this.more = element("p", { class: "nnr-words" });
    this.root = element("div", { class: "nnr-numbers" }, this.lines, this.table, this.more);
  }

  /** @param {Reading} now */
  draw({ frame: { arrays, meta }, row, unit }) {
    const { units, activation, gates } = meta, u = unit + 1, t = row - 1;
    this.table.hidden = !gates.length || !row;
    if (!row) {
      this.say([`h₀ = 0: nothing has been read, unit ${u} remembers nothing.`]);
      write(this.more, "");
      return;
    }
    const many = Math.max(1, gates.length), of = (/** @type {number} */ g, /** @type {number} */ k) =>
      arrays.terms.data[(t * many + g) * 3 + k];
    const h = (/** @type {Tensor} */ { data }, /** @type {number} */ at) => (at < 0 ? 0 : data[at * units + unit]);
    const now = h(arrays.states, t), sum = (/** @type {number} */ g) => of(g, 0) + of(g, 1) + of(g, 2);
    if (gates.length) {
      const gate = (/** @type {number} */ g) => arrays.gates.data[(g * meta.rows + t) * units + unit];
      this.table.replaceChildren(
        element("thead", {}, element("tr", {}, ...["", "W·x", "U·h", "b", "z", "after"].map((text) =>
          element("th", { scope: "col" }, text)))),
        element("tbody", {}, ...gates.map((/** @type {string} */ name, /** @type {number} */ g) => element("tr", {},
          element("th", { scope: "row" }, name), ...[of(g, 0), of(g, 1), of(g, 2), sum(g), gate(g)].map((v) =>
            element("td", {}, told(v)))))));
      const before = h(arrays.cells, t - 1), c = h(arrays.cells, t);
      this.say([`Unit ${u} at row ${row}:`,
        `c = f·c₋₁ + i·g = ${told(gate(1))} · ${told(before)} + ${told(gate(0))} · ${told(gate(2))} = ${told(c)}`,
        `h = o·tanh(c) = ${told(gate(3))} · ${told(Math.tanh(c))} = ${told(now)}`]);
    } else {
      this.say([`Unit ${u} at row ${row}:`,
        `z = W·x + U·h₋₁ + b = ${told(of(0, 0))} + ${told(of(0, 1))} + ${told(of(0, 2))} = ${told(sum(0))}`,
        `h = ${SYMBOLS[activation] ?? activation}(z) = ${told(now)}`]);
    }
    const [, inputs] = arrays.driving.shape, terms = arrays.driving.data.subarray(t * inputs, (t + 1) * inputs);
    let most = 0;
    terms.forEach((/** @type {number} */ v, /** @type {number} */ j) => {
      if (Math.abs(v) > Math.abs(terms[most])) most = j;
    });
    const some = Math.abs(terms[most]) > 0;
    const whose = gates.length ? "the input gate's " : "", thing = meta.first ? "pixel" : "input";
    write(this.more, some ? `Most of ${whose}W·x comes from ${thing} ${most + 1} of the row: ${told(terms[most])}.`
      : "Nothing of this row comes in: all its pixels are empty.");
  }

  /** @param {string[]} lines */
  say(lines) {
    if (this.lines.dataset.said === lines.join()) return;
    this.lines.dataset.said = lines.join();
    this.lines.replaceChildren(...lines.map((line) => element("div", {}, line)));
  }
}
