// The playground's instrument: network, boundary, curves and transport bar around one run. Streamlit gives the setting
// (spec, samples, untrained preview); everything that moves comes over the live socket and is drawn in the next animation frame.

import { features, forward, layersOf } from "./arithmetic.js";
import { Bar, speedOf } from "./bar.js";
import { Boundary, Curves, bound } from "./charts.js";
import { Heads, NumberField, element } from "./editor.js";
import { explain, neuronName } from "./explain.js";
import { Network } from "./network.js";
import { Panels } from "./panels.js";
import { readTheme } from "./theme.js";
import { Live, decodeFrame, fromBase64 } from "./wire.js";

const COLUMNS = ["epoch", "step", "seconds", "loss", "val_loss", "accuracy", "val_accuracy", "learning_rate", "penalty"];
const emptyHistory = () => Object.fromEntries(COLUMNS.map((c) => [c, []]));
const TERMINAL = new Set(["finished", "stopped", "diverged", "failed", "crashed", "cancelled", "interrupted"]);
const VIEW = { speed: "2epochs", discretize: false, validation: false, log: false, smooth: 0, axis: "epoch", curve: "loss", hide: [] };

const instances = new WeakMap();
let plotly = null;

function loadPlotly() {
  plotly ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve();
    const script = element("script", { src: "/nnviz-assets/plotly.min.js" });
    script.onload = resolve;
    script.onerror = () => reject(new Error("plotly.min.js could not be loaded"));
    document.head.append(script);
    return undefined;
  });
  return plotly;
}

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

/** A spec without what may change under way: two specs that differ only there are the same run. */
function fixed(spec) {
  const copy = structuredClone(spec);
  copy.training.optimizer.learning_rate = 0;
  copy.model.regularizer.rate = 0;
  return canonical(copy);
}
const canonical = (v) => JSON.stringify(v, (_, o) => (o && typeof o === "object" && !Array.isArray(o) ? Object.fromEntries(Object.entries(o).sort()) : o));

class Instrument {
  constructor(host) {
    this.host = host;
    this.view = { ...VIEW };
    this.run = null;
    this.history = emptyHistory();
    this.serial = 0;
    this.drawn = 0;
    this.told = Date.now();
    this.pendingSettings = {};
    this.submissions = []; // runs asked for and not answered yet; answers come in the same order
    this.counter = Date.now(); // numbers this visit's changes; Streamlit names the last that it has taken (ack)
    this.online = true;
    this.film = { rows: [], at: null, frame: null };
    this.build();
    this.live = new Live({ event: (m) => this.event(m), frame: (f) => this.frame(f), online: (on) => this.connected(on) });
    this.resize = new ResizeObserver(() => { this.fit(); this.ask(); });
    this.resize.observe(document.body);
    this.resize.observe(this.root);
  }

