// The digits' instrument: one run on images, seen as curves, filters, mistakes and measures of its layers. Streamlit gives the setting
// and the untrained network; everything that moves comes over the live socket and is drawn in the next animation frame.

import { BandCurves } from "./band_curves.js";
import { Bar } from "./bar.js";
import { Confusion } from "./confusion.js";
import { DigitData } from "./digit_data.js";
import { DigitsPanels } from "./digits_panels.js";
import { Filters, marksOf } from "./filters.js";
import { Gallery } from "./gallery.js";
import { slower } from "./note.js";
import { OutputWeights } from "./output_weights.js";
import { loadPlotly } from "./plotly.js";
import { Newcomers, judged } from "./predictions.js";
import { RunClient, TERMINAL } from "./run.js";
import { Histograms, MEASURES, MeasureLines } from "./statistics.js";
import { readTheme } from "./theme.js";
import { Tiles } from "./tile_row.js";
import { sizeOf } from "./tiles.js";
import { decodeFrame, fromBase64, visitor } from "./wire.js";

const VIEW = { speed: "full", tab: "overview", curve: "accuracy", axis: "epoch", log: false, smooth: 0, scale: "layer", of: 0, digit: null, present: false, hide: [] };
const STRIP = 40;
/** Rooms within the room that are fetched when first wanted: tab → [file, class]. */
const MODULES = { draw: ["./draw.js", "Draw"], rotated: ["./rotated.js", "Rotated"], compare: ["./compare.js", "Compare"] };

const instances = new WeakMap();

/** Called by Streamlit on every change of data or theme. */
export function render(component) {
  const host = component.parentElement;
  if (!host.isConnected) return;
  let instrument = instances.get(host);
  if (!instrument) instances.set(host, (instrument = new DigitsInstrument(host)));
  instrument.receive(component);
}

export function dispose(host) {
  instances.get(host)?.dispose();
  instances.delete(host);
}

class DigitsInstrument {
  constructor(host) {
    this.host = host;
    this.own = { layer: 0, histogram: 0, measure: "gradient", threshold: 0.75, unit: null };
    this.preview = {};
    this.drawn = 0;
    this.rooms = {};
    this.newcomers = new Newcomers();
    this.client = new RunClient({
      changed: () => this.ask(), say: (text, kind) => this.panels.note.say(text, kind), view: VIEW,
      views: ["predictions", "filters", "statistics"], stills: true,
    });
    this.build();
    this.root.addEventListener("nnd-size", () => this.ask());
    this.resize = new ResizeObserver(() => { this.fit(); this.ask(); });
    // The page's block grows when the controls above need another row: then the instrument stands lower.
    for (const box of [document.body, this.root, this.root.closest("[data-testid=stMainBlockContainer]")]) if (box) this.resize.observe(box);
  }

  build() {
    const { client } = this, look = (changes) => { Object.assign(this.own, changes); this.ask(); };
    const p = (this.panels = new DigitsPanels((changes) => client.setView(changes), look, () => slower(client)));
    this.root = p.root;
    this.host.replaceChildren(this.root);
    this.bar = new Bar(p.bar, {
      play: () => client.play(), step: () => client.step("step"), epoch: () => client.step("epoch"), reset: () => client.reset(),
      dice: () => client.dice(), speed: (speed) => client.setView({ speed }), film: (at) => client.rewind(at), fork: () => client.fork(),
    }, { test: true });
    const pin = (unit) => look({ unit: this.own.unit === unit ? null : unit });
    const open = (index, order) => this.open(index, order);
    this.charts = { accuracy: new BandCurves(p.accuracyChart), loss: new BandCurves(p.lossChart) };
    this.filters = new Filters(p.filters, () => client.setView({ tab: "inside" }));
    this.large = new Filters(p.large, pin);
    this.output = new OutputWeights(p.output, pin);
    this.measure = new MeasureLines(p.measureChart);
    this.histograms = new Histograms(p.histogram);
    this.confusion = new Confusion(p.confusion, (cell) => { this.gallery.only(cell); client.setView({ tab: "mistakes" }); });
    this.strip = new Tiles(open, "newest mistakes");
    p.strip.append(this.strip.root);
    this.strip.root.addEventListener("pointerleave", () => this.ask());
    this.gallery = new Gallery(p.gallery, { open, changed: () => this.ask() });
  }

