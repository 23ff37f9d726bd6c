// Where everything of the instrument stands on the page, and what in it shows a choice: switches, legend, card.

import { className, number, target } from "./arithmetic.js";
import { element, stop } from "./editor.js";
import { Note } from "./note.js";

const SWITCHES = ["validation", "discretize", "log"], CHOICES = ["curve", "smooth", "axis"];

export class Panels {
  /** `change({name: value})` is called when the visitor looks at the run in another way; `way()` is the way out of a divergence. */
  constructor(change, way) {
    const check = (name, text, title) => element("label", { title, class: `nnv-check-${name}` },
      (this[name] = element("input", { type: "checkbox", onchange: (e) => change({ [name]: e.target.checked }) })), text);
    const choose = (name, options, title) => (this[name] = element("select", { title, "aria-label": title, onchange: (e) => change({ [name]: name === "smooth" ? Number(e.target.value) : e.target.value }) },
      ...options.map(([value, text]) => element("option", { value }, text))));
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
    this.root = element("div", { class: "nnv" }, this.bar, this.note.root,
      element("div", { class: "nnv-body" },
        element("section", { class: "nnv-net", "aria-label": "network" }, this.stage, this.card),
        element("section", { class: "nnv-right", "aria-label": "output and curves" },
          element("header", {}, this.title, check("validation", "validation samples", "show the samples that the training never sees"), check("discretize", "discretize", "only the decision, not how sure it is")),
          this.boundary, this.legend,
          element("header", { class: "nnv-curves-head" }, choose("curve", [["loss", "Loss"], ["accuracy", "Accuracy"]], "which curve"), check("log", "log", "logarithmic loss axis"),
            choose("smooth", [[0, "not smoothed"], [0.6, "smoothed a little"], [0.9, "smoothed"], [0.97, "smoothed a lot"]], "smoothing of the curves"),
            choose("axis", [["epoch", "by epoch"], ["step", "by step"], ["seconds", "by time"]], "horizontal axis")),
          this.curves)));
  }

  showView(view, regression) {
    for (const name of SWITCHES) if (this[name].checked !== view[name]) this[name].checked = view[name];
    for (const name of CHOICES) if (this[name].value !== String(view[name])) this[name].value = String(view[name]);
    stop(this.curve, "which curve", regression && "numbers are predicted, of which none is simply right: there is no accuracy");
  }

  /** text: {title, lines} of explain.js. */
  showCard(text) {
    const key = JSON.stringify(text);
    if (key === this.cardKey) return;
    this.cardKey = key;
    this.card.replaceChildren(...(text.title ? [element("b", {}, text.title)] : []), ...text.lines.filter(Boolean).map((line) => element("div", {}, line)));
  }

  showLegend(data, theme) {
    const key = [theme.key, data.key].join();
    if (key === this.legendKey) return;
    this.legendKey = key;
    const swatch = (color, text) => element("span", {}, element("i", { style: `background:rgb(${color})` }), text);
    const [low, middle, high] = data.meta.target_range ? [-1, 0, 1].map((v) => number(target(data.meta, v))) : ["−1", "0", "+1"];
    this.legend.replaceChildren(...(data.meta.problem === "regression"
      ? [swatch(theme.negative, low), swatch(theme.neutral, middle), swatch(theme.positive, high)]
      : data.meta.class_names.slice(0, data.meta.classes).map((name, k) => swatch(theme.classes[k], className(name)))),
      element("span", { class: "nnv-signs", title: "weights and neurons" }, swatch(theme.negative, "negative"), swatch(theme.positive, "positive")));
  }
}
