// Where everything of the digits' instrument stands on the page: bar, message, network, tabs and what is in each tab.

import { element } from "./editor.js";
import { Note } from "./note.js";
import { MEASURES } from "./statistics.js";

export const TABS = [["overview", "Overview"], ["inside", "Inside"], ["mistakes", "Mistakes"], ["draw", "Draw"], ["rotated", "Rotated"], ["compare", "Compare"]];
const SMOOTH = [[0, "raw"], [0.6, "smooth"], [0.9, "smoother"], [0.97, "smoothest"]];

export class DigitsPanels {
  /** `change({name: value})`: the visitor looks in another way, which the link remembers; `look({…})`: which it need not. */
  constructor(change, look, way) {
    const select = (name, options, title, act) => (this[name] = element("select", { title, "aria-label": title, onchange: (e) => act(e.target.value) }, ...options.map(([value, text]) => element("option", { value }, text))));
    const check = (name, text, title, act) => element("label", { title, class: `nnd-check-${name}` }, (this[name] = element("input", { type: "checkbox", onchange: (e) => act(e.target.checked) })), text);
    const box = (name, label) => (this[name] = element("div", { class: `nnd-${name}`, ...(label ? { role: "img", "aria-label": label } : {}) }));
    const panel = (name, label, head, ...content) => element("section", { class: `nnd-panel nnd-panel-${name}`, "aria-label": label }, element("header", {}, element("b", {}, label), ...head), ...content);
    this.bar = element("div", { class: "nnv-bar" });
    this.note = new Note(way);
    this.chain = element("div", { class: "nnd-chain" });
    this.tabs = element("div", { class: "nnd-tabs", role: "tablist", "aria-label": "views of the run" }, ...TABS.map(([name, text]) =>
      element("button", { type: "button", role: "tab", id: `nnd-tab-${name}`, "aria-controls": `nnd-${name}`, "data-tab": name, onclick: () => change({ tab: name }) }, text)));
    this.tabs.addEventListener("keydown", (e) => this.walk(e, change));
    const page = (name, ...content) => element("div", { class: `nnd-page nnd-page-${name}`, role: "tabpanel", id: `nnd-${name}`, "aria-labelledby": `nnd-tab-${name}`, tabindex: -1, hidden: true }, ...content);
    const scale = (name) => select(name, [["layer", "one scale for the layer"], ["filter", "own scale for each filter"]], "colour scale of the weights", (v) => change({ scale: v }));
    this.pages = {
      overview: page("overview",
        panel("curves", "Learning", [
          select("curve", [["accuracy", "Accuracy"], ["loss", "Loss"]], "which curve", (v) => change({ curve: v })),
          select("axis", [["epoch", "by epoch"], ["step", "by step"], ["seconds", "by time"]], "horizontal axis", (v) => change({ axis: v })),
          select("smooth", SMOOTH, "smoothing of the curves", (v) => change({ smooth: Number(v) })),
          check("log", "log", "logarithmic: the loss, or the error rate", (v) => change({ log: v }))],
          (this.charts = element("div", { class: "nnd-charts" }, box("accuracyChart", "accuracy over the training"), box("lossChart", "loss over the training")))),
        panel("filters", "Filters", [scale("scale")], box("filters")),
        panel("confusion", "Confusion", [], box("confusion")),
        panel("strip", "Newest mistakes", [element("span", { class: "nnd-key" }, "true → ", element("b", {}, "taken for"), ", how sure"), element("button", { type: "button", class: "nnd-all", onclick: () => change({ tab: "mistakes" }) }, "all mistakes")], box("strip"))),
      inside: page("inside",
        panel("large", "Filters", [select("layer", [["0", "first layer"]], "layer", (v) => look({ layer: Number(v) })), scale("scaleLarge")], box("large")),
        panel("output", "Output weights", [
          select("of", [["0", "0"]], "class whose output weights are shown", (v) => change({ of: Number(v) })),
          element("label", { title: "from which output weight on a hidden neuron's filter is outlined" }, "outline beyond ±", (this.threshold = element("input", { type: "number", min: 0, step: 0.05, value: 0.75, "aria-label": "threshold of the outline", oninput: (e) => { const v = Number(e.target.value); if (e.target.value !== "" && Number.isFinite(v) && v >= 0) look({ threshold: v }); } })))], box("output")),
        panel("measure", "Layer by layer", [select("measure", Object.entries(MEASURES).map(([name, [text]]) => [name, text]), "what is measured of each layer", (v) => look({ measure: v }))], box("measureChart", "a measure of each layer over the training"), (this.measureHint = element("div", { class: "nnd-hint nnd-wrap" }))),
        panel("histogram", "Weights over time", [select("histogramLayer", [["0", "first layer"]], "layer of the histograms", (v) => look({ histogram: Number(v) }))], box("histogram"))),
      mistakes: page("mistakes", box("gallery")),
      draw: page("draw", box("draw")), rotated: page("rotated", box("rotated")), compare: page("compare", box("compare")),
    };
    this.dialog = element("div", { class: "nnd-dialog" });
    this.body = element("div", { class: "nnd-body" }, ...Object.values(this.pages));
    this.root = element("div", { class: "nnv nnd" }, this.bar, this.chain, element("div", { class: "nnd-head" }, this.tabs, this.note.root), this.body, this.dialog);
  }

  walk(e, change) {
    const now = TABS.findIndex(([name]) => name === e.target.dataset.tab), last = TABS.length - 1;
    const next = { ArrowLeft: now ? now - 1 : last, ArrowRight: now === last ? 0 : now + 1, Home: 0, End: last }[e.key];
    if (next === undefined || now < 0) return;
    e.preventDefault();
    e.stopPropagation();
    change({ tab: TABS[next][0] });
    this.tabs.children[next].focus();
  }

  showTab(tab) {
    if (tab === this.tab) return;
    this.tab = tab;
    for (const button of this.tabs.children) {
      const on = button.dataset.tab === tab;
      button.setAttribute("aria-selected", String(on));
      button.tabIndex = on ? 0 : -1;
    }
    for (const [name, page] of Object.entries(this.pages)) page.hidden = name !== tab;
  }

  showView(view, own) {
    const values = { curve: view.curve, axis: view.axis, smooth: view.smooth, scale: view.scale, scaleLarge: view.scale, of: view.of, measure: own.measure, layer: own.layer, histogramLayer: own.histogram };
    for (const [name, value] of Object.entries(values)) if (this[name].value !== String(value) && document.activeElement !== this[name]) this[name].value = String(value);
    if (this.log.checked !== view.log) this.log.checked = view.log;
  }

  /** A text in place of a panel's content; no text: the content. */
  blank(name, text) {
    const { dataset } = this[name];
    if ((dataset.blank ?? "") === text) return;
    if (text) dataset.blank = text;
    else delete dataset.blank;
  }

  /** Options that follow from the network: its layers and classes. */
  showNames({ layers, measured, names }) {
    for (const [select, words] of [["layer", layers], ["histogramLayer", measured], ["of", names]]) {
      const key = words.join("\n");
      if (this[select].dataset.words === key) continue;
      this[select].dataset.words = key;
      this[select].replaceChildren(...words.map((text, i) => element("option", { value: i }, text)));
    }
  }
}