  receive(component) {
    const [data] = component.data;
    const size = data.view.present ? 17 : 12, theme = readTheme(this.root, data.palette);
    this.theme = { ...theme, size, key: `${theme.key}:${size}` };
    this.root.dataset.hide = (data.view.hide ?? []).join(" ");
    this.root.dataset.dark = this.theme.dark ? "1" : "";
    this.root.dataset.present = data.view.present ? "1" : "";
    this.given = data;
    this.names = data.class_names.map(String);
    this.root.dataset.named = this.names.some((name) => name.length > 2) ? "1" : "";
    if (this.client.receive(component, () => this.adopt(data))) {
      this.client.view.present = Boolean(data.view.present);
      // The digit that a link asks for is opened once; after that the visitor decides.
      if (!this.opened && data.view.digit != null) this.open(data.view.digit);
      this.opened = true;
      this.ask();
    }
  }

  /** Another setting: its network before any training, and maybe other digits. */
  adopt(data) {
    this.preview = {};
    for (const text of data.preview) {
      const frame = decodeFrame(fromBase64(text));
      frame.serial = ++this.client.serial;
      this.preview[frame.view] = frame;
    }
    const key = `${data.data_query}&split=${data.split}`;
    if (key === this.dataKey) return;
    if (this.dataKey) this.client.view.speed = data.view.speed; // an epoch of one set is a moment, of another a minute
    this.dataKey = key;
    this.detail?.close();
    this.data = new DigitData(data.data_query, data.split);
    this.data.onload = () => { this.loaded = (this.loaded ?? 0) + 1; this.ask(); this.detail?.refresh(); };
    this.data.info().catch((error) => this.client.say(error.message, "error"));
  }

  /** What the rooms within the room may know and do. */
  get context() {
    const { client } = this, me = this;
    return {
      get data() { return me.data; },
      get colors() { return me.theme.classes; },
      run: () => (client.run?.pending ? null : client.run?.id ?? null),
      running: () => Boolean(client.run) && !TERMINAL.has(client.status) && client.status !== "paused",
      spec: () => client.spec,
      step: () => this.frame("predictions")?.step ?? 0,
      filmStep: () => client.filmAt,
      predictions: () => this.frame("predictions"),
      theme: () => this.theme,
      classNames: () => this.names,
      open: (index, order) => this.open(index, order),
      visitor,
      say: (text, kind) => client.say(text, kind),
      setView: (changes) => client.setView(changes),
      view: () => client.view,
    };
  }

  /** A digit in the dialog at the side. */
  async open(index, order) {
    try {
      const { Detail } = await import("./detail.js");
      if (this.gone) return;
      this.detail ??= new Detail(this.panels.dialog, this.context);
      this.detail.open(index, order);
    } catch (error) { this.client.say(`The digit cannot be opened: ${error.message}`, "error"); }
  }

