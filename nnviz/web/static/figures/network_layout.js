// Where everything of the network's drawing stands, and what of it lies at a point. Pure.

import { FEATURES } from "../schema.js";

/** @typedef {import("../kit/arithmetic.js").DenseLayer} DenseLayer */
/** @typedef {{layer: number, unit: number}} Neuron */
/** @typedef {Neuron & {kind: "link", from: number}} Link */
/** @typedef {{kind: "input", name: string} | Neuron & {kind: "neuron"} | Neuron & {kind: "bias"} | Link} Item */
/** @typedef {{x: number, y: number, size: number}} Place on the canvas: its middle, and its side */
/** @typedef {{layers: DenseLayer[], inputs: string[]}} Model */

/** Of all inputs, from above to below. */
export const NAMES = Object.keys(FEATURES);
const LEFT = 62, RIGHT = 72, TOP = 8, BOTTOM = 8;

/**
 * Where everything stands: columns[0] are all seven inputs, then the hidden layers, then the outputs. k: the type's
 * size, 1 is usual.
 * @param {number} width @param {number} height @param {DenseLayer[]} layers @returns {Place[][]}
 */
export function layout(width, height, layers, k = 1) {
  const counts = [NAMES.length, ...layers.map((l) => l.units)];
  const gapX = (width - k * (LEFT + RIGHT)) / (counts.length - 1);
  return counts.map((count, c) => {
    const step = Math.min(64, (height - TOP - BOTTOM) / count);
    const own = Math.max(6, Math.min(step * 0.8, gapX * 0.5, 46));
    const y0 = TOP + (height - TOP - BOTTOM - step * (count - 1)) / 2;
    return Array.from({ length: count }, (_, r) => ({ x: k * LEFT + c * gapX, y: y0 + r * step, size: own }));
  });
}

/** Height of a link's curve at horizontal position u in 0..1 (a cubic with level ends). @param {number} u */
function rise(u) {
  let t = u;
  for (let i = 0; i < 4; i++) t -= (1.5 * t * (1 - t) + t ** 3 - u) / (1.5 - 3 * t + 3 * t * t || 1);
  return 3 * t * t - 2 * t ** 3;
}

/**
 * What lies at a point: an input, a neuron, its bias, or the nearest link within a few pixels.
 * @param {Place[][]} places @param {Model} model @param {number} x @param {number} y @returns {Item | null}
 */
export function itemAt(places, model, x, y) {
  for (const [c, column] of places.entries()) {
    for (const [r, p] of column.entries()) {
      const h = p.size / 2, b = Math.max(4, p.size / 6), on = { layer: c - 1, unit: r };
      if (c > 0 && Math.abs(x - (p.x - h - b * 0.7)) <= b && Math.abs(y - (p.y + h)) <= b)
        return { kind: "bias", ...on };
      if (Math.abs(x - p.x) <= h + 1 && Math.abs(y - p.y) <= h + 1)
        return c === 0 ? { kind: "input", name: NAMES[r] } : { kind: "neuron", ...on };
    }
  }
  /** @type {Item | null} */
  let best = null;
  let distance = 7;
  for (const { from, to, link } of places.length ? links(places, model) : []) {
    const x0 = from.x + from.size / 2, x1 = to.x - to.size / 2;
    if (x <= x0 || x >= x1) continue;
    const d = Math.abs(y - (from.y + (to.y - from.y) * rise((x - x0) / (x1 - x0))));
    if (d < distance) [best, distance] = [link, d];
  }
  return best;
}

/** @param {Place[][]} places @param {Model} model @returns {Generator<{from: Place, to: Place, link: Link}>} */
function* links(places, { layers, inputs }) {
  for (const [layer, { inputs: n, units }] of layers.entries()) {
    for (let i = 0; i < n; i++) {
      const from = layer === 0 ? places[0][NAMES.indexOf(inputs[i])] : places[layer][i];
      for (let unit = 0; from && unit < units; unit++) {
        yield { from, to: places[layer + 1][unit], link: { kind: "link", layer, unit, from: i } };
      }
    }
  }
}
