// Below the graph: each layer's weights, gradients and new weights as matrices; how many parameters there are; the
// lecture's printed digits beside ours.

import { button, element } from "../../kit/dom.js";
import { count, number } from "../../kit/numbers.js";
import { digitsOf } from "./trace.js";

/** @typedef {import("./trace.js").Trace} Trace */

const SIGNS = /** @type {Record<string, string>} */ ({ z: "z", a: "a", d: "δ", gw: "∂L/∂w", gb: "∂L/∂b" });

export class Tables {
  /** @param {(id: string) => void} choose */
  constructor(choose) {
    this.choose = choose;
    this.count = element("p", { class: "nnb-soft nnb-parameters" });
    this.layers = element("div", { class: "nnb-matrices" });
    this.printed = element("section", { class: "nnb-printed" });
    this.root = element("div", { class: "nnb-below" },
      element("section", {}, element("h3", {}, "Weights, gradients, new weights"), this.count, this.layers),
      this.printed);
    this.key = "";
  }

  /** @param {Trace} trace @param {number} at */
  draw(trace, at) {
    const key = JSON.stringify([trace.plain.weights, trace.plain.losses.at(-1), trace.plain.inputs, trace.plain.targets,
      trace.plain.operations.at(-1), trace.plain.functions, at]);
    if (key === this.key) return;
    this.key = key;
    const { layers, parameters, printed } = trace.plain;
    const sum = layers.slice(1).map((n, l) => `(${layers[l]} + 1)·${n}`).join(" + ");
    this.count.textContent = `${layers.join("-")} has ${sum} = ${count(parameters)} parameters: each neuron a weight `
      + "for every input, and a bias. The same sum gives 27 for the lecture’s 2-5-2 and 23,860 for its 784-30-10.";
    this.layers.replaceChildren(...layers.slice(1).map((n, l) => this.matrix(trace, at, l + 1, n, layers[l])));
    this.printed.hidden = !printed;
    if (printed) this.drawPrinted(trace, at, printed);
  }

  /** @param {Trace} trace @param {number} at @param {number} l @param {number} units @param {number} inputs */
  matrix(trace, at, l, units, inputs) {
    const places = [...Array(inputs).keys()].map((i) => i + 1);
    const head = element("tr", {}, element("th", {}), element("th", { scope: "col" }, "b"),
      ...places.map((i) => element("th", { scope: "col" }, l === 1 ? `x${i}` : `a${i}`)));
    const row = (/** @type {number} */ j) => element("tr", {}, element("th", { scope: "row" }, `neuron ${j}`),
      ...[["b", ""], ...places.map((i) => ["w", `.${i}`])].map(([kind, place]) =>
        element("td", {}, ...[kind, `g${kind}`, `n${kind}`].map((one) =>
          this.cell(trace, at, `${one}${l}.${j}${place}`)))));
    return element("table", { class: "nnb-matrix" },
      element("caption", {}, `Layer ${l}: w, ∂L/∂w, new w`), element("thead", {}, head),
      element("tbody", {}, ...[...Array(units).keys()].map((j) => row(j + 1))));
  }

  /** @param {Trace} trace @param {number} at @param {string} id */
  cell(trace, at, id) {
    const text = trace.known(id, at) ? number(trace.value(id), digitsOf(id)) : "·";
    return button(text, "", () => this.choose(id), { class: "nnb-cell", "data-id": id });
  }

  /** @param {Trace} trace @param {number} at @param {Record<string, string>} printed */
  drawPrinted(trace, at, printed) {
    const cells = Object.entries(printed).map(([id, text]) => {
      const kind = id.replace(/[\d.]+$/, ""), name = `${SIGNS[kind]} ${id.slice(kind.length).replaceAll(".", ",")}`;
      return element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, text.replace("-", "−")),
        element("td", {}, this.cell(trace, at, id)));
    });
    const half = Math.ceil(cells.length / 2);
    const table = (/** @type {HTMLElement[]} */ rows) => element("table", { class: "nnb-matrix" },
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "number"),
        element("th", { scope: "col" }, "lecture"), element("th", { scope: "col" }, "here"))),
      element("tbody", {}, ...rows));
    this.printed.replaceChildren(element("h3", {}, "The digits that the lecture prints"),
      element("p", { class: "nnb-soft" }, "It calls the sums u and the outputs z and y. Its y is cut off, not rounded; "
        + "δ of layer 2 by hand, from rounded numbers, would be −0.352."),
      element("div", { class: "nnb-matrices" }, table(cells.slice(0, half)), table(cells.slice(half))));
  }
}
