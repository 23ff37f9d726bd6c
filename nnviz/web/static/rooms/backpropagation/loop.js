// The learning loop with the numbers of this run: layers and weights → loss → optimiser → weights.

import { Chart } from "../../figures/chart.js";
import { element, write } from "../../kit/dom.js";
import { number } from "../../kit/numbers.js";

/** @typedef {import("./trace.js").Trace} Trace */

const list = (/** @type {(number | null)[]} */ values, digits = 2) => values.map((v) => number(v, digits)).join(", ");

export class Loop {
  /** @param {() => void} ask @param {{update: (by: number) => void, run: () => void, reset: () => void}} actions */
  constructor(ask, actions) {
    const box = (/** @type {string} */ name, /** @type {string} */ title) => {
      const lines = element("div", { class: "nnb-lines-of" });
      return { lines, root: element("div", { class: "nnb-box", "data-box": name }, element("h4", {}, title), lines) };
    };
    this.boxes = { data: box("data", "Sample"), layers: box("layers", "Layers and weights"),
      loss: box("loss", "Loss"), optimizer: box("optimizer", "Optimiser") };
    const arrow = (/** @type {string} */ place, /** @type {string} */ text) =>
      element("div", { class: "nnb-arrow", "data-place": place }, text);
    this.arrows = { input: arrow("input", ""), output: arrow("output", ""), back: arrow("back", ""),
      weights: arrow("weights", "") };
    const chart = element("div", { class: "nnb-chart", role: "img", "aria-label": "loss update by update" });
    this.chart = new Chart(chart, "update_losses", { drawn: ask });
    this.turn = element("button", { type: "button", class: "nnb-turn", onclick: () => actions.update(1) },
      "Once round");
    this.run = element("button", { type: "button", class: "nnb-run", title: "Round and round, pause (space)",
      onclick: () => actions.run() }, "Run the loop");
    this.reset = element("button", { type: "button", "aria-label": "Back to the first weights",
      title: "Back to the weights before the first update (R)", onclick: () => actions.reset() }, "↺");
    const { data, layers, loss, optimizer } = this.boxes;
    this.root = element("div", { class: "nnb-tab nnb-loop" },
      element("div", { class: "nnb-cycle" }, data.root, this.arrows.input, layers.root, this.arrows.output, loss.root,
        this.arrows.weights, this.arrows.back, optimizer.root),
      element("section", {}, element("div", { class: "nnb-buttons" }, this.run, this.turn, this.reset), chart));
  }

  /** @param {Trace} trace @param {any} data @param {Theme} theme @param {boolean} running */
  draw(trace, data, theme, running) {
    const { plain } = trace, { layers, functions, inputs, targets, losses, updates, diverged } = plain;
    const last = layers.length - 1;
    const outputs = [...Array(layers[last]).keys()].map((j) => trace.value(`a${last}.${j + 1}`));
    const gradients = trace.operations.filter(({ phase }) => phase === "gradients").map(({ value }) => value ?? 0);
    const news = trace.operations.filter(({ phase }) => phase === "update").map(({ value }) => value ?? 0);
    const most = Math.max(...news.map((v, i) => Math.abs(v - plain.weights[i])));
    const size = Math.hypot(...gradients);
    const { boxes, arrows } = this;
    const lines = (/** @type {HTMLElement} */ node, /** @type {string[]} */ texts) => {
      const text = texts.join("\n");
      if (node.dataset.text === text) return;
      node.dataset.text = text;
      node.replaceChildren(...texts.map((one) => element("p", {}, one)));
    };
    let at = 0;
    const rows = layers.slice(1).map((n, l) => {
      const own = plain.weights.slice(at, at += n * (layers[l] + 1));
      return `Layer ${l + 1}, ${functions[l]}: ${list(own.slice(0, 9))}${own.length > 9 ? ` … (${own.length})` : ""}`;
    });
    lines(boxes.data.lines, [`x = ${list(inputs)}`, `t = ${list(targets)}`]);
    lines(boxes.layers.lines, rows);
    lines(boxes.loss.lines, [data.losses[data.spec.loss], `L = ${number(losses.at(-1), 4)}`]);
    lines(boxes.optimizer.lines, [`${data.optimizers[data.spec.optimizer]}, η = ${data.spec.learning_rate}`,
      `|∂L/∂w| = ${number(size, 4)}`, `largest change ${number(most, 4)}`]);
    write(arrows.input, "x →");
    write(arrows.output, `o = ${list(outputs)} →`);
    write(arrows.back, `← ${gradients.length} gradients of L`);
    write(arrows.weights, `↑ new weights, update ${updates + 1}`);
    write(this.run, running ? "Pause" : "Run the loop");
    this.run.disabled = diverged !== null;
    this.reset.disabled = !updates;
    this.turn.disabled = diverged !== null;
    this.turn.title = diverged !== null ? `in update ${diverged} the numbers run away` : "One update (U)";
    this.chart.draw({ losses, steps: losses.map((_, i) => i), now: updates }, theme, {}, losses);
  }

  dispose() { this.chart.purge(); }
}
