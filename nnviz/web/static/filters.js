// Learned filters as pictures: what pattern of ink each hidden neuron, or each kernel of a convolution, looks for.
// Blue adds to the neuron's sum, orange takes away. In a common scale one colour is one number all over the layer.

import { element } from "./editor.js";
import { number } from "./arithmetic.js";
import { Atlas, grid, prepare, sizeOf } from "./tiles.js";

const GAP = 6; // between the blocks of a matrix
const EDGE = 3; // room for the outlines of the outermost ones
const GREEN = "#1a9850", RED = "#d73027";

/** How an array of weights is laid out in a box: n pictures of h × w, in a grid that has a meaning (columns) or in any. */
export function pictures(array, width = 1, height = 1) {
  const s = array.shape;
  if (s.length === 4) return { n: s[0] * s[1], h: s[2], w: s[3], codes: array.data, columns: s[1], of: (i) => Math.floor(i / s[1]) };
  if (s.length === 3) return { n: s[0], h: s[1], w: s[2], codes: array.data, columns: null, of: (i) => i };
  return matrix(array, width, height);
}

/** A matrix [inputs, neurons] much taller or wider than its box is cut into blocks, side by side or one below the other, where its
 * numbers become that much larger. `at(block, row, column)` → [input, neuron], or null beyond the end. */
function matrix({ data, shape: [rows, columns] }, width, height) {
  const cell = (n, tall) => {
    const [h, w] = tall ? [Math.ceil(rows / n), columns] : [rows, Math.ceil(columns / n)];
    return Math.min((width - GAP * (tall ? n - 1 : 0)) / (tall ? n * w : w), (height - GAP * (tall ? 0 : n - 1)) / (tall ? h : n * h));
  };
  const tall = rows * width > columns * height, most = Math.min(16, tall ? rows : columns);
  let n = 1;
  for (let k = 2; k <= most; k++) if (cell(k, tall) > Math.max(1.3 * cell(1, tall), 1.02 * cell(n, tall))) n = k;
  const h = tall ? Math.ceil(rows / n) : rows, w = tall ? columns : Math.ceil(columns / n);
  n = Math.ceil(tall ? rows / h : columns / w); // the last ones may be empty
  const at = (i, v, u) => {
    const spot = tall ? [i * h + v, u] : [v, i * w + u];
    return spot[0] < rows && spot[1] < columns ? spot : null;
  };
  let codes = data;
  if (n > 1) {
    codes = new Uint8Array(n * h * w).fill(128);
    for (let i = 0, p = 0; i < n; i++) for (let v = 0; v < h; v++) for (let u = 0; u < w; u++, p++) { const spot = at(i, v, u); if (spot) codes[p] = data[spot[0] * columns + spot[1]]; }
  }
  return { n, h, w, codes, columns: tall ? n : 1, of: () => 0, at, every: tall ? h : w, along: tall ? "inputs" : "neurons" };
}

export class Filters {
  /** `choose(unit)`: a filter was clicked; null: none is chosen any more. */
  constructor(root, choose = () => {}) {
    this.choose = choose;
    this.atlas = new Atlas();
    this.canvas = element("canvas", { role: "img", tabindex: 0, class: "nnd-canvas" });
    this.hint = element("div", { class: "nnd-hint" });
    root.append(element("div", { class: "nnd-stage" }, this.canvas), this.hint);
    this.canvas.addEventListener("pointermove", (e) => this.point(this.at(e)));
    this.canvas.addEventListener("pointerleave", () => this.point(null));
    this.canvas.addEventListener("blur", () => this.point(null));
    this.canvas.addEventListener("click", (e) => { const spot = this.at(e); choose(spot && !this.shape.at ? this.shape.of(spot.i) : null); });
    this.canvas.addEventListener("keydown", (e) => this.key(e));
  }

  at(event) {
    const p = this.place;
    if (!p) return null;
    const column = Math.floor((event.offsetX - p.x0) / (p.w + p.gap)), row = Math.floor((event.offsetY - EDGE) / (p.h + p.gap)), i = row * p.columns + column;
    if (column < 0 || column >= p.columns || row < 0 || i >= this.shape.n) return null;
    const u = Math.floor(((event.offsetX - p.x0 - column * (p.w + p.gap)) / p.w) * this.shape.w), v = Math.floor(((event.offsetY - EDGE - row * (p.h + p.gap)) / p.h) * this.shape.h);
    return u < this.shape.w && v < this.shape.h ? { i, u, v } : null;
  }

  point(spot) {
    if (JSON.stringify(spot) === JSON.stringify(this.spot ?? null)) return;
    this.spot = spot;
    this.key_ = null;
    if (this.last) this.draw(this.last);
  }

