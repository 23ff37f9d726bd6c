// Softmax: z by sliders, y beside t, all ∂y/∂z, and ∂L/∂z = y − t, which the server has worked out.

import { Chart } from "../../figures/chart.js";
import { codeFold } from "../../kit/code.js";
import { button, element, sign, stop, write } from "../../kit/dom.js";
import { formula } from "../../kit/formula.js";
import { number } from "../../kit/numbers.js";
import { slider } from "../neuron/slider.js";
import { Answers } from "./answers.js";

/** @typedef {import("./depth.js").Context} Context */

const MOST = 10, FEWEST = 2, CLASSES = 6;

export class SoftmaxTab {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    /** @type {number[] | null} what the hand is changing */
    this.held = null;
    this.built = false;
    this.answers = new Answers("/nnviz/depth/softmax", () => room.ask(), room.say);
    this.about = element("div", { class: "nne-formula" });
    /** @type {{z: import("../neuron/slider.js").Slider, right: HTMLInputElement}[]} */
    this.rows = [];
    this.sliders = element("div", { class: "nne-logits nne-setting" });
    this.more = button("+ class", "One class more", () => this.set([...this.z, 0]));
    this.fewer = sign("− class", "One class fewer", () => this.set(this.z.slice(0, -1)));
    this.verdict = element("p", { class: "nne-verdict", role: "status" });
    this.table = element("table", { class: "nne-table" });
    const plot = (/** @type {string} */ label) =>
      element("div", { class: "nne-plot", role: "img", "aria-label": label });
    this.bars = plot("outputs, targets and gradients");
    this.matrix = plot("all derivatives of the outputs");
    const drawn = () => room.ask();
    this.barChart = new Chart(this.bars, "softmax_bars", { drawn });
    this.matrixChart = new Chart(this.matrix, "softmax_matrix", { drawn });
    this.code = element("div");
    this.root = element("div", { class: "nne-softmax" },
      this.about, this.sliders, element("div", { class: "nne-presets nne-setting" }, this.more, this.fewer),
      this.verdict, element("div", { class: "nne-pair" }, this.bars, this.matrix),
      element("div", { class: "nne-scroll", tabindex: 0, role: "region", "aria-label": "numbers of each class" },
        this.table), this.code);
  }

  /** @returns {number[]} */
  get z() { return this.held ?? this.room.client.view.z.split(",").map(Number); }

  /** @param {number[]} z */
  set(z) { this.room.client.setView({ z: z.join(",") }); }

  /** @param {KeyboardEvent} e @returns {boolean} */
  key(e) {
    const right = Number(e.key);
    if (!(right >= 1 && right <= this.z.length)) return false;
    this.room.client.setView({ right });
    return true;
  }

  /** @param {number} i */
  row(i) {
    const z = slider(`z${"₁₂₃₄₅₆"[i]}`, MOST, 0.1, (v) => {
      this.held = this.z.map((old, j) => (j === i ? v : old));
      this.room.ask();
    }, () => {
      const { held } = this;
      this.held = null;
      if (held) this.set(held);
    });
    const right = element("input", { type: "radio", name: "nne-right",
      onchange: () => this.room.client.setView({ right: i + 1 }) });
    this.sliders.append(element("div", {}, z.root, element("label", {}, right, `class ${i + 1} is right`)));
    return { z, right };
  }

  draw() {
    const { softmax } = this.room.data(), { view } = this.room.client, { z } = this;
    if (!this.built) {
      this.built = true;
      this.about.replaceChildren(...softmax.formulas.map(formula));
      this.code.replaceChildren(codeFold(softmax.code));
    }
    if (this.rows.length !== z.length) {
      this.sliders.replaceChildren();
      this.rows = z.map((_, i) => this.row(i));
    }
    const target = Math.min(view.right, z.length) - 1;
    this.rows.forEach((row, i) => { row.z.show(z[i]); row.right.checked = i === target; });
    stop(this.more, "One class more", z.length >= CLASSES && "there is room for six");
    stop(this.fewer, "One class fewer", z.length <= FEWEST && "two are the fewest");
    this.answers.ask({ z, target });
    const { answer, serial } = this.answers;
    if (!answer) return;
    write(this.verdict, answer.words);
    const { y, t, gradient, chain, jacobian } = answer, theme = this.room.theme();
    const names = y.map((/** @type {number} */ _, /** @type {number} */ i) => String(i + 1));
    this.barChart.draw({ names, y, t, gradient }, theme, {}, serial);
    const text = jacobian.map((/** @type {number[]} */ row) => row.map((v) => number(v, 3)));
    this.matrixChart.draw({ names, jacobian, text }, theme, {}, serial);
    const heads = ["class", "y", "t", "y − t", "Σ ∂L/∂y · ∂y/∂z"].map((head) => element("th", { scope: "col" }, head));
    this.table.replaceChildren(element("thead", {}, element("tr", {}, ...heads)), element("tbody", {},
      ...names.map((/** @type {string} */ name, /** @type {number} */ i) => element("tr", {},
        element("th", { scope: "row" }, name),
        ...[y, t, gradient, chain].map((list) => element("td", {}, number(list[i], 4)))))));
    Object.assign(this.root.dataset, { gradient: gradient.join(","), loss: answer.loss });
  }

  dispose() {
    this.barChart.purge();
    this.matrixChart.purge();
  }
}
