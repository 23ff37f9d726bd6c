// The playground's instrument: network, boundary, curves and transport bar around one run. Streamlit gives the setting
// (spec, samples, untrained preview); everything that moves comes over the live socket and is drawn in the next animation frame.

import { features, forward, layersOf } from "./arithmetic.js";
import { Bar } from "./bar.js";
import { Boundary, Curves } from "./charts.js";
import { Heads, NumberField } from "./editor.js";
import { explain, neuronName } from "./explain.js";
import { Network } from "./network.js";
import { slower } from "./note.js";
import { Panels } from "./panels.js";
import { loadPlotly } from "./plotly.js";
import { RunClient } from "./run.js";
import { readTheme } from "./theme.js";
import { decodeFrame, fromBase64 } from "./wire.js";

const VIEW = { speed: "2epochs", discretize: false, validation: false, log: false, smooth: 0, axis: "epoch", curve: "loss", present: false, hide: [] };

const instances = new WeakMap();

/** Called by Streamlit on every change of data or theme. The network is there at once, the charts when Plotly is. */
export function render(component) {
  const host = component.parentElement;
  if (!host.isConnected) return;
  let instrument = instances.get(host);
  if (!instrument) instances.set(host, (instrument = new Instrument(host)));
  instrument.receive(component);
}

export function dispose(host) {
  instances.get(host)?.dispose();
  instances.delete(host);
}

class Instrument {
  constructor(host) {
    this.host = host;
    this.drawn = 0;
    this.client = new RunClient({ changed: () => this.ask(), say: (text, kind) => this.panels.note.say(text, kind), view: VIEW });
    this.build();
    this.resize = new ResizeObserver(() => { this.fit(); this.ask(); });
    this.resize.observe(document.body);
    this.resize.observe(this.root);
  }

  build() {
    const { client } = this;
    const panels = (this.panels = new Panels((changes) => client.setView(changes), () => slower(client)));
    ({ root: this.root, canvas: this.canvas } = panels);
    this.host.replaceChildren(this.root);
    this.bar = new Bar(panels.bar, {
      play: () => client.play(), step: () => client.step("step"), epoch: () => client.step("epoch"), reset: () => client.reset(),
      dice: () => client.dice(), speed: (speed) => client.setView({ speed }), film: (at) => client.rewind(at), fork: () => client.fork(),
    });
    this.heads = new Heads(panels.heads, (layers) => client.setting({ layers }));
    this.field = new NumberField(panels.stage, (item, value) => this.edit(item, value), () => this.canvas.focus());
    this.network = new Network(this.canvas, {
      hover: (item) => { this.item = item; this.ask(); },
      pinned: () => this.pinned,
      select: (item, e) => this.select(item, e),
      toggleInput: (name) => this.toggleInput(name),
    });
    this.boundary = new Boundary(panels.boundary, { sample: (s, pin) => { if (pin) this.pinnedSample = s; this.sampleAt = s; this.ask(); }, zoomed: () => this.ask() });
    this.curves = new Curves(panels.curves);
  }

  receive(component) {
    const [data] = component.data;
    const size = data.view.present ? 16 : 12, theme = readTheme(this.root, data.palette);
    this.theme = { ...theme, size, key: `${theme.key}:${size}` };
    this.root.dataset.present = data.view.present ? "1" : "";
    this.root.dataset.hide = (data.view.hide ?? []).join(" ");
    this.activations = data.activations;
    this.lossName = data.loss_name;
    this.untrained = data.untrained;
    if (!this.client.receive(component, () => this.adopt(data))) return;
    this.client.view.present = Boolean(data.view.present);
    this.ask();
  }

  /** Another setting: its samples, and its network before any training. */
  adopt(data) {
    this.preview = decodeFrame(fromBase64(data.preview));
    this.preview.serial = ++this.client.serial;
    this.samples = decodeFrame(fromBase64(data.samples));
    this.samples.key = this.client.serial;
    this.pinnedSample = null;
  }

  // ---- what the visitor does ---------------------------------------------------------------------------------------------

  edit(item, value) {
    this.client.edit({ do: "edit", layer: item.layer, what: item.kind === "bias" ? "bias" : "kernel", row: item.from ?? 0, column: item.unit, value });
  }

  select(item, event) {
    if (!item || item.kind === "neuron" || this.client.view.hide.includes("edit")) {
      this.pinned = item?.kind === "neuron" && this.pinned?.layer === item.layer && this.pinned?.unit === item.unit ? null : item;
      this.field.close();
      return this.ask();
    }
    const layer = this.model.layers[item.layer];
    const value = item.kind === "bias" ? layer.b(item.unit) : layer.W(item.from, item.unit);
    const stage = this.canvas.parentElement.getBoundingClientRect();
    const title = item.kind === "bias" ? `bias of ${neuronName(item, this.model.layers)}` : `weight to ${neuronName(item, this.model.layers)}`;
    return this.field.open(title, value, event.clientX - stage.left + this.canvas.parentElement.scrollLeft, event.clientY - stage.top, item);
  }

