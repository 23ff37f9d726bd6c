// Learned filters as pictures: what pattern of ink each hidden neuron, or each kernel of a convolution, looks for.
// Drawn by the figures "filters" and, where a layer's weights are no pictures, "weight_matrix".

import { count, number } from "../kit/numbers.js";
import { Pointed } from "./chart.js";
import { tileAt } from "./mosaic.js";

const HELP = "Blue weights add to the sum, orange ones take away. Arrow keys walk from filter to filter.";
const WORDS = ["a row for each input, a column for each neuron", "filters",
  "kernels, a row for each filter, a column for each input map"];

/**
 * @typedef {{frame: any, layer: number, scale: string, theme: import("./chart.js").Theme, marks: Int8Array | null,
 *   pinned: number | null}} Now marks: +1 for a unit that is outlined in green, −1 in red
 */

export class Filters extends Pointed {
  /**
   * @param {HTMLElement} root @param {(unit: number | null) => void} choose a filter was clicked
   * @param {boolean} bar the colours' numbers beside it
   */
  constructor(root, choose = () => {}, bar = false) {
    super(root, "filters", (spot) => choose(spot?.tile === undefined ? null : this.unit(spot.tile)), HELP);
    this.bar = bar;
  }

  /** @param {Now} now */
  draw(now) {
    const { frame, layer: chosen, scale, theme, marks, pinned } = (this.now = now), { meta, arrays } = frame;
    const layer = (this.layer = meta.layers[Math.min(chosen, meta.layers.length - 1)]);
    this.codes = arrays[layer.array];
    this.within = this.codes.shape.length === 4 ? this.codes.shape[1] : 1;
    const matrix = this.codes.shape.length === 2, tiles = matrix ? 0 : this.codes.shape[0] * this.within;
    this.name = matrix ? "weight_matrix" : "filters";
    const where = (/** @type {(unit: number, tile: number) => boolean} */ is) =>
      Array.from({ length: tiles }, (_, i) => i).filter((i) => is(this.unit(i), i));
    const lit = where((unit, tile) => tiles > 1 && (unit === pinned || (this.walked && this.spot?.tile === tile)));
    const marked = (/** @type {number} */ sign) => (marks ? where((unit) => marks[unit] === sign) : []);
    const values = { codes: this.codes, peaks: arrays[layer.peak], revision: `${layer.name} ${this.codes.shape}`, lit,
      speaks_for: marked(1), speaks_against: marked(-1) };
    const state = [frame.serial, layer.name, lit, marks && [...marks]];
    return super.draw(values, theme, matrix ? {} : { scale, bar: this.bar }, state);
  }

  redraw() { if (this.now) this.draw(this.now); }

  /** @param {number} tile */
  unit(tile) { return Math.floor(tile / this.within); }

  /** @param {any} point */
  spotOf({ pointNumber: [row, column], fullData }) {
    if (fullData.type !== "heatmap") return null;
    const { grid } = this.known.mosaic ?? {};
    if (!grid) return { row, column };
    const tile = tileAt(grid, row, column);
    return tile === null ? null : { tile, row: row % (grid.h + grid.gap), column: column % (grid.w + grid.gap) };
  }

  /** @param {number} dx @param {number} dy */
  step(dx, dy) {
    const { grid } = this.known.mosaic ?? {};
    if (!grid) return null;
    return { tile: this.spot ? Math.max(0, Math.min(grid.n - 1, this.spot.tile + dx + dy * grid.columns)) : 0 };
  }

  words() {
    const { layer, codes, spot } = this, { frame, marks } = /** @type {Now} */ (this.now);
    const peaks = frame.arrays[layer.peak].data;
    if (!spot) {
      const some = layer.shown < layer.total ? `, the first ${count(layer.shown)} of ${count(layer.total)}` : "";
      const support = layer.name === "support vectors" && "the digits that the border hangs on";
      return `${layer.name}: ${support || WORDS[codes.shape.length - 2]}${some}`;
    }
    const [h, w] = codes.shape.slice(-2), tile = spot.tile ?? 0, unit = this.unit(tile);
    const peak = peaks.length > 1 ? peaks[unit] : peaks[0];
    const weight = () => number(((codes.data[(tile * h + spot.row) * w + spot.column] - 128) / 127) * peak, 3);
    if (spot.tile === undefined) return `from input ${spot.row + 1} to neuron ${spot.column + 1}: ${weight()}`;
    const at = spot.row === undefined ? "" : `row ${spot.row + 1}, column ${spot.column + 1}: ${weight()}; `;
    const map = this.within > 1 ? `, input map ${(spot.tile % this.within) + 1}` : "";
    const mark = marks?.[unit] ? ` · ${marks[unit] > 0 ? "speaks for the chosen class" : "speaks against it"}` : "";
    return `filter ${unit + 1}${map}: ${at}largest |weight| ${number(peak, 3)}${mark}`;
  }
}

/**
 * D5: +1 for hidden units whose weight to the class is above the threshold, −1 below its negative. Int8Array [units].
 * @param {any} frame @param {number} of @param {number} threshold
 */
export function marksOf(frame, of, threshold) {
  const output = frame?.arrays.output;
  if (!output) return null;
  const [units, classes] = output.shape, weight = (/** @type {number} */ u) => output.data[u * classes + of];
  return Int8Array.from({ length: units }, (_, u) => (weight(u) > threshold ? 1 : weight(u) < -threshold ? -1 : 0));
}
