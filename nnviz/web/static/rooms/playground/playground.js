// The Playground: network, boundary, curves and transport bar around one run. Streamlit gives the setting
// (spec, samples, untrained preview); everything that moves comes over the live socket and is drawn in the next
// animation frame.

import { features, forward, layersOf } from "../../kit/arithmetic.js";
import { Bar } from "../../kit/bar.js";
import { RunBefore, trained } from "../../kit/before.js";
import { Boundary } from "../../figures/boundary.js";
import { Chart } from "../../figures/chart.js";
import { explain, neuronName } from "./explain.js";
import { LayerControls } from "./layer_controls.js";
import { Network } from "../../figures/network.js";
import { NumberField } from "./number_field.js";
import { Panels } from "./panels.js";
import { Pace } from "../../kit/pace.js";
import { Room, component } from "../../kit/room.js";
import { RunClient } from "../../kit/run.js";
import { label, messageOf, write } from "../../kit/dom.js";
import { count } from "../../kit/numbers.js";
import { FEATURES } from "../../schema.js";
import { decodeFrame, fromBase64 } from "../../kit/wire.js";

/** @typedef {import("../../figures/network_layout.js").Item} Item */
/** @typedef {import("../../figures/boundary.js").Place} Place */
/** @typedef {import("./explain.js").Model} Model */

// What of the view is one click away until it is in use.
const SEEN = ["discretize", "validation", "log", "smooth", "axis"];

/** Whether a layer has something that is not the model's own. @param {Spec} spec */
const ownLayers = ({ model }) => model.layers.some((layer) => layer.kind !== "dense" || layer.activation);

class Playground extends Room {
  /** @param {HTMLElement} host @param {any} data */
  constructor(host, data) {
    super(host);
    this.drawn = 0;
    this.given = data;
    this.wide = "";
    this.shownSerial = -1;
    /** @type {Frame | null} the network before any training */
    this.preview = null;
    /** @type {Frame | null} */
    this.samples = null;
    /** @type {Model} */
    this.model = { layers: [], inputs: [], threshold: 0 };
    /** @type {Item | null} what of the network is pointed at, and what was chosen */
    this.item = null;
    /** @type {Item | null} */
    this.pinned = null;
    /** @type {Place | null} the sample or place that is pointed at, and the one that was chosen */
    this.place = null;
    /** @type {Place | null} */
    this.pinnedPlace = null;
    /** @type {import("../../figures/distributions.js").Distributions | null} */
    this.histograms = null;
    this.family = "";
    this.pace = new Pace(() => this.ask());
    const client = (this.client = new RunClient({
      changed: () => this.ask(), say: (...words) => this.panels.note.say(...words), view: data.view,
    }));
    const panels = (this.panels = new Panels((changes) => client.setView(changes), (kind) => client.way(kind)));
    this.canvas = panels.canvas;
    this.mount(panels.root);
    this.bar = new Bar(panels.bar, client.actions);
    this.layerControls = new LayerControls(panels.heads, (layers) => client.setting({ layers }));
    this.field = new NumberField(panels.stage, (item, value) => this.edit(item, value), () => this.canvas.focus());
    this.network = new Network(this.canvas, {
      hover: (item) => { this.item = item; this.ask(); },
      pinned: () => this.pinned,
      select: (item, e) => this.select(item, e),
      toggleInput: (name) => this.toggleInput(name),
    });
    this.boundary = new Boundary(panels.boundary, {
      sample: (place, pin) => { if (pin) this.pinnedPlace = place; this.place = place; this.ask(); },
      zoomed: () => this.ask(),
      draw: (place, named) => this.drawSample(place, named),
    });
    this.curves = new Chart(panels.curves, "curves", { drawn: () => this.ask() });
    this.before = new RunBefore(panels.head, client);
    panels.histograms.addEventListener("toggle", () => this.spread());
  }

  /** @param {Component} given */
  receive(given) {
    const [data] = given.data;
    this.dress(data);
    this.given = data;
    if (!this.client.receive(given, () => this.adopt(data))) return;
    this.ask();
  }

  /** Another setting: its samples, and its network before any training. @param {any} data */
  adopt(data) {
    this.preview = decodeFrame(fromBase64(data.preview));
    this.samples = decodeFrame(fromBase64(data.samples));
    for (const frame of [this.preview, this.samples]) frame.serial = ++this.client.serial;
    this.pinnedPlace = null;
  }

