// How a network's outputs, weights and sums are spread, before its training and now: histograms, with the numbers in
// words, the formulas, and the code that computes both. The server answers for the network that is on the screen
// (nnviz/analysis/distributions.py), one question at a time, as long as somebody looks.

import { Chart } from "./chart.js";
import { codeFold } from "../kit/code.js";
import { request } from "../kit/digit_data.js";
import { choice, choose, element, label, options, stylesheet, write } from "../kit/dom.js";
import { formula } from "../kit/formula.js";
import { count } from "../kit/numbers.js";
import { RequestQueue } from "../kit/request_queue.js";
import { decodeFrame } from "../kit/wire.js";

/**
 * @typedef {{run(): string | null, spec(): Spec | null, step(): number, filmStep(): number | null,
 *   theme(): import("./chart.js").Theme}} Context what it is of
 * @typedef {{formulas: Record<string, string>, codes: Record<string, import("../kit/code.js").Code[]>}} About
 */

const EVERY = 150; // milliseconds of rest after an answer
const NARROW = 560; // pixels below which panels stand in fewer columns
const ALONE = "every output"; // the menu's first word

export class Distributions {
  /** @param {HTMLElement} root @param {Context} ctx */
  constructor(root, ctx) {
    this.ctx = ctx;
    this.shown = false;
    this.unit = -1;
    this.layer = 0;
    this.family = "";
    this.serial = 0;
    /** @type {Frame | null} */
    this.frame = null;
    stylesheet("figures/distributions.css");
    stylesheet("kit/code.css");
    const box = (/** @type {string} */ name, /** @type {string} */ said) =>
      element("div", { class: `nnh-chart nnh-${name}`, role: "img", "aria-label": said });
    this.boxes = { outputs: box("outputs", "outputs by class"), weights: box("weights", "weights of a layer"),
      sums: box("sums", "sums of a layer") };
    const drawn = () => this.draw();
    this.charts = {
      outputs: new Chart(this.boxes.outputs, "output_histograms", { drawn }),
      weights: new Chart(this.boxes.weights, "value_histogram", { drawn }),
      sums: new Chart(this.boxes.sums, "value_histogram", { drawn }),
    };
    this.units = choice("which output", [[-1, ALONE]], (v) => { this.unit = Number(v); this.draw(); });
    this.layers = choice("which layer", [[0, "layer"]], (v) => { this.layer = Number(v); this.draw(); });
    this.said = element("p", { class: "nnh-words" });
    this.words = { weights: element("p", { class: "nnh-words" }), sums: element("p", { class: "nnh-words" }) };
    this.fault = element("p", { class: "nnh-fault", role: "alert", hidden: true });
    this.formulas = element("div", { class: "nnh-formulas" });
    this.folds = element("div", { class: "nnh-folds" });
    const part = (/** @type {string} */ name, /** @type {Node[]} */ head, /** @type {Node[]} */ ...content) =>
      element("section", { "aria-label": name }, element("header", {}, element("b", {}, name), ...head), ...content);
    this.root = element("div", { class: "nnh" }, this.fault,
      part("Outputs of the training samples, by class", [this.units], this.boxes.outputs, this.said),
      element("div", { class: "nnh-pair" },
        part("Weights of a layer", [this.layers], this.boxes.weights, this.words.weights),
        part("Sums z of the same layer", [], this.boxes.sums, this.words.sums)),
      this.formulas, this.folds);
    root.replaceChildren(this.root);
    const job = { name: "distributions", every: EVERY, wanted: () => this.wanted(),
      run: (/** @type {AbortSignal} */ signal) => this.fetch(signal) };
    this.queue = new RequestQueue([job], (error) => { if (!error.retry) this.say(error.message); });
  }

  show() { this.shown = true; this.refresh(); }

  hide() { this.shown = false; }

  dispose() {
    this.hide();
    this.queue.dispose();
    for (const chart of Object.values(this.charts)) chart.purge();
  }

  /** Another picture of the run, another setting, another theme. */
  refresh() {
    if (!this.shown) return;
    this.tell();
    this.queue.poke();
    this.draw();
  }

  /** @param {string} text */
  say(text) {
    this.fault.hidden = !text;
    write(this.fault, text);
  }

  /** Which network should be on the screen. @returns {string | null} */
  wanted() {
    const { ctx } = this, spec = ctx.spec();
    if (!this.shown || !spec || spec.model.family === "svm") return null;
    const run = ctx.run();
    return run ? `${run} ${ctx.filmStep() ?? ctx.step()} ${ctx.filmStep() === null ? "now" : "film"}`
      : JSON.stringify(spec);
  }

