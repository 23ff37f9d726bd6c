// The digits' instrument: one run on images, seen as curves, filters, mistakes and measures of its layers. Streamlit
// gives the setting and the untrained network; everything that moves comes over the live socket and is drawn in the
// next animation frame.

import { Bar } from "../../kit/bar.js";
import { Chart } from "../../figures/chart.js";
import { Confusion } from "../../figures/confusion.js";
import { DigitData } from "../../kit/digit_data.js";
import { DigitsPanels } from "./digits_panels.js";
import { Filters, marksOf } from "../../figures/filters.js";
import { Gallery } from "../../figures/gallery.js";
import { scope } from "../../kit/numbers.js";
import { OutputWeights } from "../../figures/output_weights.js";
import { Newcomers, judged } from "../../kit/predictions.js";
import { Room, component } from "../../kit/room.js";
import { RunClient, TERMINAL } from "../../kit/run.js";
import { LearningCurves } from "./learning_curves.js";
import { Histograms, meaning } from "../../figures/statistics.js";
import { DigitAlbum } from "../../figures/digit_album.js";
import { sizeOf } from "../../figures/tiles.js";
import { messageOf, write } from "../../kit/dom.js";
import { decodeFrame, fromBase64, visitor } from "../../kit/wire.js";

/** @typedef {Digits["context"]} Context what the rooms within the room may know and do */
/** @typedef {{show(): void, hide(): void, refresh(): void, dispose(): void}} Part a room within the room */
/**
 * @typedef {{filters: Frame | null, predictions: import("../../kit/predictions.js").Judged | null,
 *   statistics: Frame | null, newest: Frame | null}} Shown the frames that are on the screen
 */

const SEEN = ["axis", "log", "smooth", "scale"]; // what of the view is one click away until it is in use
const STRIP = 40;
/**
 * Rooms within the room, fetched when first wanted.
 * @type {Record<string, (root: HTMLElement, context: Context) => Promise<Part>>}
 */
const PARTS = {
  draw: async (...given) => new (await import("./draw.js")).Draw(...given),
  rotated: async (...given) => new (await import("./rotated.js")).Rotated(...given),
  training: async (...given) => new (await import("./training.js")).TrainingImages(...given),
  histograms: async (...given) => new (await import("../../figures/distributions.js")).Distributions(...given),
  compare: async (...given) => new (await import("./compare.js")).Compare(...given),
};

export class Digits extends Room {
  /** @param {HTMLElement} host @param {any} data */
  constructor(host, data) {
    super(host);
    /** @type {{layer: number, histogram: number, measure: string, threshold: number, unit: number | null}} */
    this.own = { layer: 0, histogram: 0, measure: "gradient", threshold: 0.75, unit: null };
    /** @type {Record<string, Frame>} */
    this.preview = {};
    this.given = data;
    /** @type {string[]} */
    this.names = [];
    this.data = new DigitData(data.data_query, data.split);
    this.dataKey = "";
    this.opened = this.chained = false;
    this.lookedAt = this.entered = this.shownFrames = "";
    /** @type {import("./detail.js").Detail | null} */
    this.detail = null;
    /** @type {import("./chain.js").Chain | null} */
    this.chain = null;
    /** @type {Record<string, Part>} */
    this.rooms = {};
    this.drawn = 0;
    this.fitted = -Infinity; // when its height was last looked at
    /** @type {Frame | null} */
    this.evaluated = null;
    this.evaluatedAt = this.evaluationTimer = 0;
    this.newcomers = new Newcomers();
    const client = (this.client = new RunClient({
      changed: () => this.ask(), say: (...words) => this.panels.note.say(...words), view: data.view,
      views: ["predictions", "filters", "statistics"], stills: true,
    }));
    const look = (/** @type {Record<string, any>} */ changes) => { Object.assign(this.own, changes); this.ask(); };
    const p = (this.panels = new DigitsPanels((changes) => client.setView(changes), look, (kind) => client.way(kind)));
    const { boxes } = p;
    this.root = p.root;
    // The page's block grows when the controls above need another row: then the room stands lower.
    this.mount(this.root, this.host.closest("[data-testid=stMainBlockContainer]"));
    this.bar = new Bar(p.bar, client.actions, { test: true });
    const pin = (/** @type {number | null} */ unit) => look({ unit: this.own.unit === unit ? null : unit });
    const open = this.open.bind(this);
    this.curves = new LearningCurves(p, client, () => this.ask());
    this.filters = new Filters(boxes.filters, () => client.setView({ tab: "inside" }));
    this.large = new Filters(boxes.large, pin, true);
    this.output = new OutputWeights(boxes.output, pin);
    this.measure = new Chart(boxes.measureChart, "measures");
    this.histograms = new Histograms(boxes.histogram);
    this.confusion = new Confusion(boxes.confusion, (cell) => {
      this.gallery.only(cell);
      client.setView({ tab: "mistakes" });
    });
    this.strip = new DigitAlbum(boxes.strip, open, "newest mistakes");
    boxes.strip.addEventListener("pointerleave", () => this.ask());
    this.gallery = new Gallery(boxes.gallery, { open, changed: () => this.ask() });
    this.root.addEventListener("nnd-size", () => this.ask());
  }