  /** Histograms below the network while they are open; of a network from scratch from the beginning, as its lecture. */
  async spread() {
    const { panels: { histograms: fold, spread: box }, client } = this;
    this.root.dataset.spread = fold.open ? "1" : "";
    this.ask();
    if (!fold.open) { this.histograms?.hide(); return; }
    try {
      const { Distributions } = await import("../../figures/distributions.js");
      if (this.gone) return;
      this.histograms ??= new Distributions(box, {
        run: () => (client.run?.pending ? null : client.run?.id ?? null), spec: () => client.spec,
        step: () => client.shown()?.step ?? 0, filmStep: () => client.filmAt, theme: () => this.theme,
      });
      if (fold.open) this.histograms.show();
    } catch (error) { client.say(`The histograms cannot be shown: ${messageOf(error)}`, "error"); }
  }

  // ---- what the visitor does ----------------------------------------------------------------------------------------

  /** @param {Item} item a link or a bias @param {number} value */
  edit(item, value) {
    if (item.kind === "input") return;
    const { layer, unit: column } = item;
    const at = item.kind === "link" ? { what: "kernel", row: item.from } : { what: "bias", row: 0 };
    this.client.edit({ do: "edit", layer, column, value, ...at });
  }

  /**
   * A click on the map while a class is chosen: a sample there, or the one that was clicked taken away. False: no class
   * is chosen.
   * @param {Place} place @param {Place | null} named
   */
  drawSample({ x1, x2 }, named) {
    const { client, panels: { pen } } = this;
    if (pen.hidden || pen.value === "") return false;
    client.act(named ? { do: "remove", x1: named.x1, x2: named.x2 } : { do: "add", x1, x2, label: Number(pen.value) });
    return true;
  }

  /** @param {Item | null} item @param {import("../../figures/network.js").Spot} spot where its field opens */
  select(item, spot) {
    if (!item || item.kind === "neuron" || item.kind === "input" || this.client.view.hide.includes("edit")) {
      this.pinned = item?.kind === "neuron" && JSON.stringify(item) === JSON.stringify(this.pinned) ? null : item;
      this.field.close();
      this.ask();
      return;
    }
    const { layers } = this.model, layer = layers[item.layer], { stage } = this.panels;
    const value = item.kind === "bias" ? layer.b(item.unit) : layer.W(item.from, item.unit);
    const title = `${item.kind === "bias" ? "bias of" : "weight to"} ${neuronName(item, layers)}`;
    const box = stage.getBoundingClientRect();
    this.field.open(title, value, spot.clientX - box.left + stage.scrollLeft, spot.clientY - box.top, item);
  }

