// What Python's plan of a network says (nnviz/spec/layers.py), worked out in the browser: shapes and parameters follow the visitor's
// hand at once, and a layer that cannot stand somewhere is known before it is asked for.

export const SHAPES = { digits: [8, 8, 1] };
const PICTURE = [28, 28, 1];
export const KINDS = {
  dense: ["Dense", "every neuron sees all numbers of the layer before"],
  conv2d: ["Convolution", "small filters slide over the picture, the same at every place"],
  max_pooling2d: ["Max pooling", "the largest number of each window"],
  average_pooling2d: ["Average pooling", "the mean of each window"],
  l2_pooling2d: ["L2 pooling", "√Σa² of each window"],
  dropout: ["Dropout", "leaves out some of the numbers at random while it trains"],
  batch_normalization: ["Batch normalisation", "keeps the numbers around 0 with width 1"],
  simple_rnn: ["Recurrent", "reads the picture row by row and remembers"],
  lstm: ["LSTM", "reads row by row, with gates that choose what to keep"],
  flatten: ["Flatten", "a picture becomes a list of numbers"],
};
export const POOLS = new Set(["max_pooling2d", "average_pooling2d", "l2_pooling2d"]);
export const RECURRENT = new Set(["simple_rnn", "lstm"]);
const SCRATCH = new Set(["dense", "conv2d", "max_pooling2d", "average_pooling2d", "l2_pooling2d", "flatten"]);
const MOST_LAYERS = 40;
const NAMES = { dense: "hidden layer", dropout: "dropout", batch_normalization: "batch normalisation", conv2d: "convolution", max_pooling2d: "max pooling",
  average_pooling2d: "average pooling", l2_pooling2d: "L2 pooling", simple_rnn: "recurrent layer", lstm: "LSTM layer" };

/** A new layer of a kind, as the spec's defaults have it. */
export function fresh(kind, layers) {
  const last = layers.findLast((l) => l.kind === kind);
  if (kind === "dense") return { kind, units: last?.units ?? 30, activation: null };
  if (kind === "conv2d") return { kind, filters: last?.filters ?? 16, kernel_size: last?.kernel_size ?? 5, strides: 1, padding: "valid", activation: null };
  if (POOLS.has(kind)) return { kind, pool_size: 2, strides: null, padding: "valid" };
  if (kind === "dropout") return { kind, rate: 0.2 };
  if (kind === "simple_rnn") return { kind, units: 64, activation: "tanh" };
  return kind === "lstm" ? { kind, units: 64 } : { kind };
}

export const inputShape = (spec) => SHAPES[spec.data.name] ?? PICTURE;

/** Outputs and their activation: the table's last row, or one for each class. */
const outputOf = (spec, summary) => {
  const last = summary?.at(-1);
  return { units: last?.output_shape?.[0] ?? spec.data.classes, activation: last?.activation ?? "softmax" };
};

const slide = (n, window, strides, padding) => (padding === "same" ? Math.ceil(n / strides) : Math.floor((n - window) / strides) + 1);
const product = (shape) => shape.reduce((a, b) => a * b, 1);

/** {rows: [{kind, name, index (of the spec's layer, null: put in by itself), before, shape, parameters, activation}], fault: {index, text} or null}. */
export function plan(spec, layers, summary) {
  const rows = [], counts = {};
  let shape = inputShape(spec);
  const put = (kind, index, output, parameters, activation, name) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
    rows.push({ kind, index, name: name ?? (NAMES[kind] ? `${NAMES[kind]} ${counts[kind]}` : kind), before: shape, shape: output, parameters, activation: activation ?? null });
    shape = output;
  };
  const fail = (index, text) => ({ rows, fault: { index, text } });
  for (const [i, layer] of layers.entries()) {
    const { kind } = layer, picture = `${shape[0]}×${shape[1]}`;
    if (kind === "dense") {
      if (shape.length > 1) put("flatten", null, [product(shape)], 0);
      put("dense", i, [layer.units], (shape[0] + 1) * layer.units, layer.activation ?? spec.model.activation);
    } else if (kind === "conv2d" || POOLS.has(kind)) {
      if (shape.length !== 3) return fail(i, "needs a picture, and here are only numbers in a row");
      const window = layer.kernel_size ?? layer.pool_size, strides = layer.strides ?? window;
      const side = shape.slice(0, 2).map((n) => slide(n, window, strides, layer.padding));
      if (Math.min(...side) < 1) return fail(i, `${window}×${window} is larger than the picture here, ${picture}`);
      if (kind === "conv2d") put(kind, i, [...side, layer.filters], (window * window * shape[2] + 1) * layer.filters, layer.activation ?? spec.model.activation);
      else put(kind, i, [...side, shape[2]], 0);
    } else if (RECURRENT.has(kind)) {
      if (shape.length === 1) return fail(i, "reads rows, and here are only numbers in a row");
      if (shape.length === 3) put("rows", null, [shape[0], shape[1] * shape[2]], 0);
      const gates = kind === "lstm" ? 4 : 1, next = layers.slice(i + 1).find((l) => l.kind !== "dropout" && l.kind !== "batch_normalization");
      const output = next && RECURRENT.has(next.kind) ? [shape[0], layer.units] : [layer.units];
      put(kind, i, output, gates * layer.units * (shape[1] + layer.units + 1), kind === "lstm" ? "tanh" : layer.activation);
    } else if (kind === "flatten") put(kind, i, [product(shape)], 0);
    else put(kind, i, shape, kind === "batch_normalization" ? 2 * shape.at(-1) : 0);
  }
  if (shape.length > 1) put("flatten", null, [product(shape)], 0);
  const { units, activation } = outputOf(spec, summary);
  put("dense", null, [units], (shape[0] + 1) * units, activation, "output layer");
  return { rows, fault: null };
}

/** Why `layers` cannot be, in words for a tooltip; "" where they can. */
export function refusal(spec, layers, summary) {
  if (layers.length > MOST_LAYERS) return `at most ${MOST_LAYERS} layers`;
  const odd = spec.model.family === "scratch" && layers.find((l) => !SCRATCH.has(l.kind));
  if (odd) return `the NumPy network has no ${KINDS[odd.kind][0].toLowerCase()}`;
  const { fault } = plan(spec, layers, summary);
  return fault ? `${KINDS[layers[fault.index].kind][0].toLowerCase()} ${fault.text}` : "";
}
