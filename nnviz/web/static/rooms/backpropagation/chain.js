// The chain rule for one weight: the factors along each path, SymPy's derivative, and the same number by four means.

import { button, choose, element, options, stop, write } from "../../kit/dom.js";
import { formula } from "../../kit/formula.js";
import { number } from "../../kit/numbers.js";
import { statusWords } from "../../kit/status.js";
import { TERMINAL } from "../../kit/run.js";
import { Newest, askServer } from "./server.js";
import { parts } from "./trace.js";

/** @typedef {import("./trace.js").Trace} Trace */
/**
 * @typedef {{weight: string, symbol: string, paths: {symbols: string, numbers: string, product: number}[],
 *   count: number, value: number, difference: number, matrices: string[],
 *   slopes: [string, string, string][], whole: string | null,
 *   sympy: number | null}} Told
 */

export class Chain {
  /**
   * @param {import("../../kit/run.js").RunClient} client @param {(id: string) => void} pick
   * @param {() => void} ask @param {(error: any) => void} failed
   */
  constructor(client, pick, ask, failed) {
    this.client = client;
    this.key = "";
    this.made = "";
    /** @type {Told | null} */
    this.told = null;
    this.asks = new Newest(async (body) => {
      this.told = await askServer("/chain", body);
      ask();
    }, failed);
    this.menu = element("select", { "aria-label": "the weight to derive by", onchange: () => pick(this.menu.value) });
    this.tape = button("Ask TensorFlow’s tape", "", () => this.differentiate(), { class: "nnb-tape" });
    this.state = element("span", { class: "nnb-soft", role: "status" });
    this.paths = element("div", { class: "nnb-paths" });
    this.matrices = element("div", { class: "nnb-paths nnb-products" });
    this.rows = element("tbody", {});
    this.whole = element("div", { class: "nnb-whole" });
    this.slopes = element("div", { class: "nnb-slopes" });
    this.root = element("div", { class: "nnb-tab nnb-chain" },
      element("section", {}, element("h3", {}, "A product of factors along each path"),
        element("label", {}, "∂L by ", this.menu), this.paths,
        element("h3", {}, "All weights of that layer at once: a product of matrices"), this.matrices),
      element("section", {}, element("h3", {}, "The same number by four means"),
        element("table", { class: "nnb-matrix nnb-means" }, this.rows),
        element("div", { class: "nnb-asks" }, this.tape, this.state),
        element("h3", {}, "SymPy: symbol to symbol"), this.slopes,
        element("p", { class: "nnb-soft" }, "Symbolic differentiation makes a formula of the formula, which grows with "
          + "the network; the tape keeps the numbers of the way forward and multiplies them on its way back."),
        this.whole));
  }

  /** TensorFlow's own gradient comes from a process of its own. */
  differentiate() {
    const { client } = this;
    client.session.inOrder(() => {
      if (client.status === "idle" || TERMINAL.has(client.status)) client.submit({ play: true });
    });
  }

  /** @param {any} spec @param {Trace} trace @param {string} chosen */
  draw(spec, trace, chosen) {
    const { kind, at } = parts(chosen), bare = kind.replace(/^[gn]/, "");
    const weight = bare === "w" || bare === "b" ? `${bare}${at.join(".")}` : "w1.1.1";
    const body = { spec, number: weight }, key = JSON.stringify(body), { client, told } = this;
    options(this.menu, Object.keys(trace.plain.given).filter((id) => /^[wb]/.test(id)).map((id) => [id, named(id)]));
    choose(this.menu, weight);
    if (key !== this.key) {
      this.key = key;
      this.asks.want(body);
    }
    const result = client.run?.result?.result ?? client.run?.result, field = trace.field(weight);
    const taped = result?.gradient && field ? result.gradient[field[1]] : null;
    const busy = client.status !== "idle" && !TERMINAL.has(client.status);
    stop(this.tape, "One way forward under tf.GradientTape, in a process of its own", busy && "it is at work");
    write(this.state, busy && client.spec ? statusWords({ spec: client.spec, status: client.status }) : "");
    if (!told) return;
    const made = JSON.stringify([told, taped]);
    if (made === this.made) return;
    this.made = made;
    this.root.dataset.weight = told.weight;
    this.root.dataset.taped = taped === null ? "" : String(taped);
    const more = told.count > told.paths.length ? [element("p", { class: "nnb-soft" },
      `… and ${told.count - told.paths.length} more paths. Backpropagation adds them up at each neuron, `
      + "once for all the weights before it.")] : [];
    const sum = told.count > 1 ? `The ${told.count} paths add up to ${number(told.value, 6)}.` : "";
    this.paths.replaceChildren(formula(told.symbol), ...told.paths.map(({ symbols, numbers }) =>
      element("div", { class: "nnb-path" }, formula(symbols), formula(numbers))), ...more, element("p", {}, sum));
    const line = (/** @type {string} */ name, /** @type {number | null} */ value, /** @type {string} */ none) =>
      element("tr", {}, element("th", { scope: "row" }, name),
        element("td", {}, value === null ? none : number(value, 9)),
        element("td", {}, value === null || !none ? ""
          : value === told.value ? "the same" : `differs by ${number(Math.abs(value - told.value), 2)}`));
    this.rows.replaceChildren(line("Backpropagation", told.value, ""),
      line("SymPy, from the formulas", told.sympy, "left out: too many paths, or a function that it is not told of"),
      line("TensorFlow’s tape", taped, "not asked yet"),
      line("Central difference, ε = 10⁻⁵", told.difference, "–"));
    this.matrices.replaceChildren(...told.matrices.map((one) => formula(one)));
    this.slopes.replaceChildren(...told.slopes.map(([name, f, slope]) =>
      element("div", {}, element("i", {}, name), formula(f), formula(slope))));
    this.whole.replaceChildren(...(told.whole ? [element("p", {}, "The whole derivative, w being the weight:"),
      formula(told.whole)] : []));
  }
}

/** @param {string} id */
function named(id) {
  const { kind, at: [l, j, i] } = parts(id);
  return kind === "b" ? `bias of neuron ${j}, layer ${l}` : `weight to neuron ${j} of layer ${l}, from ${i}`;
}