  /** @param {string} name */
  toggleInput(name) {
    const { client } = this;
    if (client.view.hide.includes("inputs")) return;
    /** @type {string[]} */
    const now = client.session.wanted("inputs") ?? client.spec?.data.inputs ?? [];
    const inputs = Object.keys(FEATURES).filter((n) => (n === name ? !now.includes(n) : now.includes(n)));
    if (inputs.length) client.setting({ inputs });
    else client.say("The network needs at least one input.", "warning");
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  draw() {
    const { client, theme, given, preview, samples: data } = this, { spec, view, run, film, status } = client;
    if (!this.root.isConnected || !preview || !data || !spec) return;
    this.fit();
    client.refreshFilm();
    const frame = client.shown() ?? preview, layers = layersOf(frame), { x } = data.arrays;
    /** @type {string[]} */
    const inputs = frame.meta.inputs ?? data.meta.inputs;
    this.model = { layers, inputs, threshold: frame.meta.threshold };
    const at = this.place ?? this.pinnedPlace, spot = at ?? { x1: x.data[0], x2: x.data[1] }; // else the first sample
    const input = features(inputs, data.meta, spot.x1, spot.x2);
    const sample = { ...spot, input, passes: forward(layers, input), chosen: Boolean(at) };
    const item = this.item ?? this.pinned;
    const last = client.lastRow(film.frames.network?.step) ?? given.untrained;
    this.bar.draw(client, last);
    // Below it the heads of the layers would lie on each other: the stage scrolls.
    const wide = `${134 + 60 * layers.length}px`;
    if (this.wide !== wide) this.root.style.setProperty("--nnv-wide", (this.wide = wide));
    this.network.draw({ frame, data, model: this.model, theme, view, sample: at ? sample : null });
    const places = this.network.places.slice(1, -1).map((column) => column[0]?.x ?? 0);
    if (places.length === spec.model.layers.filter((l) => l.kind === "dense").length)
      this.layerControls.draw({ spec, places, width: this.canvas.clientWidth });
    const text = explain({
      item, model: this.model, sample: at || item ? sample : null, data, where: at ? "" : "the first sample",
    });
    this.panels.showCard(text);
    const focus = this.focusOf(item, layers), regression = data.meta.problem === "regression";
    // In the film, where it can be any, the step is what has to be seen; there is no room for both.
    const called = focus?.label ?? (regression ? "Prediction" : "Decision"), step = `step ${count(frame.step)}`;
    write(this.panels.title, client.filmAt === null ? called : step.replace("s", "S"));
    this.panels.title.title = client.filmAt === null ? "" : `${called}, ${step}`;
    if (window.Plotly) {
      this.boundary.draw({ frame, data, theme, view, focus });
      this.drawCurves(regression ? "loss" : view.curve);
    }
    this.panels.showLegend(data, theme);
    this.panels.showPen(data, view.hide.includes("own_data"));
    this.panels.showView(view, regression);
    this.root.dataset.plain = view.more || ownLayers(spec) || SEEN.some((name) => view[name] !== given.usual_view[name])
      ? "" : "1";
    const widths = layers.map((l) => l.units).join(", ");
    label(this.canvas, `Network with inputs ${inputs.join(", ")} and layers of ${widths} neurons. ${status}, epoch `
      + `${last?.epoch ?? 0}, training loss ${last?.loss ?? "not known yet"}. Shift and arrow keys walk from neuron to `
      + "neuron; Enter changes what is lit.");
    Object.assign(this.root.dataset, {
      frame: frame.serial === this.shownSerial ? this.drawn : ++this.drawn,
      layers: JSON.stringify(layers.map(({ units, inputs: n }) => ({ units, inputs: n }))), step: frame.step, status,
      run: run?.id ?? "", source: client.frames.network ? "live" : "preview",
      charts: this.boundary.drawn && this.curves.drawn,
    });
    this.shownSerial = frame.serial ?? -1;
    if (this.family !== spec.model.family) {
      this.family = spec.model.family;
      if (this.family === "scratch") this.panels.histograms.open = true;
    }
    this.histograms?.refresh();
    this.plotly(client.say);
    client.live.drawn();
  }

  /** The curves change little from frame to frame. @param {"loss" | "accuracy"} what */
  drawCurves(what) {
    const { client, theme, given, root } = this, { history, view, before } = client, film = client.film.frames.network;
    const mark = film ? client.lastRow(film.step)?.[view.axis] : undefined;
    const reference = this.before.draw(trained);
    const key = [
      theme.key, view, mark, client.run?.id, client.status, before?.label, before?.history?.step.length,
      given.loss_name, what, root.clientWidth, root.clientHeight,
    ];
    // An edit by hand changes the last row.
    const end = [history.step.length, history.step.at(-1), history.loss.at(-1), history.val_loss.at(-1)];
    if (!this.pace.due(key, end)) return;
    const choices = { what, axis: view.axis, log: view.log && what === "loss", smooth: view.smooth };
    const marks = mark === undefined ? [] : [mark], hint = "No epoch trained yet";
    this.curves.draw({ history, loss_name: given.loss_name, marks, hint }, theme, choices, undefined, reference);
  }

  /**
   * What is drawn in place of the output's answer, with its title.
   * @param {Item | null} item @param {Model["layers"]} layers
   * @returns {({input: string} | {index: number}) & {label: string} | null}
   */
  focusOf(item, layers) {
    if (item?.kind === "input") return { input: item.name, label: `Input ${item.name}` };
    if (item?.kind !== "neuron") return null;
    if (!layers[item.layer] || item.unit >= layers[item.layer].units) return null;
    const index = layers.slice(0, item.layer).reduce((n, l) => n + l.units, 0) + item.unit;
    if (item.layer === layers.length - 1 && layers[item.layer].units === 1) return null;
    return { index, label: neuronName(item, layers).replace(/^./, (c) => c.toUpperCase()) };
  }

  dispose() {
    super.dispose();
    this.client.close();
    this.bar.dispose();
    this.histograms?.dispose();
    this.pace.stop();
    for (const chart of [this.boundary, this.curves]) if (chart.drawn) chart.purge();
  }
}

export const { render, dispose } = component(Playground);
