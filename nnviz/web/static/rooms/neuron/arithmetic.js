// One neuron's numbers where they follow the pointer: the same as nnviz/neuron/outputs.py, to which a test holds them.

/**
 * @typedef {{weights: number[], bias: number}} Neuron
 * @typedef {[number, number]} Point
 * @typedef {{f: (z: number) => number, slope: (z: number) => number}} Output
 * @typedef {{z: number[], value: number[], slope: number[], left: number[], right: number[]}} Table
 */

export const DOMAIN = [-0.5, 1.5]; // of both inputs in the plane (nnviz/figures/neuron_output_plane.py)
const DIGITS = 1e9;

/** z = Σ w·x + b, rounded: 0.1 + 0.2 − 0.3 is 0. @param {number[]} x @param {Neuron} neuron */
export function netInput(x, { weights, bias }) {
  return Math.round((weights.reduce((sum, w, i) => sum + w * x[i], 0) + bias) * DIGITS) / DIGITS + 0;
}

/** @param {string} name @param {number} low what a perceptron that does not fire says @returns {Output} */
export function stepOutput(name, low) {
  return { f: (z) => ((name === "step_above" ? z > 0 : z >= 0) ? 1 : low), slope: () => 0 };
}

/**
 * A function read from Python's table: between two nodes the cubic with their values and slopes.
 * @param {Table} table @returns {Output}
 */
export function tableOutput({ z: nodes, value, slope, left, right }) {
  const last = nodes.length - 1;
  const cell = (/** @type {number} */ z) => {
    let low = 0, high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (nodes[middle] <= z) low = middle; else high = middle;
    }
    const width = nodes[low + 1] - nodes[low], t = (z - nodes[low]) / width;
    return { width, t, a: value[low], b: value[low + 1], m: right[low] * width, n: left[low + 1] * width, at: low };
  };
  const outside = (/** @type {number} */ z) => (z < nodes[0] ? 0 : z > nodes[last] ? last : null);
  return {
    f: (z) => {
      const end = outside(z);
      if (end !== null) return value[end] + slope[end] * (z - nodes[end]);
      const { t, a, b, m, n } = cell(z), u = 1 - t;
      return a * (1 + 2 * t) * u * u + b * t * t * (3 - 2 * t) + m * t * u * u - n * t * t * u;
    },
    slope: (z) => {
      const end = outside(z);
      if (end !== null) return slope[end];
      const { t, a, b, m, n, width, at } = cell(z);
      if (t === 0) return slope[at];
      return ((b - a) * 6 * t * (1 - t) + m * (1 - t) * (1 - 3 * t) - n * t * (2 - 3 * t)) / width;
    },
  };
}

/**
 * What a small change does to an output: before, after, gradient (∂O/∂b last), predicted, true and their error.
 * @param {Output} output @param {number[]} x @param {Neuron} neuron @param {number[]} delta Δw, and Δb last
 */
export function change(output, x, neuron, delta) {
  const z = netInput(x, neuron), weights = neuron.weights.map((w, i) => w + delta[i]);
  const to = netInput(x, { weights, bias: neuron.bias + /** @type {number} */ (delta.at(-1)) });
  const before = output.f(z), after = output.f(to), slope = output.slope(z);
  const gradient = [...x, 1].map((v) => slope * v);
  const predicted = gradient.reduce((sum, g, i) => sum + g * delta[i], 0);
  return { z, to, before, after, gradient, predicted, true: after - before, error: predicted - (after - before) };
}

/**
 * The neuron in the plane of the first two inputs, the others being what they are in x.
 * @param {Neuron} neuron @param {number[]} x @returns {Neuron}
 */
export const slice = ({ weights: [a, b, ...rest], bias }, x) => ({
  weights: [a, b], bias: bias + rest.reduce((sum, w, i) => sum + w * x[i + 2], 0),
});

/**
 * Where w·x + b = 0 enters and leaves the plane; null where it does not.
 * @param {Neuron} plane @returns {[Point, Point] | null}
 */
export function lineEnds({ weights: [a, b], bias }) {
  const [low, high] = DOMAIN, /** @type {Point[]} */ found = [];
  const add = (/** @type {Point} */ p) => {
    const inside = p.every((v) => v >= low - 1e-9 && v <= high + 1e-9);
    if (inside && !found.some((q) => Math.hypot(p[0] - q[0], p[1] - q[1]) < 1e-6)) found.push(p);
  };
  for (const edge of DOMAIN) {
    if (b) add([edge, -(a * edge + bias) / b]);
    if (a) add([-(b * edge + bias) / a, edge]);
  }
  return found.length >= 2 ? [found[0], found[1]] : null;
}

const cents = (/** @type {number} */ v) => Math.round(v * 100) / 100 + 0;

/**
 * The neuron whose line, as steep as before, goes through p.
 * @param {Neuron} neuron @param {number[]} x @param {Point} p @returns {Neuron}
 */
export function moved(neuron, x, p) {
  const { weights } = neuron, there = [p[0], p[1], ...x.slice(2)];
  return { weights: [...weights], bias: cents(-there.reduce((sum, v, i) => sum + weights[i] * v, 0)) };
}

/**
 * The neuron whose line goes through `pivot` and p: its weights as large as before, its side as before.
 * @param {Neuron} neuron @param {number[]} x @param {Point} pivot @param {Point} p @returns {Neuron}
 */
export function turned(neuron, x, pivot, p) {
  const [a, b] = neuron.weights, along = [p[0] - pivot[0], p[1] - pivot[1]];
  const length = Math.hypot(along[0], along[1]);
  if (length < 0.02) return neuron;
  const size = Math.hypot(a, b) / length, normal = [-along[1] * size, along[0] * size];
  const side = normal[0] * a + normal[1] * b < 0 ? -1 : 1;
  const weights = [cents(side * normal[0]), cents(side * normal[1]), ...neuron.weights.slice(2)];
  return moved({ weights, bias: 0 }, x, pivot);
}

/**
 * The output over the plane, row by row from below: float32 [n, n].
 * @param {Output} output @param {Neuron} plane @param {number} n
 */
export function outputMap(output, plane, n) {
  const data = new Float32Array(n * n), [low, high] = DOMAIN, width = (high - low) / n;
  for (let r = 0, p = 0; r < n; r++) {
    const up = low + (r + 0.5) * width;
    for (let c = 0; c < n; c++, p++) data[p] = output.f(netInput([low + (c + 0.5) * width, up], plane));
  }
  return { data, shape: [n, n] };
}
