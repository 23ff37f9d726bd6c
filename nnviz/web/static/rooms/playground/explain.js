// What the pointed-at thing is, in words and with its real numbers: z = Σ w·a + b.

import { className, feature, target } from "../../kit/arithmetic.js";
import { decimals, number } from "../../kit/numbers.js";
import { ACTIVATIONS, FEATURES } from "../../schema.js";

/** @typedef {import("../../figures/network_layout.js").Item} Item */
/** @typedef {import("../../kit/arithmetic.js").DenseLayer} DenseLayer */
/** @typedef {import("../../kit/arithmetic.js").Pass} Pass */
/** @typedef {{layers: DenseLayer[], inputs: string[], threshold: number}} Model */
/**
 * A sample, or a place of the plane, and what the network computes for it. chosen: the visitor points at it; of, truth:
 * of one of the data's, what it is, and its class.
 * @typedef {{x1: number, x2: number, input: number[], passes: Pass[], chosen: boolean, of?: string,
 *   truth?: string}} Sample
 */

/** @param {{layer: number, unit: number}} neuron @param {DenseLayer[]} layers */
export function neuronName({ layer, unit }, layers) {
  const last = layer === layers.length - 1;
  if (last && layers[layer].units === 1) return "output neuron";
  return `${last ? "output" : `hidden layer ${layer + 1}`}, neuron ${unit + 1}`;
}

/** @param {number} layer @param {number} i @param {Model} model */
const source = (layer, i, { layers, inputs }) =>
  `${layers[layer].norms.length ? "normalised " : ""}${layer === 0 ? FEATURES[inputs[i]].symbol : `a${sub(i + 1)}`}`;

/**
 * What the layer behind `layer` (−1: the inputs) is given in place of value i, where a batch normalisation changes it.
 * @param {number} layer @param {number} i @param {Model} model @param {Sample | null} sample
 */
function normalized(layer, i, { layers }, sample) {
  if (!sample || !layers[layer + 1]?.norms.length) return "";
  return `, after batch normalisation ${number(sample.passes[layer + 1].a[i], 3)}`;
}

const sub = (/** @type {number} */ n) => String(n).replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[Number(d)]);
const signed = (/** @type {number} */ v) => (v < 0 ? ` − ${number(-v)}` : ` + ${number(v)}`);

/**
 * "z = 0.42·1.30 − 0.11·0.20 + 0.10 = 0.62", the largest terms first when there are many.
 * @param {DenseLayer} layer @param {Pass} pass @param {number} j
 */
function sumText(layer, pass, j, most = 6) {
  const terms = Array.from({ length: layer.inputs }, (_, i) => ({ w: layer.W(i, j), a: pass.a[i] }));
  const shown = layer.inputs > most
    ? [...terms].sort((p, q) => Math.abs(q.w * q.a) - Math.abs(p.w * p.a)).slice(0, most) : terms;
  const factor = (/** @type {number} */ a) => (a < 0 ? `(${number(a)})` : number(a));
  const text = shown.map(({ w, a }, k) => `${k === 0 ? number(w) : signed(w)}·${factor(a)}`).join("");
  const rest = terms.length - shown.length;
  return `z = ${text || "0"}${rest ? ` + ${rest} smaller terms` : ""}${signed(layer.b(j))} = ${number(pass.z[j], 3)}`;
}

/** @param {DenseLayer} layer @param {Pass} pass @param {number} j */
const applied = (layer, pass, j) => {
  const name = ACTIVATIONS[layer.activation]?.symbol ?? layer.activation;
  return name ? `${name}(z) = ${number(pass.y[j], 3)}` : `output = z = ${number(pass.y[j], 3)}`;
};

/** What the network says of a sample or a place. @param {Pass} pass @param {Frame} data @param {number} threshold */
function answer({ y }, { meta }, threshold) {
  const { class_names: names, problem, target_range: range } = meta;
  if (problem === "regression")
    return `prediction ŷ = ${number(y[0], 3)}${range ? `, in your units ${number(target(meta, y[0]))}` : ""}`;
  if (y.length === 1) {
    const [than, k] = y[0] > threshold ? [">", 1] : ["≤", 0];
    return `output ${number(y[0], 3)} ${than} ${threshold}: ${className(names[k])}`;
  }
  const order = [...y.keys()].sort((p, q) => y[q] - y[p]).slice(0, 3);
  return order.map((k) => `${className(names[k])}: ${number(y[k], 3)}`).join(" · ");
}

const HINT = "Point at a neuron, a link or the map: the real numbers appear here. Click a link or a bias (small "
  + "square) to change it.";

/**
 * The card of what is pointed at: an item of the network, or nothing of it; `where`: which sample it is for.
 * @param {{item: Item | null, model: Model, sample: Sample | null, data: Frame, where: string}} now
 * @returns {{title: string, lines: string[]}}
 */
export function explain({ item, model, sample, data, where }) {
  const { layers, inputs } = model;
  const [d1, d2] = data.meta.domain.map(decimals);
  const at = sample ? `at (${number(sample.x1, d1)}, ${number(sample.x2, d2)})${where ? `, ${where}` : ""}` : "";
  if (!item) {
    if (!sample?.chosen) return { title: "", lines: [HINT] };
    const truth = sample.truth?.startsWith("target") ? `; ${sample.truth}` : sample.truth
      ? `; in truth ${sample.truth}` : "";
    const what = sample.of ? sample.of.replace(/^./, (c) => c.toUpperCase()) : "Point";
    const said = answer(sample.passes[sample.passes.length - 1], data, model.threshold);
    return { title: `${what} ${at}`, lines: [said + truth] };
  }
  if (item.kind === "input") {
    const on = inputs.includes(item.name);
    const value = sample ? feature(item.name, data.meta, sample.x1, sample.x2) : null;
    return {
      title: `Input ${FEATURES[item.name].symbol}`,
      lines: [
        sample ? `${number(value, 3)}${on ? normalized(-1, inputs.indexOf(item.name), model, sample) : ""} ${at}` : "",
        on ? "Click to take it away." : "Click to feed it to the network.",
      ],
    };
  }
  const layer = layers[item.layer];
  if (!layer || item.unit >= layer.units) return { title: "", lines: [] };
  const pass = sample?.passes[item.layer];
  if (item.kind === "link") {
    const w = layer.W(item.from, item.unit);
    const below = { layer: item.layer - 1, unit: item.from };
    const from = item.layer === 0 ? FEATURES[inputs[item.from]].symbol : neuronName(below, layers);
    const a = pass?.a[item.from] ?? NaN;
    const product = `w·${source(item.layer, item.from, model)} = ${number(w)}·${number(a)}`;
    const adds = pass ? `, adds ${product} = ${number(w * a)} ${at}` : "";
    return {
      title: `Weight from ${from} to ${neuronName(item, layers)}`,
      lines: [`w = ${number(w, 3)}${adds}`, "Click to edit."],
    };
  }
  const title = item.kind === "bias" ? `Bias of ${neuronName(item, layers)}: b = ${number(layer.b(item.unit), 3)}`
    : neuronName(item, layers);
  const lines = pass ? [
    sumText(layer, pass, item.unit),
    `${applied(layer, pass, item.unit)}${normalized(item.layer, item.unit, model, sample)} ${at}`,
  ] : [];
  if (item.kind === "bias") lines.push("Click to edit.");
  return { title, lines };
}
