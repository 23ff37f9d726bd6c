// A convolution and a pooling on one grey picture, number by number, as Keras computes them (a cross-correlation: the
// kernel is not turned). Pure; a browser test holds it equal to SciPy and to Keras's rules of padding.

import { ACTIVATIONS } from "../../schema.js";

/**
 * @typedef {ReturnType<typeof side>} Side
 * @typedef {{height: number, width: number, x: number[]}} Picture x: numbers by rows
 * @typedef {{size: number, weights: number[], bias: number, stride: number, padding: string,
 *   activation: string}} Setting
 * @typedef {{height: number, width: number, rows: Side, columns: Side, z: Float64Array, a: Float64Array}} FeatureMap
 * @typedef {ReturnType<typeof pool>} PooledMap
 * @typedef {ReturnType<typeof taps>[number]} Tap
 */

/**
 * One side of a convolution: how many outputs a line of n pixels has, and the zeros that padding puts around it.
 * "valid": none. "same": ⌈n / stride⌉ outputs; an odd zero goes behind, as in Keras.
 * @param {number} n @param {number} k @param {number} stride @param {string} padding
 */
export function side(n, k, stride, padding) {
  const total = padding === "same" ? Math.max((Math.ceil(n / stride) - 1) * stride + k - n, 0) : 0;
  const before = total >> 1;
  return {
    n, k, stride, total, before, after: total - before, size: Math.max(0, Math.floor((n + total - k) / stride) + 1),
  };
}

/**
 * The whole map. picture: {height, width, x: numbers by rows}; setting: {size, weights: numbers by rows, bias, stride,
 * padding, activation}. Returns {height, width, rows, columns: side(), z, a: Float64Array by rows}.
 * @param {Picture} picture @param {Setting} setting
 */
export function convolve(picture, setting) {
  const rows = side(picture.height, setting.size, setting.stride, setting.padding);
  const columns = side(picture.width, setting.size, setting.stride, setting.padding);
  const [height, width] = columns.size && rows.size ? [rows.size, columns.size] : [0, 0];
  const map = {
    height, width, rows, columns, z: new Float64Array(height * width), a: new Float64Array(height * width),
  };
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const z = taps(picture, setting, map, row, column).reduce((sum, tap) => sum + tap.product, 0) + setting.bias;
      map.z[row * width + column] = z;
      map.a[row * width + column] = ACTIVATIONS[setting.activation].f(z);
    }
  return map;
}

/**
 * Where in the picture the window of an output pixel begins; negative: in the padding.
 * @param {FeatureMap} map @param {number} row @param {number} column
 */
export const corner = (map, row, column) => [
  row * map.rows.stride - map.rows.before, column * map.columns.stride - map.columns.before,
];

/**
 * What an output pixel sums: for each weight {row, column (in the picture), x, w, product, inside}.
 * @param {Picture} picture @param {Setting} setting @param {FeatureMap} map @param {number} row @param {number} column
 */
export function taps(picture, setting, map, row, column) {
  const [top, left] = corner(map, row, column);
  return setting.weights.map((w, i) => {
    const [r, c] = [top + Math.floor(i / setting.size), left + (i % setting.size)];
    const inside = r >= 0 && c >= 0 && r < picture.height && c < picture.width;
    const x = inside ? picture.x[r * picture.width + c] : 0;
    return { row: r, column: c, x, w, product: x * w, inside };
  });
}

/**
 * The output pixel whose window lies nearest around a place of the picture (row and column may be fractions).
 * @param {FeatureMap} map @param {number} row @param {number} column
 */
export function windowAt(map, row, column) {
  /** @param {Side} side @param {number} at */
  const nearest = ({ k, stride, before, size }, at) => Math.min(
    size - 1, Math.max(0, Math.round((at + before - k / 2) / stride))
  );
  return [nearest(map.rows, row), nearest(map.columns, column)];
}

/** @type {Record<string, (values: number[]) => number>} */
export const POOLS = {
  max: (values) => Math.max(...values),
  average: (values) => values.reduce((sum, a) => sum + a, 0) / values.length,
  l2: (values) => Math.sqrt(values.reduce((sum, a) => sum + a * a, 0)),
};

/**
 * Non-overlapping windows of size × size on the map; what does not fill a window is left out (padding "valid").
 * @param {FeatureMap} map @param {string} kind @param {number} size
 */
export function pool(map, kind, size) {
  const [height, width] = [Math.floor(map.height / size), Math.floor(map.width / size)];
  const pooled = { height, width, size, kind, a: new Float64Array(height * width) };
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      pooled.a[row * width + column] = POOLS[kind](poolTaps(map, size, row, column).map((tap) => tap.a));
  return pooled;
}

/**
 * The outputs under one window of a pooling: [{row, column (in the map), a}].
 * @param {FeatureMap} map @param {number} size @param {number} row @param {number} column
 */
export function poolTaps(map, size, row, column) {
  return Array.from({ length: size * size }, (_, i) => {
    const [r, c] = [row * size + Math.floor(i / size), column * size + (i % size)];
    return { row: r, column: c, a: map.a[r * map.width + c] };
  });
}

/**
 * The largest of many numbers by size, whatever the sign; at least a little, to divide by.
 * @param {Iterable<number>} values
 */
export function peak(values) {
  let most = 1e-9;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
