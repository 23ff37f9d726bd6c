// Where everything of the instrument stands on the page, and what in it shows a choice: switches, legend, card.

import { checkbox, choice, choose, element, options, stop } from "../../kit/dom.js";
import { className, target } from "../../kit/arithmetic.js";
import { Note } from "../../kit/note.js";
import { number } from "../../kit/numbers.js";

/** @typedef {import("../../kit/dom.js").Option} Option */

/** @type {Record<"curve" | "smooth" | "axis", [string, Option[]]>} */
const CHOICES = {
  curve: ["which curve", [["loss", "Loss"], ["accuracy", "Accuracy"]]],
  smooth: ["smoothing of the curves",
    [[0, "not smoothed"], [0.6, "smoothed a little"], [0.9, "smoothed"], [0.97, "smoothed a lot"]]],
  axis: ["horizontal axis", [["epoch", "by epoch"], ["step", "by step"], ["seconds", "by time"]]],
};
const PEN = "a click on the map shows its sums, or puts a sample there; on a sample, takes it away. The data are your "
  + "own then, as from a CSV file";

export class Panels {
  /**
   * @param {(changes: Record<string, any>) => void} change the visitor looks at the run in another way
   * @param {(kind: string) => import("../../kit/note.js").Way | null} way out of what a message says
   */
  constructor(change, way) {
    const check = (/** @type {string} */ name, /** @type {string} */ text, /** @type {string} */ title) =>
      checkbox(text, title, (on) => change({ [name]: on }), `nnv-check-${name}`);
    this.switches = {
      validation: check("validation", "validation samples", "show the samples that the training never sees"),
      discretize: check("discretize", "discretize", "only the decision, not how sure it is"),
      log: check("log", "log", "logarithmic loss axis"),
    };
    this.menus = {
      curve: choice(...CHOICES.curve, (curve) => change({ curve })),
      smooth: choice(...CHOICES.smooth, (v) => change({ smooth: Number(v) })),
      axis: choice(...CHOICES.axis, (axis) => change({ axis })),
    };
    this.pen = choice(PEN, [], () => {}, { class: "nnv-pen", "aria-label": "what a click on the map does" });
    this.cardKey = this.legendKey = "";
    this.bar = element("div", { class: "nnv-bar" });
    this.note = new Note(way);
    this.heads = element("div", { class: "nnv-heads" });
    this.canvas = element("canvas", { tabindex: 0, role: "img", class: "nnv-canvas" });
    this.stage = element("div", { class: "nnv-stage" }, this.heads, this.canvas);
    this.card = element("div", { class: "nnv-card" });
    this.title = element("b", { class: "nnv-maptitle" });
    this.legend = element("div", { class: "nnv-legend" });
    this.boundary = element("div", { class: "nnv-boundary", role: "img" });
    this.curves = element("div", { class: "nnv-curves", role: "img" });
    const { switches: { validation, discretize, log }, menus } = this;
    this.head = element("header", { class: "nnv-curves-head" }, menus.curve, log.root, menus.smooth, menus.axis);
    this.spread = element("div", { class: "nnv-spread" });
    this.histograms = element("details", { class: "nnv-histograms" },
      element("summary", {}, "Histograms: outputs by class, weights and sums, before training and now"), this.spread);
    this.root = element("div", { class: "nnv" }, this.bar, this.note.root,
      element("div", { class: "nnv-body" },
        element("section", { class: "nnv-net", "aria-label": "network" }, this.stage, this.card),
        element("section", { class: "nnv-right", "aria-label": "output and curves" },
          element("header", {}, this.title, this.pen, validation.root, discretize.root), this.boundary, this.legend,
          this.head, this.curves)), this.histograms);
  }

  /** @param {Record<string, any>} view @param {boolean} regression */
  showView(view, regression) {
    for (const [name, { input }] of Object.entries(this.switches)) input.checked = view[name];
    for (const [name, menu] of Object.entries(this.menus)) choose(menu, view[name]);
    stop(this.menus.curve, CHOICES.curve[0],
      regression && "numbers are predicted, of which none is simply right: there is no accuracy");
  }

  /**
   * What a click on the map may do: nothing is drawn where numbers are predicted, or where a link hides own data.
   * @param {Frame} data @param {boolean} hidden
   */
  showPen(data, hidden) {
    const { problem, class_names: names, classes } = data.meta, none = hidden || problem === "regression";
    this.pen.hidden = none;
    const classNames = none ? [] : names.slice(0, classes).map(className);
    options(this.pen, [["", "click: look"],
      ...classNames.map((/** @type {string} */ name, /** @type {number} */ k) => [k, `click: ${name}`])]);
  }

  /** @param {ReturnType<typeof import("./explain.js").explain>} text */
  showCard(text) {
    const key = JSON.stringify(text);
    if (key === this.cardKey) return;
    this.cardKey = key;
    this.card.replaceChildren(
      ...(text.title ? [element("b", {}, text.title)] : []),
      ...text.lines.filter(Boolean).map((line) => element("div", {}, line))
    );
  }

  /** @param {Frame} data @param {Theme} theme */
  showLegend(data, theme) {
    const key = [theme.key, data.serial].join();
    if (key === this.legendKey) return;
    this.legendKey = key;
    const { problem, class_names: names, classes, target_range: range } = data.meta;
    const swatch = (/** @type {RGB} */ color, /** @type {string} */ text) =>
      element("span", {}, element("i", { style: `background:rgb(${color})` }), text);
    const [low, middle, high] = range ? [-1, 0, 1].map((v) => number(target(data.meta, v))) : ["−1", "0", "+1"];
    const signs = [", negative", ", positive"];
    const named = (/** @type {string} */ name, /** @type {number} */ k) =>
      swatch(theme.classes[k], className(name) + (signs[k] ?? ""));
    this.legend.replaceChildren(...(problem === "regression" ? [
      swatch(theme.negative, low + signs[0]), swatch(theme.neutral, middle), swatch(theme.positive, high + signs[1]),
    ] : names.slice(0, classes).map(named)));
    this.legend.title = "classes, and the signs of weights and of what neurons say";
  }
}
