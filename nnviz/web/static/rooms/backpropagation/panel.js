// The number that is looked at: its formula with the numbers that made it, what it was made of, what it flows into, and
// where it can be changed, its field.

import { button, element, write } from "../../kit/dom.js";
import { formula } from "../../kit/formula.js";
import { number, typed } from "../../kit/numbers.js";
import { digitsOf } from "./trace.js";

/** @typedef {import("./trace.js").Trace} Trace */
/** @typedef {[string, string, number | null]} Beside id, MathML, value */
/** @typedef {{id: string, title: string, formula: string[], note: string, reads: Beside[], flows: Beside[]}} Told */
/**
 * @typedef {{choose: (id: string) => void, go: (id: string) => void, drag: (id: string, v: number) => void,
 *   drop: () => void}} Actions
 */

const WIDE = 4; // of the field's line

export class NumberPanel {
  /** @param {Actions} actions */
  constructor(actions) {
    this.actions = actions;
    this.id = "";
    this.most = 100;
    this.title = element("h3", {});
    this.formula = element("div", { class: "nnb-formula", role: "status", "aria-live": "polite" });
    this.note = element("p", { class: "nnb-soft" });
    this.reads = element("div", { class: "nnb-chips" });
    this.flows = element("div", { class: "nnb-chips" });
    this.from = element("section", {}, element("h4", {}, "Made of"), this.reads);
    this.into = element("section", {}, element("h4", {}, "Flows into"), this.flows);
    this.step = button("Go to its step", "Everything before it is computed, nothing after it",
      () => actions.go(this.id));
    const changed = () => this.typed(this.range.value);
    this.range = element("input", { type: "range", min: -WIDE, max: WIDE, step: 0.01, "aria-label": "value",
      oninput: changed, onchange: () => actions.drop() });
    this.field = element("input", { type: "number", step: 0.1, "aria-label": "value, as a number",
      onchange: () => { if (this.typed(this.field.value)) actions.drop(); } });
    this.own = element("div", { class: "nnb-own-field" }, this.range, this.field);
    this.root = element("aside", { class: "nnb-panel", "aria-label": "The chosen number" },
      this.title, this.own, this.formula, this.note, this.from, this.into, this.step);
    this.key = "";
  }

  /** @param {string} text @returns {boolean} whether it is a number that is allowed */
  typed(text) {
    const value = Number(text), good = text.trim() !== "" && Math.abs(value) <= this.most;
    this.field.setAttribute("aria-invalid", String(!good));
    this.field.title = good ? "" : `allowed are −${this.most} to ${this.most}`;
    if (good) this.actions.drag(this.id, value);
    return good;
  }

  /** @param {{id: string, told: Told | null, trace: Trace, at: number, most: number}} now */
  draw({ id, told, trace, at, most }) {
    this.most = most;
    this.id = id;
    const value = trace.value(id), own = trace.field(id) !== null;
    this.own.hidden = !own;
    if (own && value !== null) {
      const text = typed(value).replace("−", "-");
      if (document.activeElement !== this.range) this.range.value = text;
      if (document.activeElement !== this.field || this.root.dataset.id !== id) this.field.value = text;
    }
    this.step.hidden = own;
    this.step.disabled = trace.after(id) === at;
    this.root.dataset.id = id;
    if (!told) return;
    const key = JSON.stringify(told);
    if (key === this.key) return;
    this.key = key;
    this.root.dataset.told = told.id;
    write(this.title, told.title);
    this.formula.replaceChildren(...told.formula.map((line) => element("div", {}, formula(line))));
    write(this.note, told.note);
    this.note.hidden = !told.note;
    this.chips(this.reads, told.reads);
    this.chips(this.flows, told.flows);
    this.from.hidden = !told.reads.length;
    this.into.hidden = !told.flows.length;
  }

  /** @param {HTMLElement} root @param {Beside[]} list */
  chips(root, list) {
    root.replaceChildren(...list.map(([id, symbol, value]) => {
      const node = button("", "", () => this.actions.choose(id), { class: "nnb-chip", "data-id": id });
      node.append(formula(symbol), element("b", {}, number(value, digitsOf(id) + 1)));
      return node;
    }));
  }
}
