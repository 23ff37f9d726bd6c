// The output weights of one class as bars (figure "output_weights"), one for each hidden neuron.

import { number } from "../kit/numbers.js";
import { Pointed } from "./chart.js";

/**
 * @typedef {{frame: any, of: number, threshold: number, theme: import("./chart.js").Theme, names: string[],
 *   pinned: number | null}} Now
 */

export class OutputWeights extends Pointed {
  /** @param {HTMLElement} root @param {(unit: number | null) => void} choose a bar was clicked */
  constructor(root, choose) {
    super(root, "output_weights", choose, "Arrow keys walk from neuron to neuron.");
  }

  /** @param {Now} now */
  draw(now) {
    const { frame, of, threshold, theme, pinned } = (this.now = now), lit = (this.walked ? this.spot : null) ?? pinned;
    const values = { output: frame.arrays.output, of, threshold, lit: lit === null ? null : [lit], revision: of };
    return super.draw(values, theme, {}, [frame.serial, of, threshold, lit]);
  }

  redraw() { if (this.now) this.draw(this.now); }

  /** @param {any} point */
  spotOf({ pointNumber }) { return pointNumber; }

  /** @param {number} dx */
  step(dx) {
    const last = this.known.weights.data.length - 1;
    return dx ? Math.max(0, Math.min(last, this.spot === null ? 0 : this.spot + dx)) : null;
  }

  words() {
    const { of, threshold, names, pinned } = /** @type {Now} */ (this.now), lit = this.spot ?? pinned;
    /** @type {number[]} */
    const weights = [...this.known.weights.data];
    if (lit !== null && lit < weights.length) {
      return `hidden neuron ${lit + 1}: its weight to “${names[of]}” is ${number(weights[lit], 3)}`;
    }
    const plus = weights.filter((w) => w > threshold).length, minus = weights.filter((w) => w < -threshold).length;
    return `“${names[of]}”: ${plus} neurons speak for it (green), ${minus} against it (red)`;
  }
}
