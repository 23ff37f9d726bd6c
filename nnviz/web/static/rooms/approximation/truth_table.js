// A truth table that the visitor ticks, and the network of steps that computes it.

import { choice, choose, element, write } from "../../kit/dom.js";

/** @typedef {import("../../kit/tabbed.js").Context} Context */

const ABOUT = "A hidden neuron fires at one row alone: +1 where the row has a 1, −1 where it has a 0, and a bias that "
  + "only this row gets over 0. The last neuron fires where any of them does; where they stand for the rows that must "
  + "not fire, it answers the opposite. One layer can compute every table so, but with up to 2ⁿ⁻¹ neurons.";
const signed = (/** @type {number} */ v) => String(v).replace("-", "−");
const SUB = "₁₂₃₄₅₆₇₈";

export class TruthTable {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    /** @type {import("../../kit/dom.js").Option[]} */
    const many = [1, 2, 3, 4].map((n) => [n, `${n} input${n > 1 ? "s" : ""}`]);
    this.inputs = choice("", many, (n) => room.client.setView({ inputs: Number(n), target: null }),
      { title: null, "aria-label": "inputs", "data-name": "inputs" });
    this.told = element("p", { class: "nnt-verdict", role: "status" });
    this.table = element("table", { class: "nnt-axes nna-truth" });
    this.net = element("table", { class: "nnt-axes" });
    this.text = "";
    this.root = element("div", { class: "nna-boolean" },
      element("div", { class: "nnt-bar" }, this.inputs), this.told,
      element("div", { class: "nna-tables" }, element("section", { class: "nnt-column" },
        element("h3", {}, "Tick the rows that must fire"), this.table),
      element("section", { class: "nnt-column" }, element("h3", {}, "Its network: hidden neurons"), this.net,
        element("p", { class: "nnt-about" }, ABOUT))));
  }

  /** @returns {boolean} */
  key() { return false; }

  draw() {
    const { table, words } = this.room.data(), { view } = this.room.client;
    choose(this.inputs, view.inputs);
    write(this.told, words);
    this.root.dataset.target = table.target;
    const text = JSON.stringify(table);
    if (text === this.text) return;
    this.text = text;
    const names = table.rows[0].map((/** @type {number} */ _, /** @type {number} */ i) => `x${SUB[i]}`);
    const hidden = table.kernel.map((/** @type {number[]} */ _, /** @type {number} */ i) => `h${SUB[i]}`);
    const head = (/** @type {string[]} */ list) =>
      element("thead", {}, element("tr", {}, ...list.map((one) => element("th", { scope: "col" }, one))));
    const focus = [...this.table.querySelectorAll("input")].findIndex((one) => one === document.activeElement);
    this.table.replaceChildren(head([...names, "must fire", ...hidden, "network"]),
      element("tbody", {}, ...table.rows.map((/** @type {number[]} */ row, /** @type {number} */ i) => {
        const tick = element("input", { type: "checkbox", "aria-label": `row ${row.join("")} must fire`,
          onchange: () => this.turn(table.target, i) });
        tick.checked = table.target[i] === "1";
        const fires = table.hidden[i].map((/** @type {number} */ on) =>
          element("td", { "data-on": on ? "1" : null }, String(on)));
        return element("tr", {}, ...row.map((bit) => element("td", {}, String(bit))), element("td", {}, tick), ...fires,
          element("td", {}, String(table.answers[i])));
      })));
    if (focus >= 0) this.table.querySelectorAll("input")[focus]?.focus();
    this.net.replaceChildren(head(["", ...names.map((/** @type {string} */ name) => `w of ${name}`), "bias"]),
      element("tbody", {}, ...table.kernel.map((/** @type {number[]} */ w, /** @type {number} */ i) => element("tr", {},
        element("td", {}, hidden[i]), ...[...w, table.bias[i]].map((v) => element("td", {}, signed(v)))))));
  }

  /** @param {string} target @param {number} row */
  turn(target, row) {
    const other = [...target].map((bit, i) => (i === row ? String(1 - Number(bit)) : bit)).join("");
    this.room.client.setView({ target: other });
  }

  dispose() {}
}