  key(e) {
    if (!this.place || this.shape.at) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.place.columns, ArrowDown: this.place.columns }[e.key];
    if (step) {
      e.preventDefault();
      e.stopPropagation();
      const i = this.spot ? Math.max(0, Math.min(this.shape.n - 1, this.spot.i + step)) : 0;
      this.point({ i });
    } else if ((e.key === "Enter" || e.key === " ") && this.spot) {
      e.preventDefault();
      e.stopPropagation();
      this.choose(this.shape.of(this.spot.i));
    }
  }

  /** scale: "layer" or "filter"; marks: Int8Array over the units, +1 green, −1 red (D5), or null; pinned: a unit or null. */
  draw(now) {
    const { frame, layer: chosen, scale, theme, marks, pinned } = (this.last = now);
    const layer = frame.meta.layers[Math.min(chosen, frame.meta.layers.length - 1)], array = frame.arrays[layer.array];
    const key = [frame.serial, chosen, scale, theme.key, sizeOf(this.canvas), devicePixelRatio, marks?.join(""), pinned, JSON.stringify(this.spot ?? null)].join();
    if (key === this.key_) return;
    const stage = prepare(this.canvas);
    if (!stage) return;
    this.key_ = key;
    const width = stage.width - 2 * EDGE, height = stage.height - 2 * EDGE;
    const shape = (this.shape = pictures(array, width, height)), parts = Boolean(shape.at); // the parts of one matrix are no filters
    const peaks = frame.arrays[layer.peak].data, top = peaks.reduce((a, b) => Math.max(a, b), 1e-12);
    const each = peaks.length > 1;
    this.atlas.fill(shape.codes, shape.n, shape.h, shape.w, theme.lut, scale === "layer" && each ? Float32Array.from({ length: shape.n }, (_, i) => peaks[shape.of(i)] / top) : null);
    const aspect = shape.w / shape.h, gap = parts ? GAP : shape.n > 200 ? 2 : 4;
    const fit = grid(shape.n, width, height, aspect, gap);
    const columns = shape.columns && shape.n > 1 ? shape.columns : fit.columns, rows = Math.ceil(shape.n / columns);
    const w = Math.min((width - gap * (columns - 1)) / columns, aspect * ((height - gap * (rows - 1)) / rows)), h = w / aspect;
    const x0 = EDGE + Math.max(0, (width - columns * (w + gap) + gap) / 2);
    this.place = { columns, w, h, gap, x0 };
    const { context } = stage;
    for (let i = 0; i < shape.n; i++) this.atlas.draw(context, i, ...this.corner(i), w, h);
    for (let i = 0; i < shape.n; i++) {
      const unit = shape.of(i), mark = marks?.[unit] ?? 0;
      if (mark) this.outline(context, i, mark > 0 ? GREEN : RED, Math.max(1.5, Math.min(3, w / 14)));
      if (shape.n > 1 && !parts && (pinned === unit || this.spot?.i === i)) this.outline(context, i, `rgb(${theme.text})`, 1.5);
    }
    this.describe(layer, shape, peaks, each, marks);
  }

  corner(i) {
    const { columns, w, h, gap, x0 } = this.place;
    return [x0 + (i % columns) * (w + gap), EDGE + Math.floor(i / columns) * (h + gap)];
  }

  outline(context, i, color, line) {
    const [x, y] = this.corner(i);
    context.strokeStyle = color;
    context.lineWidth = line;
    context.strokeRect(x - line / 2 + 0.5, y - line / 2 + 0.5, this.place.w + line - 1, this.place.h + line - 1);
  }

  describe(layer, shape, peaks, each, marks) {
    const { spot } = this, more = layer.shown < layer.total ? `, the first ${layer.shown.toLocaleString("en")} of ${layer.total.toLocaleString("en")}` : "";
    const kind = { 4: "kernels, a row for each filter, a column for each input map", 3: layer.name === "support vectors" ? "the digits that the border hangs on" : "filters" }[this.last.frame.arrays[layer.array].shape.length] ?? "a row for each input, a column for each neuron";
    const cut = shape.at && shape.n > 1 ? `, in parts of ${shape.every} ${shape.along}` : "";
    let text = `${layer.name}: ${kind}${cut}${more}`;
    if (spot) {
      const { codes, h, w } = shape, code = spot.u === undefined ? null : codes[(spot.i * h + spot.v) * w + spot.u];
      const unit = shape.of(spot.i), peak = peaks[each ? unit : 0], weight = code === null ? "" : number(((code - 128) / 127) * peak, 3);
      const from = shape.at?.(spot.i, spot.v ?? 0, spot.u ?? 0), mark = marks?.[unit] ? ` · ${marks[unit] > 0 ? "speaks for the chosen class" : "speaks against it"}` : "";
      if (shape.at) text = from && weight ? `from input ${from[0] + 1} to neuron ${from[1] + 1}: ${weight}` : text;
      else text = `filter ${unit + 1}${shape.columns ? `, input map ${(spot.i % shape.columns) + 1}` : ""}: ${weight && `row ${spot.v + 1}, column ${spot.u + 1}: ${weight}; `}largest |weight| ${number(peak, 3)}${mark}`;
    }
    if (this.hint.textContent === text) return;
    this.hint.textContent = this.hint.title = text; // a narrow panel cuts it off
    this.canvas.setAttribute("aria-label", `${text}. Blue weights add to the sum, orange ones take away. Arrow keys walk from filter to filter.`);
  }
}

/** D5: +1 for hidden units whose weight to the class is above the threshold, −1 below its negative. Int8Array [units]. */
export function marksOf(frame, of, threshold) {
  const output = frame?.arrays.output;
  if (!output) return null;
  const [units, classes] = output.shape;
  return Int8Array.from({ length: units }, (_, u) => (output.data[u * classes + of] > threshold ? 1 : output.data[u * classes + of] < -threshold ? -1 : 0));
}