  /** Draw, Rotated, Compare: each comes when it is first looked at, and rests when it is not. */
  async enter(tab) {
    if (this.entered === tab) return;
    this.rooms[this.entered]?.hide();
    this.entered = tab;
    if (!MODULES[tab]) return;
    try {
      const [file, name] = MODULES[tab];
      const room = (await import(file))[name];
      if (this.gone) return;
      this.rooms[tab] ??= new room(this.panels[tab], this.context);
      if (this.entered === tab) this.rooms[tab].show();
    } catch (error) { this.client.say(`This view cannot be shown: ${error.message}`, "error"); }
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  ask() {
    if (this.asked || !this.client.spec) return;
    this.asked = requestAnimationFrame(() => { this.asked = null; this.draw(); });
  }

  /** What is to be seen of a view: of the film, of the run, or of the untrained network. */
  frame(view) {
    return this.client.shown(view) ?? this.preview[view] ?? null;
  }

  draw() {
    if (!this.root.isConnected || !this.data) return;
    const { client, theme, panels, own, names, given } = this, { view, run, status } = client, now = performance.now();
    if (!(now - this.fitted < 1000)) { this.fitted = now; this.fit(); } // what stands above may have come late without a change of any size
    client.refreshFilm();
    const newest = this.frame("predictions"), predictions = judged(newest, this.data.labels), filters = this.frame("filters"), statistics = this.frame("statistics");
    const tab = panels.pages[view.tab] ? view.tab : "overview";
    panels.showTab(tab);
    this.enter(tab);
    panels.showView(view, own);
    panels.showNames({ layers: filters?.meta.layers.map((l) => l.name) ?? [], measured: statistics?.meta.layers ?? [], names });
    const last = client.lastRow(client.filmAt ?? undefined) ?? given.untrained;
    this.bar.draw({ status, place: run?.place, mine: run?.mine ?? true, last, view, seconds: last?.seconds, online: client.online, canContinue: Boolean(client.continuable()), film: client.filmState, test: newest && { ...newest.meta, step: newest.step }, whole: client.spec.model.family === "svm" ? "an SVM is fitted in one go, there is nothing to stop at" : "" });
    this.chain?.draw({ spec: client.spec, summary: given.summary, activations: given.activations, theme, locked: Boolean(run && !run.mine && !TERMINAL.has(status)) });
    if (!this.chain && !this.chained) this.loadChain();
    this.blanks(filters, predictions, statistics);
    const common = { theme, names, data: this.data, key: this.dataKey };
    if (tab === "overview") this.drawOverview({ ...common, predictions, filters, view });
    if (tab === "inside") this.drawInside({ ...common, filters, statistics, view });
    if (tab === "mistakes" && predictions) this.gallery.draw({ ...common, frame: predictions, bottom: this.below() });
    const shown = `${newest?.serial}:${filters?.serial}:${statistics?.serial}`;
    const step = Math.max(...[newest, filters, statistics].map((f) => f?.step ?? 0));
    if (shown !== this.shownFrames) {
      this.drawn += 1;
      this.detail?.refresh();
      this.rooms[tab]?.refresh();
    }
    this.shownFrames = shown;
    Object.assign(this.root.dataset, { frame: this.drawn, step, status, run: run?.id ?? "", tab, source: client.frames.predictions ? "live" : "preview", charts: Boolean(window.Plotly), wrong: newest ? newest.meta.n - newest.meta.correct : "", film: client.filmAt ?? "" });
    if (!window.Plotly) requestAnimationFrame(() => loadPlotly().then(() => this.ask(), (error) => client.say(`${error.message}: reload the page`, "error")));
    client.live.drawn();
  }

  /** What stands where there is nothing to show: an SVM has no filters before it is fitted, and some networks none at all. */
  blanks(filters, predictions, statistics) {
    const svm = this.client.spec.model.family === "svm", fitted = svm ? "The SVM shows its strongest support vectors here when it is fitted." : "";
    const { panels } = this;
    for (const name of ["filters", "large"]) panels.blank(name, filters ? "" : fitted || "No filters to show.");
    panels.pages.inside.dataset.output = filters?.meta.output ? "1" : ""; // without them the other panels have their place
    panels.blank("output", filters?.meta.output ? "" : svm ? "An SVM has no output weights." : "The last hidden layer is not a dense one of at most 1,024 neurons: there are no output weights to show.");
    panels.blank("confusion", predictions ? "" : !svm ? "The digits are on their way." : this.client.run ? "The SVM is being fitted." : "Press Train: the SVM has said nothing yet.");
    for (const name of ["measureChart", "histogram"]) panels.blank(name, statistics ? "" : svm ? "An SVM has no layers." : "Press Train: gradients, activations and weights of each layer, from the first step on.");
  }

  drawOverview({ predictions, filters, view, ...common }) {
    const { panels } = this, { theme, names } = common;
    if (filters) this.filters.draw({ frame: filters, layer: 0, scale: view.scale, theme, marks: null, pinned: null });
    if (predictions) {
      this.confusion.draw({ frame: predictions, theme, names });
      if (!this.strip.held) this.strip.draw(this.newcomers.take(predictions).slice(0, STRIP), common);
    }
    panels.blank("strip", predictions && predictions.meta.correct === predictions.meta.n ? "Not one mistake." : "");
    const both = sizeOf(panels.charts)[1] > 27 * theme.size;
    panels.curve.hidden = both;
    panels.accuracyChart.hidden = !both && view.curve !== "accuracy";
    panels.lossChart.hidden = !both && view.curve === "accuracy";
    if (window.Plotly) this.drawCurves(predictions, theme, view, both ? ["accuracy", "loss"] : [view.curve]);
  }

  /** The curves change little from frame to frame: three times a second is enough while they only grow. */
  drawCurves(predictions, theme, view, wanted) {
    const { client, given } = this, { history } = client, film = client.filmAt;
    const mark = film === null ? undefined : client.lastRow(film)?.[view.axis];
    const boxes = wanted.map((w) => sizeOf(this.charts[w].element));
    const key = [theme.key, JSON.stringify(view), mark, client.run?.id, client.status, wanted, boxes].join();
    const wait = key === this.curvesKey ? 300 - (performance.now() - (this.curvesAt ?? 0)) : 0;
    clearTimeout(this.curvesTimer);
    if (wait > 0) { this.curvesTimer = setTimeout(() => this.ask(), wait); return; }
    const newest = client.frames.predictions ?? predictions, end = [history.step.length, history.step.at(-1), newest?.serial].join();
    if (key === this.curvesKey && this.curvesEnd === end) return;
    [this.curvesKey, this.curvesAt, this.curvesEnd] = [key, performance.now(), end];
    for (const what of wanted) this.charts[what].draw({ what, history, tested: client.run ? newest?.meta : null, validation: given.counts.validation, theme, view, lossName: given.loss_name, mark, hint: "Press Train: the curves grow from here" });
  }

  drawInside({ filters, statistics, view, theme, names }) {
    const { own, panels } = this, of = Math.min(view.of ?? 0, names.length - 1);
    if (filters) {
      const layer = Math.min(own.layer, filters.meta.layers.length - 1);
      const read = filters.meta.layers[layer].name === filters.meta.output?.from_layer; // D5: the class reads these very neurons
      this.large.draw({ frame: filters, layer, scale: view.scale, theme, marks: read ? marksOf(filters, of, own.threshold) : null, pinned: own.unit });
      if (filters.meta.output) this.output.draw({ frame: filters, of, threshold: own.threshold, theme, names, pinned: own.unit });
    }
    if (!statistics) return;
    this.histograms.draw({ frame: statistics, layer: own.histogram, axis: view.axis, theme });
    const words = MEASURES[own.measure][4];
    if (panels.measureHint.textContent !== words) panels.measureHint.textContent = words;
    const key = [statistics.serial, own.measure, view.axis, theme.key, sizeOf(panels.measureChart)].join();
    if (!window.Plotly || key === this.measureKey) return;
    this.measureKey = key;
    this.measure.draw({ frame: statistics, measure: own.measure, axis: view.axis, theme });
  }

  async loadChain() {
    this.chained = true;
    try {
      const { Chain } = await import("./chain.js");
      if (this.gone) return;
      this.chain = new Chain(this.panels.chain, { change: (layers) => this.client.setting({ layers }) });
      this.ask();
    } catch (error) { this.client.say(`The network's layers cannot be shown: ${error.message}`, "error"); }
  }

  /** The whole instrument on one screen: its height is what is left below what stands above it. */
  fit() {
    const scroll = this.root.closest("[data-testid=stMain]")?.scrollTop ?? 0;
    const above = `${Math.round(this.root.getBoundingClientRect().top + scroll + 17)}px`;
    if (this.above !== above) this.root.style.setProperty("--nnv-above", (this.above = above));
  }

  /** Pixels of the screen below the tabs. */
  below() {
    const { bar, chain, tabs } = this.panels;
    return innerHeight - parseInt(this.above ?? 168, 10) - [bar, chain, tabs].reduce((sum, part) => sum + 8 + sizeOf(part)[1], 0);
  }

  dispose() {
    this.gone = true; // what is still being fetched for it comes too late
    this.client.close();
    this.bar.dispose();
    this.resize.disconnect();
    for (const part of [this.chain, this.detail, ...Object.values(this.rooms)]) part?.dispose();
    clearTimeout(this.curvesTimer);
    if (this.asked) cancelAnimationFrame(this.asked);
    for (const chart of [...Object.values(this.charts), this.measure]) chart.purge();
  }
}
