// What Python's plan of a network says (nnviz/layers/plan.py), worked out in the browser from the same rules: shapes
// and parameters follow the visitor's hand at once, and a layer that cannot stand somewhere is known before it is asked
// for.

import { IMAGE_SHAPES, LAYERS, MOST_LAYERS } from "../../schema.js";

/**
 * @typedef {object} PlannedLayer
 * @property {string} kind
 * @property {string} name
 * @property {number | null} index of the spec's layer; null: put in by itself
 * @property {number[]} before
 * @property {number[]} shape
 * @property {number} parameters
 * @property {string | null} activation
 */

/**
 * What the first layer of a kind has here, where the spec's default is meant for points.
 * @type {Record<string, object>}
 */
const FIRST = { dense: { units: 30 } };

/**
 * A new layer of a kind: the spec's defaults, but as large as the last of its kind.
 * @param {string} kind @param {Layer[]} layers
 */
export function fresh(kind, layers) {
  const { fields, size, window } = LAYERS[kind], last = layers.findLast((layer) => layer.kind === kind);
  const usual = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));
  const like = last && Object.fromEntries([size, window].filter(Boolean).map((name) => [name, last[name]]));
  return { kind, ...usual, ...(like ?? FIRST[kind]) };
}

/** @param {Spec} spec */
export const inputShape = (spec) => IMAGE_SHAPES[spec.data.name];

/** @param {number[]} shape */
const product = (shape) => shape.reduce((a, b) => a * b, 1);

/** @param {number} n @param {number} window @param {number} strides @param {string} padding */
const places = (n, window, strides, padding) =>
  padding === "same" ? Math.ceil(n / strides) : Math.floor((n - window) / strides) + 1;

/** What comes of a shape, at every time step where there are some. @param {Layer} layer @param {number[]} shape */
function output(layer, shape) {
  const { gives, size: field, window: side } = LAYERS[layer.kind], size = field ? layer[field] : shape.at(-1);
  if (gives === "flat") return [product(shape)];
  if (gives === "size") return [size];
  if (gives === "states") return [shape[0], size];
  if (gives === "rows") return [shape[0], product(shape.slice(1))];
  if (gives === "same") return shape;
  const { strides, padding } = layer;
  return [...shape.slice(0, 2).map((n) => places(n, layer[side], strides ?? layer[side], padding)), size];
}

/** Numbers that the gradient moves. @param {Layer} layer @param {number} inputs @param {number} size */
function parameters(layer, inputs, size) {
  const { arrays, gates, window } = LAYERS[layer.kind];
  /** @type {Record<string, number>} */
  const known = { inputs, size, gates: gates * size, window: layer[window] };
  return arrays.reduce((sum, words) => sum + product(words.split(" ").map((word) => known[word])), 0);
}

/** Why a layer cannot stand behind a shape; "" where it can. @param {Layer} layer @param {number[]} shape */
function misfit(layer, shape) {
  const { takes, gives, window } = LAYERS[layer.kind], side = layer[window];
  if (takes === "picture" && shape.length !== 3) return "needs a picture, and here are only numbers in a row";
  if (takes === "rows" && shape.length === 1) return "reads rows, and here are only numbers in a row";
  if (gives !== "windows" || Math.min(...output(layer, shape).slice(0, 2)) >= 1) return "";
  return `${side}×${side} is larger than the picture here, ${shape[0]}×${shape[1]}`;
}

/**
 * Every layer from the first to the output layer, and the first that cannot stand where it does.
 * @param {Spec} spec @param {Layer[]} layers
 * @param {any[] | null} [summary] rows of nnviz.models.summary, for the output layer
 * @returns {{rows: PlannedLayer[], fault: {index: number, text: string} | null}}
 */
export function plan(spec, layers, summary) {
  /** @type {PlannedLayer[]} */
  const rows = [];
  /** @type {Record<string, number>} */
  const counts = {};
  let shape = inputShape(spec);
  /** @param {Layer} layer @param {number | null} index @param {Partial<PlannedLayer>} more @param {boolean} states */
  const put = (layer, index, more = {}, states = false) => {
    const { kind } = layer, { name, numbered, gives, fields, activation } = LAYERS[kind];
    const whole = output(layer, shape), given = gives === "states" && !states ? whole.slice(-1) : whole;
    counts[kind] = (counts[kind] ?? 0) + 1;
    rows.push({
      kind, index, name: numbered ? `${name} ${counts[kind]}` : name, before: shape, shape: given,
      parameters: parameters(layer, shape.at(-1) ?? 0, whole.at(-1) ?? 0),
      activation: fields.activation ? layer.activation ?? spec.model.activation : activation, ...more,
    });
    shape = given;
  };
  for (const [index, layer] of layers.entries()) {
    const { takes } = LAYERS[layer.kind];
    if (takes === "numbers" && shape.length > 1) put({ kind: "flatten" }, null);
    if (takes === "rows" && shape.length === 3) put({ kind: "rows" }, null);
    const text = misfit(layer, shape);
    if (text) return { rows, fault: { index, text } };
    const next = layers.slice(index + 1).find(({ kind }) => LAYERS[kind].gives !== "same");
    put(layer, index, {}, Boolean(next) && LAYERS[next?.kind ?? ""].takes === "rows");
  }
  if (shape.length > 1) put({ kind: "flatten" }, null);
  const last = summary?.at(-1), activation = last?.activation ?? "softmax";
  put(
    { kind: "dense", units: last?.output_shape?.[0] ?? spec.data.classes }, null, { name: "output layer", activation }
  );
  return { rows, fault: null };
}

/**
 * Why `layers` cannot be, in words for a tooltip; "" where they can.
 * @param {Spec} spec @param {Layer[]} layers @param {any[] | null} [summary]
 */
export function refusal(spec, layers, summary) {
  const said = (/** @type {Layer} */ layer) => LAYERS[layer.kind].label.toLowerCase();
  if (layers.length > MOST_LAYERS) return `at most ${MOST_LAYERS} layers`;
  const odd = spec.model.family === "scratch" && layers.find(({ kind }) => !LAYERS[kind].derived);
  if (odd) return `the NumPy network has no ${said(odd)}`;
  const { fault } = plan(spec, layers, summary);
  return fault ? `${said(layers[fault.index])} ${fault.text}` : "";
}