  /** @param {Component} given */
  receive(given) {
    const [data] = given.data;
    this.dress(data, 17);
    this.given = data;
    this.names = data.class_names.map(String);
    this.root.dataset.named = this.names.some((name) => name.length > 2) ? "1" : "";
    if (this.client.receive(given, () => this.adopt(data))) {
      // The digit that a link asks for is opened once; after that the visitor decides.
      if (!this.opened && data.view.digit != null) this.open(data.view.digit);
      this.opened = true;
      this.ask();
    }
  }

  /** Another setting: its network before any training, and maybe other digits. @param {any} data */
  adopt(data) {
    this.preview = {};
    for (const text of data.preview) {
      const frame = decodeFrame(fromBase64(text));
      frame.serial = ++this.client.serial;
      this.preview[frame.view] = frame;
    }
    const key = `${data.data_query}&split=${data.split}`;
    if (key === this.dataKey) return;
    this.dataKey = key;
    this.detail?.close();
    this.data = new DigitData(data.data_query, data.split);
    this.data.onload = () => { this.ask(); this.detail?.refresh(); };
    this.data.info().catch((error) => this.client.say(error.message, "error"));
  }

  /** What a room within the room may know and do. */
  get context() {
    const { client } = this, data = () => this.data;
    return {
      get data() { return data(); },
      run: () => (client.run?.pending ? null : client.run?.id ?? null),
      spec: () => client.spec,
      step: () => this.evaluation()?.step ?? 0,
      filmStep: () => client.filmAt,
      predictions: () => this.evaluation(),
      theme: () => this.theme,
      classNames: () => this.names,
      open: this.open.bind(this),
      visitor,
      setView: client.setView.bind(client),
      view: () => client.view,
    };
  }

  /**
   * A digit in the dialog at the side.
   * @param {number} index @param {number[] | null} [order] the digits among which it was chosen
   */
  async open(index, order) {
    try {
      const { Detail } = await import("./detail.js");
      if (this.gone) return;
      this.detail ??= new Detail(this.panels.dialog, this.context);
      this.detail.open(index, order);
    } catch (error) { this.client.say(`The digit cannot be opened: ${messageOf(error)}`, "error"); }
  }