  toggleInput(name) {
    if (this.client.view.hide.includes("inputs")) return undefined;
    const now = this.client.pending.inputs ?? this.client.spec.data.inputs;
    if (now.includes(name) && now.length === 1) return this.client.say("The network needs at least one input.", "warning");
    const all = ["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"];
    return this.client.setting({ inputs: all.filter((n) => (n === name ? !now.includes(n) : now.includes(n))) });
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  ask() {
    if (this.asked || !this.client.spec) return;
    this.asked = requestAnimationFrame(() => { this.asked = null; this.draw(); });
  }

  draw() {
    if (!this.root.isConnected || !this.preview) return;
    this.fit();
    const { client, theme } = this, { spec, view, run, film, status } = client;
    client.refreshFilm();
    const frame = client.shown() ?? this.preview, data = this.samples;
    const layers = layersOf(frame);
    const inputs = frame.meta.inputs ?? data.meta.inputs;
    this.model = { layers, inputs };
    const at = this.sampleAt ?? this.pinnedSample;
    const first = { x1: data.arrays.x.data[0], x2: data.arrays.x.data[1] };
    const spot = at ?? first;
    const input = features(inputs, data.meta, spot.x1, spot.x2);
    const passes = forward(layers, input);
    const sample = { ...spot, input, passes, chosen: Boolean(at) };
    const item = this.item ?? this.pinned ?? null;
    const last = client.lastRow(film.frames.network?.step) ?? this.untrained;
    this.bar.draw({ status, place: run?.place, mine: run?.mine ?? true, last, view, seconds: last?.seconds, online: client.online, canContinue: Boolean(client.continuable()), film: client.filmState });
    const wide = `${134 + 60 * layers.length}px`; // below it the heads of the layers would lie on each other: the stage scrolls
    if (this.wide !== wide) this.root.style.setProperty("--nnv-wide", (this.wide = wide));
    this.network.draw({ frame, data, model: this.model, theme, view, sample: at ? sample : null });
    const places = this.network.places?.slice(1, -1).map((c) => c[0]?.x ?? 0) ?? [];
    const wanted = spec.model.layers.filter((l) => l.kind === "dense").length;
    if (places.length === wanted) this.heads.draw({ spec, activations: this.activations, places, width: this.canvas.clientWidth });
    const text = explain({ item, model: this.model, sample: at || item ? sample : null, data, where: at ? "" : "the first sample" });
    this.panels.showCard(text);
    const focus = this.focusOf(item, layers), regression = data.meta.problem === "regression";
    this.panels.title.textContent = focus?.label ?? (regression ? "Prediction" : "Decision");
    if (window.Plotly) {
      this.boundary.draw({ frame, data, theme, view, focus });
      this.drawCurves(data, theme, view);
    }
    this.panels.showLegend(data, theme);
    this.panels.showView(view, regression);
    this.canvas.setAttribute("aria-label", `Network with inputs ${inputs.join(", ")} and layers of ${layers.map((l) => l.units).join(", ")} neurons. ${status}, epoch ${last?.epoch ?? 0}, training loss ${last?.loss ?? "not known yet"}. Shift and arrow keys walk from neuron to neuron; Enter changes what is lit.`);
    Object.assign(this.root.dataset, { frame: frame.serial === this.shownSerial ? this.drawn : ++this.drawn, layers: JSON.stringify(layers.map(({ units, inputs: n }) => ({ units, inputs: n }))), step: frame.step, status, run: run?.id ?? "", source: client.frames.network ? "live" : "preview", charts: Boolean(window.Plotly) });
    this.shownSerial = frame.serial;
    // Only now: reading 4.5 MB of script keeps the page busy for a second, in which the network can be seen already.
    if (!window.Plotly) requestAnimationFrame(() => loadPlotly().then(() => this.ask(), (error) => client.say(`${error.message}: reload the page`, "error")));
    client.live.drawn();
  }

  /** The curves change little from frame to frame: three times a second is enough while they only grow. */
  drawCurves(data, theme, view) {
    const { client } = this, { history } = client, film = client.film.frames.network;
    const mark = film ? client.lastRow(film.step)?.[view.axis] : undefined;
    const key = [theme.key, JSON.stringify(view), mark, client.run?.id, client.status, this.lossName, this.root.clientWidth, this.root.clientHeight].join();
    const wait = key === this.curvesKey ? 300 - (performance.now() - (this.curvesAt ?? 0)) : 0;
    clearTimeout(this.curvesTimer);
    if (wait > 0) { this.curvesTimer = setTimeout(() => this.ask(), wait); return; }
    const length = history.step.length, end = history.step[length - 1];
    if (key === this.curvesKey && this.curvesEnd === `${length}:${end}`) return;
    [this.curvesKey, this.curvesAt, this.curvesEnd] = [key, performance.now(), `${length}:${end}`];
    this.curves.draw({ history, theme, view, lossName: this.lossName, regression: data.meta.problem === "regression", mark });
  }

  focusOf(item, layers) {
    if (item?.kind === "input") return { input: item.name, label: `Input ${item.name}` };
    if (item?.kind !== "neuron") return null;
    if (!layers[item.layer] || item.unit >= layers[item.layer].units) return null;
    const index = layers.slice(0, item.layer).reduce((n, l) => n + l.units, 0) + item.unit;
    if (item.layer === layers.length - 1 && layers.at(-1).units === 1) return null;
    return { index, label: neuronName(item, layers).replace(/^./, (c) => c.toUpperCase()) };
  }

  /** The whole instrument on one screen: its height is what is left below what stands above it. */
  fit() {
    const scroll = this.root.closest("[data-testid=stMain]")?.scrollTop ?? 0;
    const above = `${Math.round(this.root.getBoundingClientRect().top + scroll + 17)}px`;
    if (this.above !== above) this.root.style.setProperty("--nnv-above", (this.above = above));
  }

  dispose() {
    this.client.close();
    this.bar.dispose();
    this.resize.disconnect();
    clearTimeout(this.curvesTimer);
    if (this.asked) cancelAnimationFrame(this.asked);
    for (const chart of [this.boundary, this.curves]) if (chart.drawn) chart.purge();
  }
}
