// Learning without a way back: the naive way and finite differences race the gradient; how exact a difference is.

import { Chart } from "../../figures/chart.js";
import { element, write } from "../../kit/dom.js";
import { codeFold } from "../../kit/code.js";
import { formula } from "../../kit/formula.js";
import { count, number } from "../../kit/numbers.js";
import { css } from "../../kit/theme.js";
import { Newest, askServer } from "./server.js";

/** @typedef {{label: string, once: number, passes: number[], losses: number[], hundredth: number | null}} Racer */

export class Naive {
  /** @param {any} data @param {() => void} ask @param {(error: any) => void} failed */
  constructor(data, ask, failed) {
    this.ask = ask;
    this.key = "";
    this.epsilon = 0.1;
    /** @type {{racers: Racer[], budget: number, errors: Record<string, number[]>} | null} */
    this.told = null;
    this.asks = new Newest(async (body) => {
      this.told = await askServer("/naive", body);
      ask();
    }, failed);
    this.field = element("input", { type: "number", min: 0.001, max: 1, step: 0.05, value: 0.1,
      "aria-label": "ε of the naive way", onchange: () => this.typed() });
    const chart = (/** @type {string} */ name) =>
      element("div", { class: "nnb-chart", role: "img", "aria-label": name });
    const race = chart("loss against ways through the network");
    const errors = chart("error of finite differences against ε");
    this.race = new Chart(race, "naive_race", { drawn: ask });
    this.errors = new Chart(errors, "difference_errors", { drawn: ask });
    this.rows = element("tbody", {});
    this.best = element("p", { class: "nnb-soft nnb-best" });
    const heads = ["", "for one change of all weights", "until L is a hundredth", "L at the end"];
    this.root = element("div", { class: "nnb-tab nnb-naive" },
      element("section", {}, element("h3", {}, "Who gets down with how many ways through the network?"),
        element("p", {}, "The naive way freezes all weights but one, tries w − ε and w + ε, keeps the best of the "
          + "three, and goes on to the next weight. The gradient needs one way forward and one back for all of them."),
        element("label", {}, "ε of the naive way ", this.field), race,
        element("table", { class: "nnb-matrix nnb-racers" }, element("thead", {}, element("tr", {},
          ...heads.map((text) => element("th", { scope: "col" }, text)))), this.rows),
        element("p", { class: "nnb-soft" }, "With one sample and few weights the naive way may even come lower: its "
          + "cost grows with the number of weights, the gradient’s does not. Try 6-6-6-6-6.")),
      element("section", {}, element("h3", {}, "Finite differences: how exact?"),
        element("div", { class: "nnb-difference" }, formula(data.difference)),
        element("p", {}, "A large ε leaves the tangent: the error falls with ε, or with ε² for the central one. A "
          + "small one subtracts two numbers that are all but equal, and digits of L are lost: it rises with 1/ε."),
        errors, this.best, codeFold(data.naive_code, "The code of the naive way and of the differences")));
  }

  typed() {
    const value = Number(this.field.value), good = this.field.value !== "" && value >= 0.001 && value <= 1;
    this.field.setAttribute("aria-invalid", String(!good));
    this.field.title = good ? "" : "allowed are 0.001 to 1";
    if (good) this.epsilon = value;
    this.ask();
  }

  /** @param {any} spec @param {Theme} theme */
  draw(spec, theme) {
    const body = { spec, epsilon: this.epsilon }, key = JSON.stringify(body);
    if (key !== this.key) {
      this.key = key;
      this.asks.want(body);
    }
    const { told } = this;
    if (!told) return;
    this.race.draw({ ...told }, theme, {}, [told.racers.map(({ losses }) => losses.at(-1)), this.epsilon, key]);
    this.errors.draw({ ...told.errors }, theme, {}, told.errors);
    const rows = told.racers.map(({ label, once, losses, hundredth }) => [label, count(once),
      hundredth === null ? `not in ${told.budget}` : count(hundredth), number(losses.at(-1), 4)]);
    const text = JSON.stringify(rows);
    if (this.root.dataset.rows !== text) {
      this.root.dataset.rows = text;
      const colors = ["var(--st-primary-color)", css(theme.classes[1]), css(theme.classes[0])];
      this.rows.replaceChildren(...rows.map(([name, ...cells], i) => element("tr", {},
        element("th", { scope: "row" }, element("i", { class: "nnb-swatch", style: `background: ${colors[i]}` }), name),
        ...cells.map((cell) => element("td", {}, cell)))));
    }
    const { epsilon } = told.errors, least = (/** @type {string} */ kind) => {
      const errors = told.errors[kind], i = errors.indexOf(Math.min(...errors));
      return `${number(errors[i], 2)} at ε = ${number(epsilon[i], 2)}`;
    };
    write(this.best, `Smallest error: one-sided ${least("forward")}, central ${least("central")}.`);
  }

  dispose() {
    this.race.purge();
    this.errors.purge();
  }
}