  /**
   * Draw, Rotated, Compare, Data: each comes when it is first looked at, and rests when it is not.
   * @param {string} tab
   */
  async enter(tab) {
    if (this.entered === tab) return;
    this.rooms[this.entered]?.hide();
    this.entered = tab;
    if (!PARTS[tab]) return;
    try {
      const part = this.rooms[tab] ?? await PARTS[tab](this.panels.parts[tab], this.context);
      if (this.gone) return;
      this.rooms[tab] ??= part;
      if (this.entered === tab) this.rooms[tab].show();
    } catch (error) { this.client.say(`This view cannot be shown: ${messageOf(error)}`, "error"); }
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  /** What is to be seen of a view: of the film, of the run, or of the untrained network. @param {string} view */
  frame(view) {
    return this.client.shown(view) ?? this.preview[view] ?? null;
  }

  /**
   * The evaluation that is on the screen: bar, matrix, mistakes and the curve's last point are of this one and change
   * together. The curves take the browser longest to draw: while a run goes on the next evaluation waits until they are
   * worth their time again.
   */
  evaluation() {
    const { client } = this, newest = this.frame("predictions"), shown = this.evaluated;
    const live = client.run && client.filmAt === null && client.status === "running" && shown?.run === newest?.run;
    const wait = live && newest !== shown ? 8 * this.curves.took - (performance.now() - this.evaluatedAt) : 0;
    clearTimeout(this.evaluationTimer);
    if (wait > 0) this.evaluationTimer = setTimeout(() => this.ask(), wait);
    else if (newest !== shown) [this.evaluated, this.evaluatedAt] = [newest, performance.now()];
    return this.evaluated;
  }

  /**
   * The bar's numbers: those of the evaluation's own step, as far as they were measured there.
   * @param {Frame | null} evaluation @returns {Row}
   */
  row(evaluation) {
    const { client, given } = this, row = client.lastRow(client.filmAt ?? evaluation?.step);
    if (!client.run || !row) return row ?? given.untrained;
    const own = evaluation?.run === client.run.id ? evaluation : null;
    const { train, validation, split, loss, accuracy } = own?.meta ?? {};
    const held = split === "validation" ? { loss, accuracy }
      : validation ?? (train && row.step !== own?.step ? { loss: null, accuracy: null } : null);
    return {
      ...row, ...(own && train ? { epoch: own.epoch, step: own.step } : {}),
      loss: train?.loss ?? row.recent_loss ?? row.loss,
      accuracy: train?.accuracy ?? row.recent_accuracy ?? row.accuracy,
      val_loss: held ? held.loss : row.val_loss, val_accuracy: held ? held.accuracy : row.val_accuracy,
    };
  }

  draw() {
    if (!this.root.isConnected || !this.dataKey) return;
    const { client, panels, own, names, given } = this, { view, run, status } = client, now = performance.now();
    // What stands above may have come late without a change of any size.
    if (now - this.fitted > 1000) { this.fitted = now; this.fit(); }
    client.refreshFilm();
    const newest = this.evaluation(), filters = this.frame("filters"), statistics = this.frame("statistics");
    const predictions = judged(newest, this.data.labels), shown = { newest, predictions, filters, statistics };
    const tab = panels.pages[view.tab] ? view.tab : "overview";
    if (this.lookedAt && this.lookedAt !== tab) this.detail?.close(); // it lies over what was turned to
    this.lookedAt = tab;
    panels.showTab(tab);
    this.enter(tab);
    panels.showView(view, own);
    this.root.dataset.plain = view.more || SEEN.some((name) => view[name] !== given.usual_view[name]) ? "" : "1";
    const layers = filters?.meta.layers.map((/** @type {{name: string}} */ layer) => layer.name) ?? [];
    panels.showNames({ layers, measured: statistics?.meta.layers ?? [], names });
    const whole = client.svm ? "an SVM is fitted in one go, there is nothing to stop at" : "";
    this.bar.draw(client, this.row(newest), { test: newest, whole });
    if (client.spec) {
      const locked = Boolean(run && !run.mine && !TERMINAL.has(status)), { summary } = given;
      this.chain?.draw({ spec: client.spec, summary, locked });
    }
    if (!this.chained) this.loadChain();
    this.blanks(shown);
    panels.showSteps({ predictions: newest, filters, statistics }, client.filmAt !== null);
    if (tab === "overview") this.drawOverview(shown);
    if (tab === "inside") this.drawInside(shown);
    if (tab === "mistakes" && predictions) {
      this.gallery.draw({ ...this.common, frame: predictions, bottom: this.below() });
    }
    if (tab === "training" || tab === "histograms") this.rooms[tab]?.refresh(); // the setting may be another one
    const serials = [newest, filters, statistics].map((frame) => frame?.serial).join(":");
    const step = Math.max(...[newest, filters, statistics].map((f) => f?.step ?? 0));
    if (serials !== this.shownFrames) {
      this.drawn += 1;
      this.detail?.refresh();
      this.rooms[tab]?.refresh();
    }
    this.shownFrames = serials;
    Object.assign(this.root.dataset, {
      frame: this.drawn, step, status, run: run?.id ?? "", tab, source: client.frames.predictions ? "live" : "preview",
      charts: Boolean(window.Plotly), wrong: newest ? newest.meta.n - newest.meta.correct : "",
      film: client.filmAt ?? "",
    });
    this.plotly(client.say);
    client.live.drawn();
  }

  /** What every figure of digits is told. */
  get common() { return { theme: this.theme, names: this.names, data: this.data, key: this.dataKey }; }

  /**
   * What stands where there is nothing to show: an SVM has no filters before it is fitted, and some networks none at
   * all.
   * @param {Shown} shown
   */
  blanks({ filters, predictions, statistics }) {
    const { panels, client: { svm, run } } = this, output = filters?.meta.output;
    const fitted = svm ? "The SVM shows its strongest support vectors here when it is fitted." : "";
    const none = svm ? "An SVM has no output weights." : "The last hidden layer is not a dense one of at most 1,024 "
      + "neurons: there are no output weights to show.";
    const unsaid = !svm ? "The digits are on their way." : run ? "The SVM is being fitted."
      : "Press Train: the SVM has said nothing yet.";
    const unmeasured = svm ? "An SVM has no layers."
      : "Press Train: gradients, activations and weights of each layer, from the first step on.";
    panels.blank("filters", filters ? "" : fitted || "No filters to show.");
    panels.blank("large", filters ? "" : fitted || "No filters to show.");
    // Without them the other panels have their place.
    panels.pages.inside.dataset.output = output ? "1" : "";
    panels.blank("output", output ? "" : none);
    panels.blank("confusion", predictions ? "" : unsaid);
    panels.blank("measureChart", statistics ? "" : unmeasured);
    panels.blank("histogram", statistics ? "" : unmeasured);
  }

  /** @param {Shown} shown */
  drawOverview({ newest, predictions, filters }) {
    const { panels, client, theme, names } = this, { view } = client, { boxes, menus } = panels;
    if (filters) this.filters.draw({ frame: filters, layer: 0, scale: view.scale, theme, marks: null, pinned: null });
    if (predictions) {
      this.confusion.draw({ frame: predictions, theme, names });
      panels.scope.textContent = scope(predictions);
      const wide = (names.some((name) => name.length > 2) ? 7.2 : 5.9) * theme.size;
      const fit = Math.floor(sizeOf(boxes.strip)[0] / wide), held = this.strip.held && this.strip.now;
      const taken = this.newcomers.take(predictions).slice(0, Math.min(STRIP, fit));
      this.strip.draw({ ...this.common, rows: held ? held.rows : taken, columns: fit, capacity: fit });
    }
    panels.blank("strip", predictions && predictions.meta.correct === predictions.meta.n ? "Not one mistake." : "");
    const both = sizeOf(panels.charts)[1] > 27 * theme.size;
    menus.curve.hidden = both;
    // It has no course.
    for (const control of [menus.axis, menus.smooth, panels.log.root]) control.hidden = client.svm;
    boxes.accuracyChart.hidden = !both && view.curve !== "accuracy";
    boxes.lossChart.hidden = !both && view.curve === "accuracy";
    if (window.Plotly) this.curves.draw(newest, this.given, theme, both ? ["accuracy", "loss"] : [view.curve]);
  }

  /** @param {Shown} shown */
  drawInside({ filters, statistics }) {
    const { own, panels, theme, names, client: { view } } = this, of = Math.min(view.of ?? 0, names.length - 1);
    if (filters) {
      const layer = Math.min(own.layer, filters.meta.layers.length - 1);
      // D5: the class reads these very neurons.
      const read = filters.meta.layers[layer].name === filters.meta.output?.from_layer;
      this.large.draw({
        frame: filters, layer, scale: view.scale, theme, marks: read ? marksOf(filters, of, own.threshold) : null,
        pinned: own.unit,
      });
      if (filters.meta.output)
        this.output.draw({ frame: filters, of, threshold: own.threshold, theme, names, pinned: own.unit });
    }
    if (!statistics) return;
    this.histograms.draw({ frame: statistics, layer: own.histogram, axis: view.axis, theme });
    write(panels.measureHint, meaning(own.measure, statistics.meta));
    const { arrays, meta, serial } = statistics, axis = view.axis === "step" ? "step" : "epoch";
    this.measure.draw({ arrays, meta }, theme, { measure: own.measure, axis }, serial);
  }

  async loadChain() {
    this.chained = true;
    try {
      const { Chain } = await import("./chain.js");
      if (this.gone) return;
      this.chain = new Chain(this.panels.chain, (layers) => this.client.setting({ layers }));
      this.ask();
    } catch (error) { this.client.say(`The network's layers cannot be shown: ${messageOf(error)}`, "error"); }
  }

  /** Pixels of the screen below the tabs. */
  below() {
    const { bar, chain, tabs } = this.panels, above = parseInt(this.above || "168", 10);
    return [bar, chain, tabs.root].reduce((left, part) => left - 8 - sizeOf(part)[1], innerHeight - above);
  }

  dispose() {
    super.dispose();
    this.client.close();
    this.bar.dispose();
    for (const part of [this.chain, this.detail, ...Object.values(this.rooms)]) part?.dispose();
    clearTimeout(this.evaluationTimer);
    const { curves, measure, filters, large, output, histograms, confusion, strip, gallery: { tiles } } = this;
    for (const part of [curves, measure, filters, large, output, histograms, confusion, strip, tiles]) part.purge();
  }
}

export const { render, dispose } = component(Digits);
