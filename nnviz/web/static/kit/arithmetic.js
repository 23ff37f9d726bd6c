// The network's own sums for one sample, in the browser: what a pointed-at neuron, link or sample shows as numbers.
// As nnviz/models/forward.py computes them; tests hold the two together.

import { ACTIVATIONS, FEATURES } from "../schema.js";

/**
 * @typedef {{gamma: Numbers, beta: Numbers, mean: Numbers, variance: Numbers}} Norm
 * @typedef {{inputs: number, units: number, activation: string, kernel: Numbers, bias: Numbers, norms: Norm[],
 *   W: (i: number, j: number) => number, b: (j: number) => number}} DenseLayer
 * @typedef {{a: Float64Array, z: Float64Array, y: Float64Array}} Pass what a layer is given, sums, and says
 */

/** Keras's BatchNormalization adds it to the variance. */
const EPSILON = 1e-3;

/**
 * The flat weights of a "network" frame as views, dense layer by dense layer. norms: the batch normalisations between
 * the layer before and this one. Nothing else between two kernels has numbers, so what lies there are theirs, four for
 * each input in Keras's order.
 * @param {Frame} frame @returns {DenseLayer[]}
 */
export function layersOf(frame) {
  const flat = frame.arrays.weights.data;
  let at = 0;
  const take = (/** @type {number} */ n) => flat.subarray(at, (at += n));
  return frame.meta.layers.map((/** @type {any} */ layer) => {
    const { inputs: n, units: m, offset } = layer;
    /** @type {Norm[]} */
    const norms = [];
    while (at < offset) norms.push({ gamma: take(n), beta: take(n), mean: take(n), variance: take(n) });
    const kernel = take(n * m), bias = take(m);
    /** @type {DenseLayer["W"]} */
    const W = (i, j) => kernel[i * m + j];
    return { ...layer, kernel, bias, norms, W, b: (/** @type {number} */ j) => bias[j] };
  });
}

/** γ·(x − mean) / √(variance + ε) + β, as a trained network applies it. @param {Float64Array} x @param {Norm} norm */
const normalize = (x, { gamma, beta, mean, variance }) =>
  x.map((v, j) => (gamma[j] * (v - mean[j])) / Math.sqrt(variance[j] + EPSILON) + beta[j]);

/**
 * Everything the network computes for one input vector, dense layer by dense layer.
 * @param {DenseLayer[]} layers @param {number[]} input @returns {Pass[]}
 */
export function forward(layers, input) {
  let y = Float64Array.from(input);
  return layers.map((layer) => {
    const a = layer.norms.reduce(normalize, y), z = Float64Array.from({ length: layer.units }, (_, j) =>
      a.reduce((sum, v, i) => sum + layer.W(i, j) * v, layer.b(j)));
    y = layer.activation === "softmax" ? softmax(z) : z.map(ACTIVATIONS[layer.activation].f);
    return { a, z, y };
  });
}

/** @param {Float64Array} z */
function softmax(z) {
  const top = Math.max(...z), e = z.map((v) => Math.exp(v - top)), total = e.reduce((p, q) => p + q, 0);
  return e.map((v) => v / total);
}

/**
 * One input of a point in the data's own units.
 * @param {string} name @param {any} meta @param {number} x1 @param {number} x2
 */
export const feature = (name, { shift, scale }, x1, x2) =>
  FEATURES[name].f((x1 - shift[0]) / scale[0], (x2 - shift[1]) / scale[1]);

/**
 * Network inputs of a point in the data's own units.
 * @param {string[]} names @param {any} meta @param {number} x1 @param {number} x2
 */
export const features = (names, meta, x1, x2) => names.map((name) => feature(name, meta, x1, x2));

/** A regression's value in the units of the visitor's own table. @param {any} meta @param {number} v */
export function target({ target_range: range }, v) {
  return range ? range[0] + ((v + 1) / 2) * (range[1] - range[0]) : v;
}

/** "class 0", but a name of the visitor's own as it is. @param {string} name */
export const className = (name) => (/^\d+$/.test(name) ? `class ${name}` : name);
