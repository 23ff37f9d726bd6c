// Where everything of the Digits room stands on the page: bar, message, network, tabs and what is in each tab.

import { button, checkbox, choice, choose, element, options, write } from "../../kit/dom.js";
import { Note } from "../../kit/note.js";
import { count } from "../../kit/numbers.js";
import { TabList } from "../../kit/tab_list.js";
import { MEASURES } from "../../figures/statistics.js";

/** @typedef {import("../../kit/dom.js").Option} Option */
/** @typedef {(changes: Record<string, any>) => void} Change */

/** @type {[string, string][]} */
const TABS = [
  ["overview", "Overview"], ["inside", "Inside"], ["histograms", "Histograms"],
  ["mistakes", "Mistakes"], ["draw", "Draw"], ["rotated", "Rotated"],
  ["compare", "Compare"], ["training", "Data"],
];
/** @type {Option[]} */
const SMOOTH = [[0, "raw"], [0.6, "smooth"], [0.9, "smoother"], [0.97, "smoothest"]];
/** @type {Option[]} */
const AXES = [["epoch", "by epoch"], ["step", "by step"], ["seconds", "by time"]];
/** @type {Option[]} */
const SCALES = [["layer", "one scale for the layer"], ["filter", "own scale for each filter"]];
/** @type {Option[]} */
const MEASURED = Object.entries(MEASURES).map(([name, [text]]) => [name, text]);

/** @type {Record<string, string>} panel → the view whose step it says in the film */
const OF = { curves: "predictions", filters: "filters", confusion: "predictions", strip: "predictions",
  large: "filters", output: "filters", measure: "statistics", histogram: "statistics" };

/** @param {string} name @param {string} [said] its name, where it is a picture */
const box = (name, said) =>
  element("div", { class: `nnd-${name}`, ...(said ? { role: "img", "aria-label": said } : {}) });

/** @param {string} name @param {string} label @param {Node[]} head @param {...Node} content */
const panel = (name, label, head, ...content) => element("section",
  { class: `nnd-panel nnd-panel-${name}`, "aria-label": label },
  element("header", {}, element("b", {}, label), element("span", { class: "nnd-step", "data-of": OF[name] }), ...head),
  ...content);

export class DigitsPanels {
  /**
   * @param {Change} change the visitor looks in another way, which the link remembers
   * @param {Change} look in a way that it need not remember
   * @param {(kind: string) => import("../../kit/note.js").Way | null} way
   */
  constructor(change, look, way) {
    this.bar = element("div", { class: "nnv-bar" });
    this.note = new Note(way);
    this.chain = element("div", { class: "nnd-chain" });
    const scale = () => choice("colour scale of the weights", SCALES, (v) => change({ scale: v }));
    const numbered = (/** @type {string} */ title, /** @type {string} */ name, act = look) =>
      choice(title, [["0", "first layer"]], (v) => act({ [name]: Number(v) }));
    this.menus = {
      curve: choice("which curve", [["accuracy", "Accuracy"], ["loss", "Loss"]], (v) => change({ curve: v })),
      axis: choice("horizontal axis", AXES, (v) => change({ axis: v })),
      smooth: choice("smoothing of the curves", SMOOTH, (v) => change({ smooth: Number(v) })),
      scale: scale(), scaleLarge: scale(), layer: numbered("layer", "layer"),
      of: numbered("class whose output weights are shown", "of", change),
      measure: choice("what is measured of each layer", MEASURED, (v) => look({ measure: v })),
      histogramLayer: numbered("layer of the histograms", "histogram"),
    };
    this.log = checkbox("log", "logarithmic: the loss, or the error rate", (log) => change({ log }), "nnd-check-log");
    this.threshold = element("input", {
      type: "number", min: 0, step: 0.05, value: 0.75, "aria-label": "threshold of the outline",
      oninput: () => {
        const { value } = this.threshold, v = Number(value);
        if (value !== "" && Number.isFinite(v) && v >= 0) look({ threshold: v });
      },
    });
    this.boxes = {
      accuracyChart: box("accuracyChart", "accuracy over the training"),
      lossChart: box("lossChart", "loss over the training"), filters: box("filters"), confusion: box("confusion"),
      strip: box("strip"), large: box("large"), output: box("output"),
      measureChart: box("measureChart", "a measure of each layer over the training"), histogram: box("histogram"),
      gallery: box("gallery"),
    };
    /** @type {Record<string, HTMLElement>} the tabs whose scripts come when they are first looked at */
    this.parts = { draw: box("draw"), rotated: box("rotated"), compare: box("compare"), training: box("training"),
      histograms: box("histograms") };
    this.charts = element("div", { class: "nnd-charts" }, this.boxes.accuracyChart, this.boxes.lossChart);
    this.scope = element("span", { class: "nnd-scope" });
    this.measureHint = element("div", { class: "nnd-hint nnd-wrap" });
    this.pages = this.fill(change);
    this.tabs = new TabList(TABS, this.pages, (tab) => change({ tab }),
      { class: "nnd-tabs", "aria-label": "views of the run" });
    this.dialog = element("div", { class: "nnd-dialog" });
    this.body = element("div", { class: "nnd-body" }, ...Object.values(this.pages));
    this.root = element("div", { class: "nnv nnd" }, this.bar, this.chain,
      element("div", { class: "nnd-head" }, this.tabs.root, this.note.root), this.body, this.dialog);
  }

