// The network's own sums for one sample, in the browser: what a pointed-at neuron, link or sample shows as numbers.
// The same functions as nnviz/models/forward.py; a browser test holds the two together.

const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const softplus = (z) => (z > 30 ? z : Math.log1p(Math.exp(z)));
// Abramowitz & Stegun 7.1.26, |error| < 1.5e-7: below what is ever shown.
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const y = 1 - ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-x * x);
  return x < 0 ? -y : y;
}

export const ACTIVATIONS = {
  relu: (z) => Math.max(0, z),
  tanh: Math.tanh,
  sigmoid,
  linear: (z) => z,
  leaky_relu: (z) => (z > 0 ? z : 0.2 * z),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  selu: (z) => 1.0507009873554805 * (z > 0 ? z : 1.6732632423543772 * Math.expm1(z)),
  gelu: (z) => 0.5 * z * (1 + erf(z / Math.SQRT2)),
  silu: (z) => z * sigmoid(z),
  softplus,
  softsign: (z) => z / (1 + Math.abs(z)),
  hard_sigmoid: (z) => Math.min(1, Math.max(0, z / 6 + 0.5)),
  relu6: (z) => Math.min(6, Math.max(0, z)),
  mish: (z) => z * Math.tanh(softplus(z)),
};

export const SYMBOLS = {
  relu: "ReLU", tanh: "tanh", sigmoid: "σ", linear: "", leaky_relu: "leaky ReLU", elu: "ELU", selu: "SELU", gelu: "GELU",
  silu: "SiLU", softplus: "softplus", softsign: "softsign", hard_sigmoid: "hard σ", relu6: "ReLU6", mish: "mish", softmax: "softmax",
};

export const INPUTS = {
  x1: { label: "x₁", f: (a) => a },
  x2: { label: "x₂", f: (_, b) => b },
  x1_squared: { label: "x₁²", f: (a) => a * a },
  x2_squared: { label: "x₂²", f: (_, b) => b * b },
  x1_x2: { label: "x₁x₂", f: (a, b) => a * b },
  sin_x1: { label: "sin x₁", f: (a) => Math.sin(a) },
  sin_x2: { label: "sin x₂", f: (_, b) => Math.sin(b) },
};

/** The flat weights of a "network" frame as views: [{W(i, j), b(j), inputs, units, norm}, …]. */
export function layersOf(frame) {
  const flat = frame.arrays.weights.data;
  let at = 0;
  return frame.meta.layers.map((layer) => {
    const { inputs: n, units: m } = layer;
    const kernel = flat.subarray(at, (at += n * m));
    const bias = flat.subarray(at, (at += m));
    let norm = null;
    if (layer.batch_normalization) {
      norm = { gamma: flat.subarray(at, at + m), beta: flat.subarray(at + m, at + 2 * m), mean: flat.subarray(at + 2 * m, at + 3 * m), variance: flat.subarray(at + 3 * m, at + 4 * m) };
      at += 4 * m;
    }
    return { ...layer, kernel, bias, norm, W: (i, j) => kernel[i * m + j], b: (j) => bias[j] };
  });
}

/** Everything the network computes for one input vector: per layer its inputs a, sums z and outputs y (what the neuron says). */
export function forward(layers, input) {
  let a = Float64Array.from(input);
  return layers.map((layer) => {
    const z = new Float64Array(layer.units);
    for (let j = 0; j < layer.units; j++) {
      let sum = layer.b(j);
      for (let i = 0; i < layer.inputs; i++) sum += layer.W(i, j) * a[i];
      z[j] = sum;
    }
    let y;
    if (layer.activation === "softmax") {
      const top = Math.max(...z);
      const e = z.map((v) => Math.exp(v - top));
      const total = e.reduce((p, q) => p + q, 0);
      y = e.map((v) => v / total);
    } else y = z.map(ACTIVATIONS[layer.activation] ?? ((v) => v));
    const result = { a, z, y };
    a = y;
    if (layer.norm) {
      const { gamma, beta, mean, variance } = layer.norm;
      a = y.map((v, j) => (gamma[j] * (v - mean[j])) / Math.sqrt(variance[j] + 1e-3) + beta[j]);
    }
    return result;
  });
}

/** Network inputs of a point in the data's own units. */
export function features(names, meta, x1, x2) {
  const a = (x1 - meta.shift[0]) / meta.scale[0];
  const b = (x2 - meta.shift[1]) / meta.scale[1];
  return names.map((name) => INPUTS[name].f(a, b));
}

/** A regression's value in the units of the visitor's own table. */
export const target = (meta, v) => (meta.target_range ? meta.target_range[0] + ((v + 1) / 2) * (meta.target_range[1] - meta.target_range[0]) : v);

/** "class 0", but a name of the visitor's own as it is. */
export const className = (name) => (/^\d+$/.test(name) ? `class ${name}` : name);

/** Decimals that tell places on an axis apart: 2 on the built-in planes, more where a table's column spans little. */
export const decimals = ([low, high]) => Math.max(0, Math.min(8, 3 - Math.floor(Math.log10(high - low || 1))));

export const number = (v, digits = 2) => (v === null || v === undefined || Number.isNaN(v) ? "–" : (Math.abs(v) >= 1e4 || (v !== 0 && Math.abs(v) < 10 ** -digits) ? v.toExponential(1) : v.toFixed(digits)).replace("-", "−"));
