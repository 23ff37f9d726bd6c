// A chain of four neurons: its weights as sliders, and each ∂L/∂b as the product that the server has worked out.

import { Chart } from "../../figures/chart.js";
import { codeFold } from "../../kit/code.js";
import { button, choice, choose, element, options, write } from "../../kit/dom.js";
import { formula } from "../../kit/formula.js";
import { number } from "../../kit/numbers.js";
import { slider } from "../neuron/slider.js";
import { Answers } from "./answers.js";

/** @typedef {import("./depth.js").Context} Context */
/** @typedef {import("../neuron/slider.js").Slider} Slider */
/** @typedef {{w: number[], b: number[], x: number[], t: number[]}} Numbers */

const NEURONS = 4, MOST = 10;
const SUB = "₁₂₃₄";
const each = [...Array(NEURONS).keys()];
/** What a factor is, by its place among the factors. @param {number} i */
const kind = (i) => (i === 2 * NEURONS - 1 ? "error" : i % 2 ? "weight" : "slope");

export class ChainTab {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    /** @type {Numbers | null} what the hand is changing */
    this.held = null;
    this.lit = 0;
    this.answers = new Answers("/nnviz/depth/chain", () => room.ask(), room.say);
    this.built = false;
    this.about = element("div", { class: "nne-formula" });
    this.function = choice("activation of all four neurons", [], (name) => this.set({ function: name }));
    this.presets = element("div", { class: "nne-presets nne-setting" });
    this.cards = each.map((i) => this.card(i));
    this.ends = element("div", { class: "nne-ends nne-setting" });
    const one = (/** @type {"x" | "t"} */ name, /** @type {string} */ title) =>
      slider(title, MOST, 0.05, (v) => this.hold(name, 0, v), () => this.commit());
    this.x = one("x", "input x");
    this.t = one("t", "target t");
    this.ends.append(this.x.root, this.t.root);
    this.table = element("table", { class: "nne-factors" });
    this.verdict = element("p", { class: "nne-verdict", role: "status" });
    this.bars = element("div", { class: "nne-plot", role: "img", "aria-label": "size of each gradient" });
    this.curve = element("div", { class: "nne-plot", role: "img", "aria-label": "slope of each neuron" });
    const drawn = () => room.ask();
    this.barChart = new Chart(this.bars, "chain_gradients", { drawn });
    this.curveChart = new Chart(this.curve, "slope_places", { drawn });
    this.code = element("div");
    this.root = element("div", { class: "nne-chain" },
      this.about,
      element("div", { class: "nne-row" },
        element("label", { class: "nne-field" }, element("span", {}, "Activation"), this.function), this.presets),
      element("div", { class: "nne-cards" }, ...this.cards.map(({ root }) => root)), this.ends, this.verdict,
      element("h3", {}, "Each gradient as a product"),
      element("div", { class: "nne-scroll", tabindex: 0, role: "region", "aria-label": "the products" }, this.table),
      element("div", { class: "nne-pair" }, this.bars, this.curve), this.code);
  }

  /** @param {number} i */
  card(i) {
    const w = slider(`w${SUB[i]}`, MOST, 0.05, (v) => this.hold("w", i, v), () => this.commit());
    const b = slider(`b${SUB[i]}`, MOST, 0.05, (v) => this.hold("b", i, v), () => this.commit());
    const told = element("div", { class: "nne-told" });
    const setting = element("div", { class: "nne-setting" }, w.root, b.root);
    return { w, b, told, root: element("section", {}, element("h3", {}, `Neuron ${i + 1}`), setting, told) };
  }

  /** @param {Record<string, any>} changes */
  set(changes) { this.room.client.setView(changes); }

  /** The numbers of now. @returns {Numbers} */
  get numbers() {
    if (this.held) return this.held;
    const { view } = this.room.client, { start } = this.room.data().chain;
    const list = (/** @type {string | null} */ text, /** @type {number[]} */ otherwise) =>
      text?.split(",").map(Number) ?? otherwise;
    return { w: list(view.w, start.w), b: list(view.b, start.b), x: [view.x], t: [view.t] };
  }

  /** @param {keyof Numbers} name @param {number} i @param {number} v */
  hold(name, i, v) {
    const { numbers } = this;
    this.held = { ...numbers, [name]: numbers[name].map((old, j) => (j === i ? v : old)) };
    this.room.ask();
  }

  commit() {
    if (!this.held) return;
    const { w, b, x, t } = this.held;
    this.held = null;
    this.set({ w: w.join(","), b: b.join(","), x: x[0], t: t[0] });
  }

  dice() {
    const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
    const four = () => each.map(() => normal().toFixed(2)).join(",");
    this.set({ w: four(), b: four() });
  }

  /** @param {KeyboardEvent} e @returns {boolean} */
  key(e) {
    const at = Number(e.key);
    if (e.key.toLowerCase() === "d") this.dice();
    else if (at >= 1 && at <= NEURONS) this.light(at - 1);
    else return false;
    return true;
  }

  /** @param {number} i */
  light(i) {
    this.lit = i;
    this.room.ask();
  }

  /** @param {any} chain what Python says of it */
  build(chain) {
    this.built = true;
    this.about.replaceChildren(formula(chain.forward), formula(chain.product));
    this.presets.replaceChildren(...chain.presets.map((/** @type {any} */ preset) =>
      button(preset.title, preset.why, () => this.set(preset.view))),
    button("N(0, 1)", "All weights and biases anew from N(0, 1) (D)", () => this.dice()));
    options(this.function, chain.functions);
    this.code.replaceChildren(codeFold(chain.code));
  }

  draw() {
    const { chain } = this.room.data(), { view } = this.room.client;
    if (!this.built) this.build(chain);
    choose(this.function, view.function);
    const { numbers } = this, { w, b, x, t } = numbers;
    this.cards.forEach((card, i) => { card.w.show(w[i]); card.b.show(b[i]); });
    this.x.show(x[0]);
    this.t.show(t[0]);
    this.answers.ask({ w, b, x: x[0], t: t[0], function: view.function });
    const { answer } = this.answers;
    if (!answer) return;
    this.drawNumbers(answer);
    this.drawCharts(answer, chain);
    Object.assign(this.root.dataset, { ratio: String(answer.ratio), state: answer.state,
      gradients: answer.gradients.join(","), answered: this.answers.serial });
  }

  /** @param {any} answer */
  drawNumbers({ z, a, slopes, names, rows, gradients, words, state }) {
    const f = names[0].slice(0, -5); // without ′(z₁)
    this.cards.forEach(({ told }, i) => write(told,
      `z${SUB[i]} = ${number(z[i])}   a${SUB[i]} = ${number(a[i], 3)}   ${f}′(z${SUB[i]}) = ${number(slopes[i], 3)}`));
    write(this.verdict, words);
    this.verdict.dataset.state = state;
    const heads = names.map((/** @type {string} */ name, /** @type {number} */ i) =>
      element("th", { scope: "col", "data-kind": kind(i) }, name));
    const head = element("tr", {}, element("th", {}), ...heads, element("th", { scope: "col" }, "product"));
    const body = rows.map((/** @type {(number | null)[]} */ row, /** @type {number} */ i) => {
      const name = button(`∂L/∂b${SUB[i]}`, `Light this gradient (${i + 1})`, () => this.light(i),
        { "aria-pressed": String(this.lit === i) });
      return element("tr", { "data-lit": this.lit === i ? "1" : "0" }, element("th", { scope: "row" }, name),
        ...row.map((v, j) => element("td", { "data-kind": kind(j) }, v === null ? "" : number(v, 3))),
        element("td", { class: "nne-product" }, number(gradients[i], 5)));
    });
    const focus = [...this.table.querySelectorAll("button")].findIndex((one) => one === document.activeElement);
    this.table.replaceChildren(element("thead", {}, head), element("tbody", {}, ...body));
    if (focus >= 0) this.table.querySelectorAll("button")[focus]?.focus();
  }

  /** @param {any} answer @param {any} chain */
  drawCharts({ gradients, most, z, slopes, names }, chain) {
    const theme = this.room.theme(), state = [this.answers.serial, this.lit];
    const known = (/** @type {number[]} */ list) => list.map((v) => (v ? Math.abs(v) : null));
    const sizes = known(gradients), limits = known(most);
    const logs = [...sizes, ...limits].filter((v) => v !== null).map(Math.log10);
    const low = Math.floor(Math.min(0, ...logs)), high = Math.ceil(Math.max(low + 1, ...logs) + 0.3);
    this.barChart.draw({ names: each.map((i) => `∂L/∂b${SUB[i]}<br>${number(gradients[i], 3)}`), sizes, low, high,
      most: limits,
      roles: each.map((i) => (i === this.lit ? "lit" : "other")) }, theme, {}, state);
    const reach = Math.max(6, ...z.map(Math.abs)) + 0.5;
    const inside = [...chain.table.z.keys()].filter((i) => Math.abs(chain.table.z[i]) <= reach);
    this.curveChart.draw({
      z: inside.map((i) => chain.table.z[i]), slope: inside.map((i) => chain.table.slope[i]),
      title: names[0].replace("₁", ""), range: [-reach, reach],
      marks: each.map((i) => ({ name: `neuron ${i + 1}`, z: z[i], slope: slopes[i], from: z[i], to: z[i], color: i + 2,
        symbol: ["circle", "square", "diamond", "triangle-up"][i] })),
    }, theme, {}, [state, chain.table.slope.length, this.room.client.view.function]);
  }

  dispose() {
    this.barChart.purge();
    this.curveChart.purge();
  }
}
