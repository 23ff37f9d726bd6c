// The states of a recurrent network after each row, what it would answer there, and how far back the gradient reaches.

import { Chart } from "../../figures/chart.js";
import { choice, choose, element, label, write } from "../../kit/dom.js";
import { percent } from "../../kit/numbers.js";

/** @typedef {import("./recurrent.js").Reading} Reading */

const WALK = "Arrow keys: left and right by a row, up and down by a unit.";

export class Maps {
  /**
   * @param {(row: number, unit: number) => void} look @param {(rows: number, units: number) => void} move on from there
   * @param {() => void} ask
   */
  constructor(look, move, ask) {
    this.unit = this.rows = 0;
    this.what = "states";
    const host = (/** @type {string} */ name) => element("div", { class: `nnr-chart nnr-${name}`, role: "img",
      tabindex: name === "gradient" ? null : 0, onkeydown: (/** @type {KeyboardEvent} */ e) => this.key(e, move) });
    /** @param {any} event */
    const state = ({ points: [point] }) => look(Math.round(point.x), Math.round(point.y) - 1);
    /** @param {any} event */
    const answer = ({ points: [point] }) => look(Math.round(point.x), this.unit);
    this.states = new Chart(host("states"), "recurrent_states", { drawn: ask, on: { plotly_click: state } });
    this.answers = new Chart(host("answers"), "recurrent_answers", { drawn: ask, on: { plotly_click: answer } });
    this.gradient = new Chart(host("gradient"), "recurrent_gradient", { drawn: ask });
    this.said = element("p", { class: "nnr-words", role: "status" });
    this.reach = element("p", { class: "nnr-words" });
    this.choose = choice("what of the layer is shown", [["states", "states h"], ["cells", "cells c"]],
      (what) => { this.what = what; ask(); });
  }

  get ready() { return this.states.drawn && this.answers.drawn && this.gradient.drawn; }

  /** @param {KeyboardEvent} e @param {(rows: number, units: number) => void} move */
  key(e, move) {
    /** @type {Record<string, [number, number]>} */
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
      Home: [-this.rows, 0], End: [this.rows, 0] };
    const way = ways[e.key];
    if (!way || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    e.stopPropagation(); // else the arrow makes a training step
    move(...way);
  }

  /** @param {Reading} now */
  draw({ frame, row, unit, names, theme }) {
    const { arrays, meta, serial } = frame, { rows } = meta, lstm = Boolean(arrays.cells);
    Object.assign(this, { unit, rows });
    this.choose.hidden = !lstm;
    if (!lstm) this.what = "states";
    choose(this.choose, this.what);
    const words = this.tell(frame, row, names), state = [serial, row, unit, this.what, rows];
    if (!window.Plotly) return;
    let peak = 1e-6;
    for (const v of /** @type {Float32Array} */ (arrays[this.what].data)) peak = Math.max(peak, Math.abs(v));
    const revision = `${meta.kind} ${rows} ${meta.units} ${this.what}`;
    const values = { arrays, meta, row, rows, unit, peak, revision };
    this.states.draw(values, theme, { what: this.what }, state);
    const cells = names.map((name) => Array.from({ length: rows + 1 }, (_, t) => `“${name}” after ${t} rows:`));
    this.answers.draw({ ...values, names, places: names.map((_, k) => k), words: cells }, theme, {}, state);
    this.gradient.draw(values, theme, { cells: lstm }, state);
    label(this.states.element, `Map of ${meta.units} units over ${rows} rows. Row ${row}, unit ${unit + 1}`
      + `${row ? `: ${arrays.states.data[(row - 1) * meta.units + unit].toFixed(3)}` : ""}. ${WALK}`);
    label(this.answers.element, `Map of answers over ${rows} rows. ${words} ${WALK}`);
    label(this.gradient.element, `Length of the gradient after each row. ${this.reach.textContent}`);
  }

  /** @param {Frame} frame @param {number} row @param {string[]} names */
  tell({ arrays, meta }, row, names) {
    const { rows, label: truth, predicted, of } = meta, p = arrays.probabilities, classes = p.shape[1];
    const at = (/** @type {number} */ t) => Array.from(p.data.subarray(t * classes, (t + 1) * classes));
    const best = (/** @type {number} */ t) => { const said = at(t); return said.indexOf(Math.max(...said)); };
    const name = (/** @type {number} */ k) => names[k] ?? k, now = best(row);
    let settled = rows;
    while (settled > 0 && best(settled - 1) === predicted) settled -= 1;
    const verdict = truth === null ? "" : predicted === truth ? ", which is right" : `, but it is a “${name(truth)}”`;
    const when = row ? `After ${row} of ${rows} rows` : "Before the first row";
    const ends = settled ? `From row ${settled} on the answer stays.` : "It says so from the beginning.";
    const words = `${when} it would say “${name(now)}” (${percent(at(row)[now], 0)}); after all, “${name(predicted)}” `
      + `(${percent(at(rows)[predicted], 0)})${verdict}. ${ends}`;
    write(this.said, words);
    const g = arrays.gradient_states.data, first = g[0], last = g[rows - 1];
    const share = last > 0 ? first / last : NaN;
    const fate = share < 0.01 ? ": it has all but vanished, what was read there is hardly learned from"
      : share > 100 ? ": it has exploded" : "";
    const times = share.toPrecision(2);
    const far = Number.isFinite(share)
      ? `After row 1 its gradient by the state is ${times} times as long as after row ${rows}${fate}.`
      : "There is no gradient: the answer is as good as it can be.";
    write(this.reach, `L is the loss for “${name(of)}” after the last row. ${far}`);
    return words;
  }

  purge() { for (const chart of [this.states, this.answers, this.gradient]) chart.purge(); }
}
