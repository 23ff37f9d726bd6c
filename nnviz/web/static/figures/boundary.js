// The decision boundary (figure "boundary"): two Plotly figures, one on the other. The map below moves with every frame
// and has no points: drawing those again costs three times the map. The samples above, with the axes, change only with
// the data; their zoom is the map's.

import { element } from "../kit/dom.js";
import { feature } from "../kit/arithmetic.js";
import { Chart } from "./chart.js";
import { winners } from "./plane.js";

/**
 * @typedef {{x1: number, x2: number, of?: string, truth?: string}} Place or a sample: what it is, and its class
 * @typedef {{input: string} | {index: number} | null} Focus an input or a neuron in place of the output
 * @typedef {{frame: any, data: any, theme: import("./chart.js").Theme, view: any, focus: Focus}} Now
 */

const INPUT_CELLS = 48;

/** @param {number} a @param {number} b */
const near = (a, b) => Math.abs(a - b) < 1e-9 * (1 + Math.abs(a));

export class Boundary extends Chart {
  /**
   * @param {HTMLElement} root
   * @param {{sample: (place: Place | null, pin: boolean) => void, zoomed: () => void,
   *   draw?: (place: Place, named: Place | null) => boolean}} hooks draw: whether a click has put or taken a sample
   */
  constructor(root, hooks) {
    const top = element("div", { class: "nnv-points" });
    super(top, "boundary", { drawn: () => hooks.zoomed(), on: {
      plotly_hover: ({ points }) => this.point(points[0]), plotly_unhover: () => this.point(null),
      plotly_relayout: () => {
        const { xaxis, yaxis } = this.element._fullLayout, now = [...xaxis.range, ...yaxis.range];
        if (!this.shown?.every((/** @type {number} */ v, /** @type {number} */ i) => near(v, now[i]))) {
          this.shown = now;
          hooks.zoomed();
        }
      },
    } });
    this.heat = element("div", { class: "nnv-heat" });
    root.append(this.heat, top);
    this.hooks = hooks;
    /** @type {{data: any[], layout: any} | null} map and samples as one figure */
    this.whole = null;
    /** @type {any} the ranges that are seen */
    this.shown = null;
    /** @type {unknown} what the samples are of, and what is drawn of them */
    this.samplesOf = null;
    this.samplesKey = "";
    /** @type {Place | null} where the pointer is, the sample whose tooltip is shown, that sample when it was pressed */
    this.place = null;
    /** @type {Place | null} */
    this.named = null;
    /** @type {Place | null} */
    this.pressed = null;
    const at = (/** @type {MouseEvent} */ event) => { this.place = this.at(event); };
    const tell = (pin = false) => hooks.sample(this.named ?? this.place, pin);
    // Where Plotly's tooltip names a sample, that is what is pointed at: its sums are shown, not a place's.
    top.addEventListener("pointermove", (event) => { at(event); tell(); });
    top.addEventListener("pointerleave", () => { this.place = this.named = null; tell(); });
    // Pressing begins a zoom, with which Plotly takes its tooltip away.
    top.addEventListener("pointerdown", () => { this.pressed = this.named; }, true);
    top.addEventListener("click", (event) => {
      at(event);
      if (!this.place || !hooks.draw?.(this.place, this.named ?? this.pressed)) tell(true);
    });
  }

  /** The sample whose tooltip is shown, or null. @param {any} found Plotly's */
  point(found) {
    const { of, truth } = found?.data.meta ?? {};
    this.named = found && { x1: found.x, x2: found.y, of, truth: truth ?? found.text };
    this.hooks.sample(this.named ?? this.place, false);
  }

  /** The point of the plane under the pointer, or null outside the axes. @param {MouseEvent} event */
  at(event) {
    const { _size: size, xaxis, yaxis } = this.element._fullLayout ?? {};
    if (!size) return null;
    const box = this.element.getBoundingClientRect();
    const u = (event.clientX - box.left - size.l) / size.w, v = 1 - (event.clientY - box.top - size.t) / size.h;
    if (u < 0 || u > 1 || v < 0 || v > 1) return null;
    const along = (/** @type {number[]} */ [low, high], /** @type {number} */ t) => low + (high - low) * t;
    return { x1: along(xaxis.range, u), x2: along(yaxis.range, v) };
  }