  /** @param {AbortSignal} signal */
  async fetch(signal) {
    const run = this.ctx.run(), film = this.ctx.filmStep(), asked = /** @type {string} */ (this.wanted());
    const body = run ? { run, step: film } : { spec: this.ctx.spec() };
    const read = (/** @type {Response} */ response) => response.arrayBuffer();
    this.frame = decodeFrame(await request("/nnviz/distributions", read, { body, signal }));
    this.frame.serial = ++this.serial;
    this.say("");
    this.draw();
    return run ? `${run} ${film ?? this.frame.step} ${film === null ? "now" : "film"}` : asked;
  }

  /** Formulas and code, once for each kind of network. */
  async tell() {
    const spec = this.ctx.spec(), loss = spec?.training.loss ?? "";
    const kind = `${spec?.model.family} ${loss}`;
    if (this.family === kind) return;
    this.family = kind;
    try {
      const read = (/** @type {Response} */ response) => response.json();
      /** @type {About} */
      const { formulas, codes } = await request("/nnviz/distributions/about", read);
      if (this.family !== kind) return;
      const own = spec?.model.family === "scratch";
      this.formulas.replaceChildren(...[...(own ? [loss, "forward", "delta", "gradient"] : []), "width"]
        .filter((name) => formulas[name]).map((name) => formula(formulas[name])));
      this.folds.replaceChildren(
        ...(own ? [codeFold(codes.network, "The code that trains: the network in NumPy")] : []),
        codeFold(codes.spread, "The code that computes these histograms"));
    } catch (error) {
      this.family = "";
      this.say(/** @type {any} */ (error).message);
    }
  }

  draw() {
    const { frame, charts, ctx } = this;
    if (!this.shown || !frame || !window.Plotly) return;
    const { arrays, meta, step, serial } = frame, theme = ctx.theme();
    const [outputs, classes] = arrays.outputs.shape;
    const names = meta.names.map(String);
    options(this.units, [[-1, ALONE], ...Array.from({ length: outputs }, (_, i) =>
      /** @type {[number, string]} */ ([i, outputs === 1 ? "the output" : `output ${i + 1}: ${names[i]}`]))]);
    this.unit = Math.min(this.unit, outputs - 1);
    choose(this.units, this.unit);
    this.units.hidden = outputs === 1;
    options(this.layers, meta.layers.map((/** @type {any} */ { name }, /** @type {number} */ i) => [i, name]));
    this.layer = Math.min(this.layer, meta.layers.length - 1);
    choose(this.layers, this.layer);
    const narrow = this.boxes.outputs.clientWidth < NARROW, many = outputs > 4;
    const columns = narrow ? (many ? 2 : 1) : many ? 5 : 2;
    const rows = this.unit >= 0 ? 1 : Math.ceil(outputs / Math.min(columns, outputs));
    this.boxes.outputs.style.setProperty("--nnh-rows", String(rows));
    const values = { arrays, meta, layer: this.layer, revision: `${this.layer} ${this.unit}` };
    const state = [serial, this.layer, this.unit], { layer } = this, about = meta.layers[layer];
    charts.outputs.draw(values, theme, { outputs, classes, columns, unit: this.unit }, state);
    charts.weights.draw(values, theme, { what: "weights" }, state);
    charts.sums.draw(values, theme, { what: "sums" }, state);
    const some = meta.n < meta.of ? `the first ${count(meta.n)} of ${count(meta.of)}` : `all ${count(meta.n)}`;
    const mixed = outputs > 1 && classes > 3 && this.unit < 0;
    const other = mixed ? " Of each output, its own class against all others." : "";
    write(this.said, `Filled: now, at step ${count(step)}; dotted: before the training. Of ${some} training samples, `
      + `in 50 bins.${other}`);
    write(this.words.weights, about.words.weights);
    write(this.words.sums, about.words.sums);
    label(this.boxes.weights, `histogram of the weights of the ${about.name}. ${about.words.weights}`);
    label(this.boxes.sums, `histogram of the sums of the ${about.name}. ${about.words.sums}`);
    const all = Object.values(charts).every((chart) => chart.drawn);
    Object.assign(this.root.dataset, { step, run: ctx.run() ?? "", charts: all });
  }
}
