// A polynomial through a few samples: its curve and its coefficients, with and without weight decay.

import { Chart } from "../../figures/chart.js";
import { element, write } from "../../kit/dom.js";

/** @typedef {import("../../kit/tabbed.js").Context} Context */

const DECAYS = [0, 0.0001, 0.001, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 100, 1000];
const ABOUT = "The decay pulls each coefficient but the constant towards 0, the high powers most: what they add is "
  + "what the samples ask for least. Too little follows the noise, too much is a flat line.";

export class Polynomial {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    /** @type {Record<string, {input: HTMLInputElement, output: HTMLOutputElement}>} */
    this.sliders = {};
    const ranges = [
      this.range("degree", "Degree", 1, 12), this.range("decay", "Weight decay λ", 0, DECAYS.length - 1),
      this.range("points", "Samples", 3, 60), this.range("jitter", "Noise", 0, 1, 0.05),
      this.range("draw", "Draw of the noise", 0, 50),
    ];
    this.picture = element("div", { class: "nna-fit" });
    this.bars = element("div", { class: "nna-bars" });
    this.chart = new Chart(this.picture, "polynomial_fit", { drawn: () => room.ask() });
    this.coefficients = new Chart(this.bars, "polynomial_coefficients", { drawn: () => room.ask() });
    this.table = element("table", { class: "nnt-axes" });
    this.key_ = "";
    this.root = element("div", { class: "nnt-maps" },
      element("section", { class: "nnt-column" }, this.picture, this.bars),
      element("section", { class: "nnt-column" }, ...ranges, this.table, element("p", { class: "nnt-about" }, ABOUT)));
  }

  /** @param {string} name @param {string} label @param {number} low @param {number} high */
  range(name, label, low, high, step = 1) {
    const output = element("output", {});
    const input = element("input", { type: "range", min: low, max: high, step, "aria-label": label, "data-name": name,
      oninput: () => write(output, this.read(name, input)),
      onchange: () => this.room.client.setView({ [name]: Number(this.read(name, input)) }) });
    this.sliders[name] = { input, output };
    return element("label", { class: "nnt-slider nna-slider" }, element("span", {}, label), input, output);
  }

  /** @param {string} name @param {HTMLInputElement} input */
  read(name, input) { return name === "decay" ? String(DECAYS[Number(input.value)]) : input.value; }

  /** The sliders have the arrow keys. @returns {boolean} */
  key() { return false; }

  draw() {
    const { client } = this.room, data = this.room.data(), theme = this.room.theme();
    for (const [name, { input, output }] of Object.entries(this.sliders)) {
      const value = client.view[name];
      const near = DECAYS.findLastIndex((decay) => decay <= value);
      if (document.activeElement !== input) input.value = String(name === "decay" ? near : value);
      write(output, String(value));
    }
    this.chart.draw(data.polynomial, theme);
    this.coefficients.draw(data.coefficients, theme);
    const key = JSON.stringify(data.told);
    if (key === this.key_) return;
    this.key_ = key;
    const head = ["", "error at the samples", "error of the curve", "largest |w|"];
    this.table.replaceChildren(
      element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {}, ...data.told.map((/** @type {string[]} */ row) =>
        element("tr", {}, ...row.map((text) => element("td", {}, text))))));
  }

  dispose() {
    this.chart.purge();
    this.coefficients.purge();
  }
}
