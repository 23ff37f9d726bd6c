// Learned filters as pictures: what pattern of ink each hidden neuron, or each kernel of a convolution, looks for.
// Blue adds to the neuron's sum, orange takes away. In a common scale one colour is one number all over the layer.

import { element } from "./editor.js";
import { number } from "./arithmetic.js";
import { Atlas, grid, prepare, sizeOf } from "./tiles.js";

const EDGE = 3; // room for the outlines of the outermost ones
const GREEN = "#1a9850", RED = "#d73027";

/** How the arrays of a layer are laid out: n pictures of h × w, in a grid that has a meaning (columns) or in any. */
export function pictures(layer, array) {
  const s = array.shape;
  if (s.length === 4) return { n: s[0] * s[1], h: s[2], w: s[3], columns: s[1], of: (i) => Math.floor(i / s[1]) };
  if (s.length === 3) return { n: s[0], h: s[1], w: s[2], columns: null, of: (i) => i };
  return { n: 1, h: s[0], w: s[1], columns: 1, of: () => 0 };
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
    this.canvas.addEventListener("click", (e) => { const spot = this.at(e); choose(spot ? this.shape.of(spot.i) : null); });
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
    if (!this.place) return;
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
    const shape = (this.shape = pictures(layer, array));
    const peaks = frame.arrays[layer.peak].data, top = peaks.reduce((a, b) => Math.max(a, b), 1e-12);
    const each = peaks.length > 1;
    this.atlas.fill(array.data, shape.n, shape.h, shape.w, theme.lut, scale === "layer" && each ? Float32Array.from({ length: shape.n }, (_, i) => peaks[shape.of(i)] / top) : null);
    const aspect = shape.w / shape.h, gap = shape.n > 200 ? 2 : 4;
    const width = stage.width - 2 * EDGE, height = stage.height - 2 * EDGE;
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
      if (shape.n > 1 && (pinned === unit || this.spot?.i === i)) this.outline(context, i, `rgb(${theme.text})`, 1.5);
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
    const kind = { 4: "kernels (a row for each filter, a column for each input map)", 3: "filters" }[this.last.frame.arrays[layer.array].shape.length] ?? "weights (a row for each input, a column for each neuron)";
    let text = `${layer.name}: ${kind}${more}`;
    if (spot) {
      const unit = shape.of(spot.i), peak = peaks[each ? unit : 0];
      const code = spot.u === undefined ? null : this.last.frame.arrays[layer.array].data[(spot.i * shape.h + spot.v) * shape.w + spot.u];
      const of = shape.n === 1 ? "" : shape.columns ? `filter ${unit + 1}, input map ${(spot.i % shape.columns) + 1}: ` : `filter ${unit + 1}: `;
      const at = code === null ? "" : shape.n === 1 ? `from input ${spot.v + 1} to neuron ${spot.u + 1}: ${number(((code - 128) / 127) * peak, 3)}` : `row ${spot.v + 1}, column ${spot.u + 1}: ${number(((code - 128) / 127) * peak, 3)}; `;
      const mark = marks?.[unit] ? ` · ${marks[unit] > 0 ? "speaks for the chosen class" : "speaks against it"}` : "";
      text = `${of}${at}${shape.n > 1 ? `largest |weight| ${number(peak, 3)}` : ""}${mark}`;
    }
    if (this.hint.textContent === text) return;
    this.hint.textContent = text;
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
