// A layer of two neurons under the hand, and the way from one plane to the next. nnviz/tensors/maps.py has the same
// layer; a test gives both the same numbers.

import { ACTIVATIONS } from "../../schema.js";

/**
 * (x, y) → W (x, y) + b, for places one after the other: x, y, x, y, …
 * @param {ArrayLike<number>} places @param {number[]} matrix row by row @param {number[]} shift
 */
export function affine(places, [a, b, c, d], [p, q]) {
  const found = new Float32Array(places.length);
  for (let i = 0; i < places.length; i += 2) {
    found[i] = a * places[i] + b * places[i + 1] + p;
    found[i + 1] = c * places[i] + d * places[i + 1] + q;
  }
  return found;
}

/** @param {Float32Array} values @param {string} name of an activation */
export const bent = (values, name) => values.map(ACTIVATIONS[name].f);

/** The straight way from one plane to the next. @param {ArrayLike<number>} from @param {ArrayLike<number>} to */
export function between(from, to, share = 0) {
  return Float32Array.from({ length: from.length }, (_, i) => from[i] + (to[i] - from[i]) * share);
}

/**
 * The lines of a grid as two drawings, level lines and upright ones, with NaN between two of them.
 * @param {ArrayLike<number>} places x, y, x, y, … of all lines @param {number} lines @param {number} points of a line
 */
export function drawn(places, lines, points) {
  const half = lines / 2;
  const part = (/** @type {number} */ first) => {
    const x = new Float32Array(half * (points + 1)).fill(NaN), y = x.slice();
    for (let line = 0; line < half; line++) {
      for (let i = 0; i < points; i++) {
        const from = 2 * ((first + line) * points + i), to = line * (points + 1) + i;
        x[to] = places[from];
        y[to] = places[from + 1];
      }
    }
    return { x, y };
  };
  return { level: part(0), upright: part(half) };
}