  /** @param {Now} now */
  draw({ frame, data, theme, view, focus }) {
    const [classes] = frame.arrays.boundary.shape, shown = focus ? 1 : classes, { domain } = frame.meta;
    const revision = JSON.stringify(domain);
    const values = { ...plane(frame, data, focus), domain, data, validation: view.validation, revision };
    this.samplesOf = [data.serial, theme.key, theme.size, view.validation, domain];
    const state = [frame.serial, view.validation, focus, this.shown];
    return super.draw(values, theme, { classes: shown, discretize: view.discretize }, state);
  }

  /** @param {any[]} data @param {any} layout */
  show([field, ...samples], layout) {
    const key = JSON.stringify([this.samplesOf, layout.width, layout.height]);
    if (key !== this.samplesKey) {
      this.samplesKey = key;
      this.named = null;
      super.show(samples, layout);
    }
    const { _size: size, xaxis, yaxis } = this.element._fullLayout, { Plotly } = /** @type {any} */ (window);
    const place = { left: size.l, top: size.t, width: size.w, height: size.h };
    for (const [side, of] of Object.entries(place)) this.heat.style.setProperty(side, `${of}px`);
    const bare = { visible: false, fixedrange: true }, clear = "rgba(0,0,0,0)";
    Plotly.react(this.heat, [field], {
      width: size.w, height: size.h, margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: clear, plot_bgcolor: clear,
      xaxis: { ...bare, range: [...xaxis.range] }, yaxis: { ...bare, range: [...yaxis.range] },
    }, { staticPlot: true, responsive: false });
    this.whole = { data: [field, ...samples], layout };
  }

  /** The picture that can be taken away has both. */
  config() {
    const { Plotly } = /** @type {any} */ (window), given = super.config();
    const take = { name: "picture", title: "Download plot as a PNG", icon: Plotly.Icons.camera,
      click: () => Plotly.downloadImage(this.whole, given.toImageButtonOptions) };
    const unwanted = [.../** @type {string[]} */ (given.modeBarButtonsToRemove), "toImage"];
    return { ...given, modeBarButtonsToRemove: unwanted, modeBarButtonsToAdd: [take] };
  }

  purge() {
    if (this.drawn) /** @type {any} */ (window).Plotly.purge(this.heat);
    super.purge();
  }
}

/**
 * What is drawn: the output's answer, a neuron's or an input.
 * @param {any} frame @param {any} data @param {Focus} focus
 */
function plane({ arrays: { boundary, maps, peak }, meta }, data, focus) {
  if (focus && "input" in focus) return input(focus.input, meta.domain, data.meta);
  if (focus) {
    const size = meta.sizes, top = peak.data[focus.index] || 1e-9, from = focus.index * size * size;
    const codes = maps.data.subarray(from, from + size * size);
    const field = Float32Array.from(codes, (/** @type {number} */ v) => ((v - 128) / 127) * top);
    return { plane: { data: field, shape: [size, size] }, low: -top, high: top };
  }
  const [classes, n] = boundary.shape, { activation } = meta.layers.at(-1);
  if (classes === 1) {
    return { plane: { data: boundary.data, shape: [n, n] }, low: activation === "sigmoid" ? 0 : -1, high: 1 };
  }
  const probabilities = activation === "softmax" || activation === "sigmoid";
  return { plane: winners({ outputs: boundary, probabilities }), low: 0, high: classes };
}

/** @param {string} name @param {number[][]} domain @param {any} meta of the samples */
function input(name, domain, meta) {
  const n = INPUT_CELLS, field = new Float32Array(n * n);
  const at = (/** @type {number} */ axis, /** @type {number} */ i) =>
    domain[axis][0] + ((domain[axis][1] - domain[axis][0]) * (i + 0.5)) / n;
  let top = 1e-9;
  for (let r = 0, p = 0; r < n; r++) for (let c = 0; c < n; c++, p++) {
    field[p] = feature(name, meta, at(0, c), at(1, r));
    top = Math.max(top, Math.abs(field[p]));
  }
  return { plane: { data: field, shape: [n, n] }, low: -top, high: top };
}