  build() {
    const panels = (this.panels = new Panels((changes) => this.setView(changes)));
    ({ root: this.root, canvas: this.canvas, note: this.note } = panels);
    this.host.replaceChildren(this.root);
    this.bar = new Bar(panels.bar, {
      play: () => this.play(), step: () => this.step("step"), epoch: () => this.step("epoch"), reset: () => this.reset(),
      dice: () => this.setting({ seed: ((this.pendingSettings.seed ?? this.spec.seed) + 1) % 2 ** 31 }), speed: (speed) => this.setView({ speed }),
      film: (at) => this.rewind(at), fork: () => this.fork(),
    });
    this.heads = new Heads(panels.heads, (layers) => this.setting({ layers }));
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

  // ---- what Streamlit says -------------------------------------------------------------------------------------------

  receive(component) {
    this.component = component;
    const [data] = component.data;
    this.theme = readTheme(this.root, data.palette);
    this.view.hide = data.view.hide ?? [];
    this.root.dataset.hide = this.view.hide.join(" ");
    this.activations = data.activations;
    this.lossName = data.loss_name;
    this.untrained = data.untrained;
    if (!this.seen) this.view = { ...VIEW, ...data.view };
    // An answer to an earlier click of a quick series says what was, not what the visitor sees: the last answer counts.
    if (Object.keys(this.pendingSettings).length && data.ack && data.ack < this.counter) return;
    this.pendingSettings = {};
    const key = canonical(data.spec);
    if (key !== this.specKey) this.adopt(data, key);
    else this.spec = data.spec; // what was refused goes back
    // A link was opened, or Back and Forward: the run on the screen is the one in the address.
    if (data.link !== this.link && (data.run ?? null) !== (this.run?.id ?? null)) {
      if (this.run) this.leave();
      if (data.run) this.follow(data.run);
    }
    this.link = data.link;
    this.seen = true;
    this.ask();
  }

  adopt(data, key) {
    const before = this.spec;
    this.spec = data.spec;
    this.specKey = key;
    this.preview = decodeFrame(fromBase64(data.preview));
    this.preview.serial = ++this.serial;
    this.samples = decodeFrame(fromBase64(data.samples));
    this.samples.key = this.serial;
    this.pinnedSample = null;
    if (!this.run || !before) return;
    const same = this.run.spec && fixed(this.run.spec) === fixed(data.spec);
    if (!same) return this.leave();
    const rates = { learning_rate: data.spec.training.optimizer.learning_rate, regularization_rate: data.spec.model.regularizer.rate };
    const known = { learning_rate: this.run.spec.training.optimizer.learning_rate, regularization_rate: this.run.spec.model.regularizer.rate, ...this.run.live };
    const changed = Object.fromEntries(Object.entries(rates).filter(([k, v]) => v !== known[k]));
    if (!Object.keys(changed).length) return;
    if (this.run.mine && !TERMINAL.has(this.run.status)) {
      this.run.live = { ...this.run.live, ...changed };
      this.live.send({ do: "set", ...changed });
    } else this.leave();
  }

  /** Let the run go: its network stays in the store, the instrument shows the untrained one again. */
  leave() {
    // Also to one that has no name yet: what is sent after its submit reaches it.
    if (this.run?.mine && !TERMINAL.has(this.run.status)) this.live.send({ do: "stop" });
    this.run = null;
    this.live.watch(null);
    this.liveFrame = null;
    this.film = { rows: [], at: null, frame: null };
    this.history = emptyHistory();
    this.say("");
    this.ask();
  }

  /** A run that was asked for but not answered when the connection broke may never have started: nobody waits for it. */
  connected(on) {
    this.online = on;
    if (!on) this.submissions = [];
    if (!on && this.run?.pending) {
      this.leave();
      this.say("The connection broke before the run began. Press Train again.", "error");
    }
    this.ask();
  }

  /** The address follows. Numbered, since Streamlit hears only of what differs from what it heard last. */
  tellRun(id) {
    this.component.setStateValue("run", { id, n: ++this.told });
  }

  follow(id) {
    this.run = { id, mine: false, status: "starting", live: {} };
    this.live.watch(id);
  }

  // ---- what the live socket says ---------------------------------------------------------------------------------------

  event(m) {
    if (m.event === "submitted") {
      // Given up before the answer came: leave() has sent its stop, and nothing of it is shown.
      if (this.submissions.shift() !== this.run) return;
      this.live.watching = m.run;
      Object.assign(this.run, { id: m.run, pending: false, mine: true });
      this.tellRun(m.run);
      for (const command of this.run.waiting.splice(0)) this.live.send(command);
      return this.ask();
    }
    if (m.event === "error") {
      // "run" is about a command to a run, or about one that this server does not know; all else refuses a submit.
      if (m.field === "run" && !this.run) return;
      const gone = m.field === "run" ? !this.run.pending && !this.run.spec : this.run?.pending && this.submissions[0] === this.run;
      if (m.field !== "run") this.submissions.shift();
      if (gone) {
        this.run.status = "failed";
        this.leave();
        this.tellRun(null);
      }
      return this.say(m.message, "error");
    }
    if (m.event === "notice") return this.say(m.message, m.over ? "done" : "warning");
    if (!this.run || m.run !== this.run.id) return undefined;
    if (m.event === "run") {
      Object.assign(this.run, { status: m.status, place: m.place, mine: m.mine, live: m.live ?? {} });
      if (m.spec) this.run.spec = m.spec;
      if (m.message) this.say(m.message, m.status === "diverged" ? "diverged" : "error");
    } else if (m.event === "history") {
      this.history = { ...emptyHistory(), ...m.columns };
    } else if (m.event === "film") {
      this.film.rows = m.frames;
    } else if (m.event === "metrics") {
      // A step back in time (an edit while paused) replaces what it overtakes.
      while (this.history.step.length && this.history.step.at(-1) >= m.step) for (const c of COLUMNS) this.history[c].pop();
      for (const c of COLUMNS) this.history[c].push(m[c] ?? null);
      bound(this.history);
    } else if (m.event === "status") {
      this.run.status = m.status;
      this.run.place = m.detail?.engine === "starting" ? null : m.detail?.place;
      if (m.detail?.error) this.say(m.detail.error, "error");
      if (m.detail?.message) this.say(m.detail.message, "warning");
    } else if (m.event === "finished") {
      this.run.status = m.reason === "stopped" ? "stopped" : "finished";
      const why = { epochs: `All ${m.epochs} epochs are done.`, target: "The target loss is reached.", early_stopping: "Early stopping: no improvement any more." }[m.reason];
      if (why) this.say(why, "done");
    } else if (m.event === "diverged" || m.event === "failed" || m.event === "crashed") {
      this.run.status = m.event;
      this.say(m.message, m.event === "diverged" ? "diverged" : "error");
    }
    return this.ask();
  }

  frame(f) {
    this.ask(); // also where it is not ours any more: what has come is acknowledged when it could have been drawn
    if (!this.run || f.run !== this.run.id || f.view !== "network") return;
    f.serial = ++this.serial;
    // A picture of the film is older than the newest one; both come the same way.
    if (this.film.wanted !== undefined && f.step === this.film.wanted) {
      this.film.frame = f;
      this.film.wanted = undefined;
    } else this.liveFrame = f;
  }

  // ---- the film ------------------------------------------------------------------------------------------------------------

  /** Ask for the list of recorded pictures, at most once in a while, as it grows. */
  refreshFilm() {
    const now = performance.now();
    if (!this.run?.id || this.run.pending || this.film.at !== null || now - (this.filmAsked ?? -1e9) < 1500 || !this.liveFrame) return;
    const last = this.film.rows.at(-1)?.[1] ?? -1;
    if (this.liveFrame.step <= last || this.filmStep === this.liveFrame.step) return;
    [this.filmAsked, this.filmStep] = [now, this.liveFrame.step];
    this.live.send({ do: "film" });
  }

  /** Show the picture at a place of the film; its end is now. */
  rewind(at) {
    const row = this.film.rows[at];
    if (!row) { this.film.at = this.film.frame = null; this.film.wanted = undefined; return this.ask(); }
    this.film.at = at;
    this.film.wanted = row[1];
    this.live.send({ do: "picture", seq: row[0] });
    return this.ask();
  }

  /** A new run from the weights that the film shows, with the setting as it is now. */
  fork(more = { play: true }) {
    const row = this.film.rows[this.film.at];
    if (!row || this.run?.pending) return;
    const from = this.run.id;
    if (this.run.mine && !TERMINAL.has(this.status)) this.live.send({ do: "stop" });
    this.submit({ ...more, from, seq: row[0] });
  }

  // ---- what the visitor does ---------------------------------------------------------------------------------------------

  get status() { return this.run ? this.run.status : "idle"; }

  get speed() { return speedOf(this.view.speed, Math.ceil(this.spec.data.train / Math.min(this.spec.training.batch_size, this.spec.data.train))); }

  play() {
    this.rewind(Infinity);
    const { status } = this;
    if (status === "running" || status === "starting" || status === "waiting") {
      if (this.run.mine) this.command({ do: "pause" });
    } else if (status === "paused" && this.run.mine) this.command({ do: "play" });
    else this.submit({ play: true, from: this.continuable() });
  }

  /** The ended run to go on from, if its last weights are good ones. */
  continuable() {
    return this.run && !this.run.pending && !["diverged", "failed"].includes(this.status) && (TERMINAL.has(this.status) || !this.run.mine) ? this.run.id : null;
  }

  step(unit) {
    this.rewind(Infinity);
    const { status } = this;
    if (status === "idle" || TERMINAL.has(status) || !this.run.mine) {
      this.submit({ play: false, from: this.continuable() });
      return this.command({ do: "step", n: 1, unit });
    }
    if (status !== "paused") this.command({ do: "pause" });
    return this.command({ do: "step", n: 1, unit });
  }

  edit(item, value) {
    const message = { do: "edit", layer: item.layer, what: item.kind === "bias" ? "bias" : "kernel", row: item.from ?? 0, column: item.unit, value };
    if (this.film.at !== null) this.fork({ play: false, edits: [message] });
    else if (this.status === "idle" || TERMINAL.has(this.status) || !this.run.mine) this.submit({ play: false, from: this.continuable(), edits: [message] });
    else this.command(message);
  }

  command(message) {
    if (this.run?.pending) this.run.waiting.push(message);
    else this.live.send(message);
  }

  submit({ play, from = null, seq = null, edits = [] }) {
    if (this.run?.pending) return;
    this.say("");
    if (this.film.frame && seq !== null) this.liveFrame = this.film.frame;
    this.film = { rows: [], at: null, frame: null };
    if (!from) { this.liveFrame = null; this.history = emptyHistory(); }
    this.run = { id: null, pending: true, mine: true, status: play ? "starting" : "paused", spec: this.spec, live: {}, waiting: [] };
    this.history = emptyHistory();
    this.submissions.push(this.run);
    this.live.send({ do: "submit", spec: this.spec, play, speed: this.speed, from, ...(seq === null ? {} : { seq }), edits });
    this.ask();
  }

  reset() {
    if (!this.run) return;
    this.leave();
    this.tellRun(null);
  }

  select(item, event) {
    if (!item || item.kind === "neuron" || this.view.hide.includes("edit")) {
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
    if (this.view.hide.includes("inputs")) return undefined;
    const now = this.pendingSettings.inputs ?? this.spec.data.inputs;
    if (now.includes(name) && now.length === 1) return this.say("The network needs at least one input.", "warning");
    const all = ["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"];
    return this.setting({ inputs: all.filter((n) => (n === name ? !now.includes(n) : now.includes(n))) });
  }

  /** A change of the setting goes to Streamlit and comes back validated, with its new preview. */
  setting(changes) {
    this.pendingSettings = { ...this.pendingSettings, ...changes };
    this.component.setStateValue("settings", { ...this.pendingSettings, n: ++this.counter });
    // Seen at once: the heads count up before Streamlit has answered.
    if (changes.layers) { this.spec = { ...this.spec, model: { ...this.spec.model, layers: changes.layers } }; }
    this.ask();
  }

  setView(changes) {
    Object.assign(this.view, changes);
    this.component.setStateValue("view", { ...this.view });
    if (changes.speed && this.run?.mine && !TERMINAL.has(this.status)) this.command({ do: "set", speed: this.speed });
    this.ask();
  }

  say(text, kind = "warning") {
    this.note.hidden = !text;
    this.note.dataset.kind = kind;
    this.note.replaceChildren(text);
    if (text && kind === "diverged") {
      const rate = Number((this.spec.training.optimizer.learning_rate / 10).toPrecision(2));
      this.note.append(element("button", { type: "button", onclick: () => { this.say(""); this.reset(); this.setting({ learning_rate: rate }); } }, `Start again with learning rate ${rate}`));
    }
    if (text) this.note.append(element("button", { type: "button", class: "nnv-close", "aria-label": "close message", onclick: () => this.say("") }, "×"));
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  ask() {
    if (this.asked || !this.spec) return;
    this.asked = requestAnimationFrame(() => { this.asked = null; this.draw(); });
  }

  draw() {
    if (!this.root.isConnected || !this.preview) return;
    this.fit();
    this.refreshFilm();
    const frame = this.film.frame ?? this.liveFrame ?? this.preview, data = this.samples;
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
    const last = this.lastRow(this.film.frame?.step) ?? this.untrained;
    this.bar.draw({ status: this.status, place: this.run?.place, mine: this.run?.mine ?? true, last, view: this.view, seconds: last?.seconds, online: this.online, canContinue: Boolean(this.continuable()), film: { length: this.film.rows.length, at: this.film.at, epoch: this.film.rows[this.film.at]?.[2] } });
    const { theme, view } = this;
    const wide = `${134 + 60 * layers.length}px`; // below it the heads of the layers would lie on each other: the stage scrolls
    if (this.wide !== wide) this.root.style.setProperty("--nnv-wide", (this.wide = wide));
    this.network.draw({ frame, data, model: this.model, theme, view, sample: at ? sample : null });
    const places = this.network.places?.slice(1, -1).map((c) => c[0]?.x ?? 0) ?? [];
    const wanted = this.spec.model.layers.filter((l) => l.kind === "dense").length;
    if (places.length === wanted) this.heads.draw({ spec: this.spec, activations: this.activations, places, width: this.canvas.clientWidth });
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
    this.canvas.setAttribute("aria-label", `Network with inputs ${inputs.join(", ")} and layers of ${layers.map((l) => l.units).join(", ")} neurons. ${this.status}, epoch ${last?.epoch ?? 0}, training loss ${last?.loss ?? "not known yet"}. Shift and arrow keys walk from neuron to neuron; Enter changes what is lit.`);
    Object.assign(this.root.dataset, { frame: frame.serial === this.shownSerial ? this.drawn : ++this.drawn, layers: JSON.stringify(layers.map(({ units, inputs: n }) => ({ units, inputs: n }))), step: frame.step, status: this.status, run: this.run?.id ?? "", source: this.liveFrame ? "live" : "preview", charts: Boolean(window.Plotly) });
    this.shownSerial = frame.serial;
    // Only now: reading 4.5 MB of script keeps the page busy for a second, in which the network can be seen already.
    if (!window.Plotly) requestAnimationFrame(() => loadPlotly().then(() => this.ask(), (error) => this.say(`${error.message}: reload the page`, "error")));
    this.live.drawn();
  }

  /** The curves change little from frame to frame: three times a second is enough while they only grow. */
  drawCurves(data, theme, view) {
    const mark = this.film.frame ? this.lastRow(this.film.frame.step)?.[view.axis] : undefined;
    const key = [theme.key, JSON.stringify(view), mark, this.run?.id, this.status, this.lossName, this.root.clientWidth, this.root.clientHeight].join();
    const wait = key === this.curvesKey ? 300 - (performance.now() - (this.curvesAt ?? 0)) : 0;
    clearTimeout(this.curvesTimer);
    if (wait > 0) { this.curvesTimer = setTimeout(() => this.ask(), wait); return; }
    const length = this.history.step.length, end = this.history.step[length - 1];
    if (key === this.curvesKey && this.curvesEnd === `${length}:${end}`) return;
    [this.curvesKey, this.curvesAt, this.curvesEnd] = [key, performance.now(), `${length}:${end}`];
    this.curves.draw({ history: this.history, theme, view, lossName: this.lossName, regression: data.meta.problem === "regression", mark });
  }

  /** The newest metrics, or those nearest to a step of the film. */
  lastRow(step) {
    let n = this.history.step.length;
    if (step !== undefined) while (n > 1 && this.history.step[n - 1] > step) n--;
    return n ? Object.fromEntries(COLUMNS.map((c) => [c, this.history[c][n - 1]])) : null;
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
    const above = `${Math.round(this.root.getBoundingClientRect().top + scroll + 14)}px`;
    if (this.above !== above) this.root.style.setProperty("--nnv-above", (this.above = above));
  }

  dispose() {
    this.live.close();
    this.bar.dispose();
    this.resize.disconnect();
    clearTimeout(this.curvesTimer);
    if (this.asked) cancelAnimationFrame(this.asked);
    for (const chart of [this.boundary, this.curves]) if (chart.drawn) chart.purge();
  }
}
