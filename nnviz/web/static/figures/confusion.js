// The confusion matrix (figure "confusion"): a row for each true class, a column for each predicted one.

import { count } from "../kit/numbers.js";
import { Pointed } from "./chart.js";

export class Confusion extends Pointed {
  /** @param {HTMLElement} root @param {(cell: {truth: number, predicted: number}) => void} choose a cell was clicked */
  constructor(root, choose) {
    super(root, "confusion", (spot) => choose(spot), "Arrow keys walk from cell to cell, Enter shows its digits.");
    this.element.title = "click a cell: its digits";
  }

  /** @param {{frame: any, theme: import("./chart.js").Theme, names: string[]}} now */
  draw(now) {
    const { frame, theme, names } = (this.now = now), { truth, arrays: { predicted } } = frame;
    const lit = this.walked && this.spot ? [[this.spot.truth, this.spot.predicted]] : [];
    const values = { truth: { data: truth, shape: predicted.shape }, predicted, names, lit, revision: names.length };
    return super.draw(values, theme, {}, [frame.serial, names, lit]);
  }

  redraw() { if (this.now) this.draw(this.now); }

  /** @param {any} point */
  spotOf({ pointNumber: [truth, predicted] }) { return { truth, predicted }; }

  /** @param {number} dx @param {number} dy */
  step(dx, dy) {
    const k = this.known.matrix.counts.length;
    if (!this.spot) return { truth: 0, predicted: 0 };
    return { truth: (this.spot.truth + dy + k) % k, predicted: (this.spot.predicted + dx + k) % k };
  }

  words() {
    const { counts, words, labels } = this.known.matrix;
    if (this.spot) return words[this.spot.truth][this.spot.predicted];
    let right = 0, total = 0, most = 0, often = "no mistake";
    counts.forEach((/** @type {number[]} */ row, /** @type {number} */ i) => row.forEach((n, j) => {
      total += n;
      if (i === j) right += n;
      else if (n > most) [most, often] = [n, `most often ${labels[i]} is taken for ${labels[j]} (${n})`];
    }));
    return `${count(right)} of ${count(total)} right; ${often}`;
  }
}
