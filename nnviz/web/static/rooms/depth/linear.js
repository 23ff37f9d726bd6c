// Linear layers: a stack of them beside the one layer that it is, and descents on scaled and on unscaled inputs.

import { Chart } from "../../figures/chart.js";
import { codeFold } from "../../kit/code.js";
import { button, choice, choose, element, options, write } from "../../kit/dom.js";
import { formula } from "../../kit/formula.js";
import { number } from "../../kit/numbers.js";
import { Answers } from "./answers.js";

/** @typedef {import("./depth.js").Context} Context */

export class LinearTab {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    this.built = false;
    /** @type {Record<string, number>} what the hand is changing */
    this.held = {};
    this.answers = new Answers("/nnviz/depth/linear", () => room.ask(), room.say);
    this.about = element("div", { class: "nne-formula" });
    this.layers = this.range("stack", "layers", 1, 6);
    this.spread = this.range("spread", "x₂ is so many times as wide as x₁", 1, 100);
    this.between = choice("function between the layers", [], (between) => this.set({ between }));
    const dice = button("N(0, 1)", "Other weights (D)", () => this.dice());
    this.verdict = element("p", { class: "nne-verdict", role: "status" });
    this.scales = element("p", { class: "nne-verdict", role: "status" });
    this.matrices = element("div", { class: "nne-matrices", tabindex: 0, role: "region", "aria-label": "all weights" });
    const plot = (/** @type {string} */ label) =>
      element("div", { class: "nne-plot", role: "img", "aria-label": label });
    this.outputs = plot("outputs of the stack and of one layer");
    this.losses = plot("losses with scaled and with unscaled inputs");
    const drawn = () => room.ask();
    this.outputChart = new Chart(this.outputs, "linear_outputs", { drawn });
    this.lossChart = new Chart(this.losses, "scaling_losses", { drawn });
    this.code = element("div");
    this.root = element("div", { class: "nne-linear" },
      this.about,
      element("div", { class: "nne-pair" },
        element("section", {}, element("h3", {}, "A stack of layers"),
          element("div", { class: "nne-row nne-setting" }, this.layers.root,
            element("label", { class: "nne-field" }, element("span", {}, "Between them"), this.between), dice),
          this.verdict, this.matrices, this.outputs),
        element("section", {}, element("h3", {}, "Inputs on one scale"),
          element("div", { class: "nne-row nne-setting" }, this.spread.root), this.scales, this.losses)),
      this.code);
  }

  /** @param {"stack" | "spread"} name @param {string} title @param {number} min @param {number} max */
  range(name, title, min, max) {
    const input = element("input", { type: "range", min, max, step: 1, "aria-label": title,
      oninput: () => {
        this.held[name] = Number(input.value);
        this.room.ask();
      },
      onchange: () => {
        this.held = {};
        this.set({ [name]: Number(input.value) });
      } });
    const shown = element("output");
    return { input, shown, root: element("label", { class: "nne-field" }, element("span", {}, title, " ", shown),
      input) };
  }

  /** @param {Record<string, any>} changes */
  set(changes) { this.room.client.setView(changes); }

  dice() { this.set({ draw: (this.room.client.view.draw + 1) % 2 ** 31 }); }

  /** @param {KeyboardEvent} e @returns {boolean} */
  key(e) {
    if (e.key.toLowerCase() !== "d") return false;
    this.dice();
    return true;
  }

  draw() {
    const { linear, chain } = this.room.data(), { stack, spread, between, draw } = { ...this.room.client.view,
      ...this.held };
    if (!this.built) {
      this.built = true;
      this.about.replaceChildren(...linear.formulas.map(formula));
      options(this.between, chain.functions);
      this.code.replaceChildren(codeFold(linear.code));
    }
    choose(this.between, between);
    for (const [field, v] of /** @type {[typeof this.layers, number][]} */ ([[this.layers, stack],
      [this.spread, spread]])) {
      field.input.value = String(v);
      write(field.shown, String(v));
    }
    this.answers.ask({ layers: stack, function: between, seed: draw, spread });
    const { answer, serial } = this.answers, theme = this.room.theme();
    if (!answer) return;
    write(this.verdict, answer.about);
    write(this.scales, answer.scales);
    this.drawMatrices(answer);
    this.outputChart.draw({ ...answer, revision: draw }, theme, {}, serial);
    this.lossChart.draw({ ...answer.losses, revision: "" }, theme, {}, serial);
    Object.assign(this.root.dataset, { same: answer.same, apart: answer.apart, layers: answer.matrices.length,
      condition: answer.conditions.unscaled });
  }

  /** @param {any} answer */
  drawMatrices({ matrices, product }) {
    const one = (/** @type {string} */ name, /** @type {{w: number[][], b: number[]}} */ { w, b }) =>
      element("table", { class: "nne-matrix" }, element("caption", {}, name), element("tbody", {},
        ...w.map((row) => element("tr", {}, ...row.map((v) => element("td", {}, number(v))))),
        element("tr", { class: "nne-bias" }, ...b.map((v) => element("td", {}, number(v))))));
    this.matrices.replaceChildren(...matrices.map((/** @type {any} */ own, /** @type {number} */ i) =>
      one(`W, b of layer ${i + 1}`, own)), one("all as one: W, b", product));
  }

  dispose() {
    this.outputChart.purge();
    this.lossChart.purge();
  }
}
