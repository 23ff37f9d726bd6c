// What the pointed-at thing is, in words and with its real numbers: z = Σ w·a + b.

import { INPUTS, SYMBOLS, className, decimals, number, target } from "./arithmetic.js";

export function layerName(layer, layers) {
  return layer === layers.length - 1 ? "output" : `hidden layer ${layer + 1}`;
}

export function neuronName(item, layers) {
  const last = item.layer === layers.length - 1;
  if (last && layers[item.layer].units === 1) return "output neuron";
  return `${layerName(item.layer, layers)}, neuron ${item.unit + 1}`;
}

const source = (layer, i, inputs) => (layer === 0 ? INPUTS[inputs[i]].label : `a${sub(i + 1)}`);
const sub = (n) => String(n).replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[d]);
const signed = (v) => (v < 0 ? ` − ${number(-v)}` : ` + ${number(v)}`);

/** "z = 0.42·1.30 − 0.11·0.20 + 0.10 = 0.62", the largest terms first when there are many. */
export function sumText(layer, pass, j, most = 6) {
  const terms = Array.from({ length: layer.inputs }, (_, i) => ({ w: layer.W(i, j), a: pass.a[i] }));
  const shown = layer.inputs > most ? [...terms].sort((p, q) => Math.abs(q.w * q.a) - Math.abs(p.w * p.a)).slice(0, most) : terms;
  const text = shown.map(({ w, a }, k) => `${k === 0 ? number(w) : signed(w)}·${a < 0 ? `(${number(a)})` : number(a)}`).join("");
  const rest = terms.length - shown.length;
  return `z = ${text || "0"}${rest ? ` + ${rest} smaller terms` : ""}${signed(layer.b(j))} = ${number(pass.z[j], 3)}`;
}

const applied = (layer, pass, j) => {
  const name = SYMBOLS[layer.activation] ?? layer.activation;
  return name ? `${name}(z) = ${number(pass.y[j], 3)}` : `output = z = ${number(pass.y[j], 3)}`;
};

/** {title, lines} for the card. sample: {x1, x2, input, passes, label} */
export function explain({ item, model, sample, data, where }) {
  const { layers, inputs } = model;
  const at = sample ? `at (${number(sample.x1, decimals(data.meta.domain[0]))}, ${number(sample.x2, decimals(data.meta.domain[1]))})${where ? `, ${where}` : ""}` : "";
  if (!item) {
    if (!sample?.chosen) return { title: "", lines: ["Point at a neuron, a link or the map: the real numbers appear here. Click a link or a bias (small square) to change it."] };
    const pass = sample.passes.at(-1);
    const names = data.meta.class_names;
    if (data.meta.problem === "regression") return { title: `Sample ${at}`, lines: [`prediction ŷ = ${number(pass.y[0], 3)}${data.meta.target_range ? `, in your units ${number(target(data.meta, pass.y[0]))}` : ""}`] };
    if (pass.y.length === 1) {
      const middle = layers.at(-1).activation === "sigmoid" ? 0.5 : 0;
      return { title: `Sample ${at}`, lines: [`output ${number(pass.y[0], 3)} ${pass.y[0] > middle ? ">" : "≤"} ${middle}: ${className(names[pass.y[0] > middle ? 1 : 0])}`] };
    }
    const order = [...pass.y.keys()].sort((p, q) => pass.y[q] - pass.y[p]).slice(0, 3);
    return { title: `Sample ${at}`, lines: [order.map((k) => `${className(names[k])}: ${number(pass.y[k], 3)}`).join(" · ")] };
  }
  if (item.kind === "input") {
    const on = inputs.includes(item.name);
    const value = sample ? INPUTS[item.name].f((sample.x1 - data.meta.shift[0]) / data.meta.scale[0], (sample.x2 - data.meta.shift[1]) / data.meta.scale[1]) : null;
    return { title: `Input ${INPUTS[item.name].label}`, lines: [sample ? `${number(value, 3)} ${at}` : "", on ? "Click to take it away." : "Click to feed it to the network."] };
  }
  const layer = layers[item.layer];
  if (!layer || item.unit >= layer.units) return { title: "", lines: [] };
  const pass = sample?.passes[item.layer];
  if (item.kind === "link") {
    const w = layer.W(item.from, item.unit);
    return {
      title: `Weight from ${item.layer === 0 ? INPUTS[inputs[item.from]].label : neuronName({ layer: item.layer - 1, unit: item.from }, layers)} to ${neuronName(item, layers)}`,
      lines: [`w = ${number(w, 3)}${pass ? `, adds w·${source(item.layer, item.from, inputs)} = ${number(w)}·${number(pass.a[item.from])} = ${number(w * pass.a[item.from])} ${at}` : ""}`, "Click to edit."],
    };
  }
  const title = item.kind === "bias" ? `Bias of ${neuronName(item, layers)}: b = ${number(layer.b(item.unit), 3)}` : neuronName(item, layers);
  const lines = pass ? [sumText(layer, pass, item.unit), `${applied(layer, pass, item.unit)} ${at}`] : [];
  if (item.kind === "bias") lines.push("Click to edit.");
  return { title, lines };
}