  /** What is in each tab. @param {Change} change @returns {Record<string, HTMLElement>} */
  fill(change) {
    const { menus, boxes, parts } = this;
    const page = (/** @type {string} */ name, /** @type {Node[]} */ ...content) => element("div", {
      class: `nnd-page nnd-page-${name}`, tabindex: -1,
    }, ...content);
    const all = button("all mistakes", "", () => change({ tab: "mistakes" }), { class: "nnd-all" });
    const outline = element("label", { title: "from which output weight on a hidden neuron's filter is outlined" },
      "outline beyond ±", this.threshold);
    return {
      overview: page("overview",
        panel("curves", "Learning", [menus.curve, menus.axis, menus.smooth, this.log.root], this.charts),
        panel("filters", "Filters", [menus.scale], boxes.filters),
        panel("confusion", "Confusion", [this.scope], boxes.confusion),
        panel("strip", "Newest mistakes",
          [element("span", { class: "nnd-key" }, "true → ", element("b", {}, "taken for"), ", how sure"), all],
          boxes.strip)),
      inside: page("inside",
        panel("large", "Filters", [menus.layer, menus.scaleLarge], boxes.large),
        panel("output", "Output weights", [menus.of, outline], boxes.output),
        panel("measure", "Layer by layer", [menus.measure], boxes.measureChart, this.measureHint),
        panel("histogram", "Weights over time", [menus.histogramLayer], boxes.histogram)),
      mistakes: page("mistakes", boxes.gallery), draw: page("draw", parts.draw),
      rotated: page("rotated", parts.rotated), compare: page("compare", parts.compare),
      training: page("training", parts.training), histograms: page("histograms", parts.histograms),
    };
  }

  /** @param {string} tab */
  showTab(tab) {
    this.tabs.show(tab);
  }

  /** @param {Record<string, any>} view @param {{measure: string, layer: number, histogram: number}} own */
  showView(view, { measure, layer, histogram }) {
    const values = { ...view, scaleLarge: view.scale, measure, layer, histogramLayer: histogram };
    for (const [name, menu] of Object.entries(this.menus)) {
      if (document.activeElement !== menu) choose(menu, /** @type {Record<string, any>} */ (values)[name]);
    }
    this.log.input.checked = view.log;
  }

  /**
   * In the film each panel says of which step it is: not all views are recorded equally often.
   * @param {Record<string, Frame | null>} shown view → what is shown of it @param {boolean} film
   */
  showSteps(shown, film) {
    for (const place of /** @type {NodeListOf<HTMLElement>} */ (this.body.querySelectorAll(".nnd-step"))) {
      const frame = shown[place.dataset.of ?? ""];
      write(place, film && frame ? `step ${count(frame.step)}` : "");
    }
  }

  /**
   * A text in place of a panel's content; no text: the content.
   * @param {keyof DigitsPanels["boxes"]} name @param {string} text
   */
  blank(name, text) {
    const { dataset } = this.boxes[name];
    if ((dataset.blank ?? "") === text) return;
    if (text) dataset.blank = text;
    else delete dataset.blank;
  }

  /** Options that follow from the network: its layers and classes. @param {Record<string, string[]>} words */
  showNames({ layers, measured, names }) {
    const { layer, histogramLayer, of } = this.menus;
    for (const [menu, words] of /** @type {[HTMLSelectElement, string[]][]} */ (
      [[layer, layers], [histogramLayer, measured], [of, names]])) options(menu, words.map((text, i) => [i, text]));
  }
}
