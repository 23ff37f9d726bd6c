// Deep networks: up to four train side by side, and the gradients and activations of each layer are drawn over time.

import { Chart } from "../../figures/chart.js";
import { codeFold } from "../../kit/code.js";
import { NO_CURVE } from "../../kit/before.js";
import { button, checkbox, choice, choose, element, options, sign, stop, write } from "../../kit/dom.js";
import { formula } from "../../kit/formula.js";
import { returnKeys } from "../../kit/keys.js";
import { number, percent } from "../../kit/numbers.js";
import { statusWords } from "../../kit/status.js";
import { numberField, show } from "./fields.js";

/** @typedef {import("./depth.js").Context} Context */
/**
 * @typedef {{depth: number, width: number, activation: string, initializer: string, batch_normalization: boolean}}
 *   Network
 */
/** @typedef {ReturnType<DeepTab["networkRow"]>} Row */

/** @type {["learning_rate" | "batch_size" | "epochs" | "seed", string, number, number, string][]} */
const FIELDS = [["learning_rate", "Learning rate", 0.0001, 100, "any"], ["batch_size", "Batch", 8, 1200, "1"],
  ["epochs", "Epochs", 1, 50, "1"], ["seed", "Seed", 0, 2 ** 31 - 1, "1"]];
const MOST = 4, NARROW = 290; // pixels that a panel has at least
/** @type {{[what: string]: {log: string, hist: string}}} arrays of a frame */
const ARRAYS = {
  gradient: { log: "log_gradient", hist: "hist_gradient" }, activation: { log: "log_std", hist: "hist_activation" },
};

export class DeepTab {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    /** @type {number | null} the moment that is shown; null: the newest */
    this.at = null;
    this.built = this.begun = false;
    this.lists = "";
    const { client } = room;
    this.play = button("Train", "Train, pause, go on (space)", () => this.press(), { class: "nne-play" });
    this.reset = sign("↺", "Back to the start (R)", () => client.reset());
    this.scrub = element("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "epoch that is shown",
      oninput: () => this.go(Number(this.scrub.value)) });
    this.count = element("output", { class: "nne-count" });
    this.what = choice("what is drawn", [["gradient", "Gradients ∂L/∂w"], ["activation", "Activations a"]],
      (what) => client.setView({ what }));
    this.state = element("span", { class: "nne-state", role: "status" });
    const bar = element("div", { class: "nne-bar" },
      this.play, this.reset, this.scrub, this.count, this.what, this.state);
    returnKeys(bar);
    this.about = element("div", { class: "nne-formula" });
    this.presets = element("div", { class: "nne-presets nne-setting" });
    this.networks = element("div", { class: "nne-networks nne-setting" });
    /** @type {Row[]} */
    this.rows = [];
    this.settings = element("div", { class: "nne-row nne-setting" });
    this.optimizer = choice("optimiser of all networks", [["sgd", "SGD"], ["adam", "Adam"]],
      (optimizer) => this.set({ optimizer }));
    /** @type {Record<string, HTMLInputElement>} */
    this.fields = {};
    this.verdict = element("ul", { class: "nne-verdicts", role: "status" });
    const plot = (/** @type {string} */ label) =>
      element("div", { class: "nne-plot", role: "img", "aria-label": label });
    this.overTime = plot("each layer over the epochs");
    this.nowPlot = plot("the distribution in each layer at the epoch that is shown");
    const drawn = () => room.ask();
    this.timeChart = new Chart(this.overTime, "depth_panels", { drawn });
    this.nowChart = new Chart(this.nowPlot, "depth_panels", { drawn });
    this.code = element("div");
    this.past = element("div", { class: "nnv-past-row" });
    this.timeTitle = element("h3");
    this.nowTitle = element("h3");
    this.root = element("div", { class: "nne-deep" },
      this.about, this.presets, bar, this.networks, this.settings, this.verdict, this.past,
      this.timeTitle, this.overTime, this.nowTitle, this.nowPlot, this.code);
  }

  /** @returns {Frame | null} */
  get shown() { return this.room.client.shown("depth"); }

  /** @returns {Network[]} */
  get wanted() { return this.room.client.session.wanted("networks") ?? this.room.client.spec?.networks ?? []; }

  // ---- what the visitor does ----------------------------------------------------------------------------------------

  press() {
    this.at = null;
    this.room.client.play();
  }

  /** @param {number} at */
  go(at) {
    const last = (this.shown?.meta.epoch.length ?? 1) - 1;
    this.at = at >= last ? null : Math.max(0, at);
    this.room.ask();
  }

  /** @param {KeyboardEvent} e @param {boolean} onButton @returns {boolean} */
  key(e, onButton) {
    const name = e.key.length === 1 ? e.key.toLowerCase() : e.key, now = this.moment ?? 0;
    if (name === " " && !onButton) this.press();
    else if (name === "ArrowRight") this.go(now + 1);
    else if (name === "ArrowLeft") this.go(now - 1);
    else if (name === "Home") this.go(0);
    else if (name === "End") this.go(Infinity);
    else if (name === "r") this.room.client.reset();
    else return false;
    return true;
  }

  /** @param {Record<string, any>} changes */
  set(changes) { this.room.client.setting(changes); }

  /** @param {number} i @param {Partial<Network>} changes */
  change(i, changes) {
    this.set({ networks: this.wanted.map((one, j) => (j === i ? { ...one, ...changes } : one)) });
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  /** The moment that is shown. @returns {number | null} */
  get moment() {
    const { shown } = this;
    if (!shown) return null;
    const last = shown.meta.epoch.length - 1;
    return this.at === null ? last : Math.min(this.at, last);
  }

  /** @param {any} deep what Python says */
  build(deep) {
    this.built = true;
    this.about.replaceChildren(...deep.formulas.map(formula));
    this.presets.replaceChildren(...deep.presets.map((/** @type {any} */ preset) =>
      button(preset.title, preset.why, () => this.set(preset.changes))));
    const field = (/** @type {string} */ title, /** @type {Node} */ control) =>
      element("label", { class: "nne-field" }, element("span", {}, title), control);
    this.settings.append(field("Optimiser", this.optimizer));
    for (const [name, title, min, max, step] of FIELDS) {
      this.fields[name] = numberField(title, min, max, step, (v) => this.set({ [name]: v }));
      this.settings.append(field(title, this.fields[name]));
    }
    this.code.replaceChildren(codeFold(deep.code));
  }

  draw() {
    const { client } = this.room, { deep } = this.room.data(), { spec } = client;
    if (spec?.job !== "depth") return; // the session has not heard of the tab yet
    if (!this.built) this.build(deep);
    if (!this.begun) { // there is something to see before anything is pressed
      this.begun = true;
      if (client.status === "idle") client.play();
    }
    this.drawSettings(spec, deep);
    this.drawBar();
    const { past } = this.room;
    past.draw(NO_CURVE);
    if (past.root.parentElement !== this.past) this.past.append(past.root);
    const { shown, moment } = this;
    if (!shown || moment === null) return;
    this.drawVerdict(shown, moment);
    this.drawCharts(shown, moment);
    Object.assign(this.root.dataset, { at: moment, moments: shown.meta.epoch.length,
      states: shown.meta.networks.map((/** @type {any} */ one) => one.states[moment]).join(" ") });
  }

  drawBar() {
    const { client } = this.room, { shown, moment } = this, { status } = client;
    const going = ["running", "starting", "waiting"].includes(status);
    write(this.play, going ? "❚❚ Pause" : status === "paused" ? "▶ Resume" : shown ? "▶ Train again" : "▶ Train");
    stop(this.reset, "Back to the start (R)", !client.run && "there is nothing to leave yet");
    this.scrub.disabled = !shown;
    this.scrub.max = String((shown?.meta.epoch.length ?? 1) - 1);
    this.scrub.value = String(moment ?? 0);
    const epoch = shown && moment !== null ? shown.meta.epoch[moment] : null;
    write(this.count, epoch === null ? "–" : `epoch ${number(epoch, 1)} of ${client.spec?.epochs}`);
    choose(this.what, client.view.what);
    write(this.state, `${statusWords(client)}${client.online ? "" : " · connection lost, trying again"}`);
  }

  /** @param {Spec} spec @param {any} deep */
  drawSettings(spec, deep) {
    const { wanted } = this, { session } = this.room.client;
    const now = (/** @type {string} */ name) => session.wanted(name) ?? spec[name];
    choose(this.optimizer, now("optimizer"));
    for (const [name, control] of Object.entries(this.fields)) show(control, now(name));
    if (this.lists !== String(wanted.length)) {
      this.lists = String(wanted.length);
      this.rows = wanted.map((_, i) => this.networkRow(i, deep));
      this.add = button("+ network", "One more beside them",
        () => this.set({ networks: [...this.wanted, { ...this.wanted.at(-1) }] }));
      this.networks.replaceChildren(...this.rows.map((row) => row.root), this.add);
    }
    this.rows.forEach((row, i) => {
      const one = wanted[i];
      show(row.depth, one.depth);
      show(row.width, one.width);
      choose(row.activation, one.activation);
      choose(row.initializer, one.initializer);
      row.normalize.input.checked = one.batch_normalization;
      row.link.href = deep.links[i] ?? "";
      stop(row.drop, `network ${i + 1}: take it away`, wanted.length < 2 && "one must stay");
    });
    if (this.add) stop(this.add, "One more beside them", wanted.length >= MOST && "there is room for four");
  }

  /** @param {number} i @param {any} deep */
  networkRow(i, deep) {
    const of = `network ${i + 1}: `;
    const depth = numberField(`${of}hidden layers`, 1, 20, "1", (v) => this.change(i, { depth: v }));
    const width = numberField(`${of}neurons in each`, 1, 128, "1", (v) => this.change(i, { width: v }));
    const activation = choice(`${of}activation`, deep.activations, (v) => this.change(i, { activation: v }));
    const initializer = choice(`${of}initialiser`, deep.initializers, (v) => this.change(i, { initializer: v }));
    options(activation, deep.activations);
    const normalize = checkbox("batch norm", `${of}batch normalisation behind each hidden layer`,
      (on) => this.change(i, { batch_normalization: on }));
    const drop = sign("×", `${of}take it away`, () => this.set({ networks: this.wanted.filter((_, j) => j !== i) }));
    const link = element("a", { target: "_blank", title: "The same network in the Digits room" }, "in Digits ↗");
    const root = element("div", { class: "nne-network" }, element("b", {}, `Network ${i + 1}`),
      element("label", {}, depth, "layers of"), element("label", {}, width), activation, initializer, normalize.root,
      drop, link);
    return { root, depth, width, activation, initializer, normalize, drop, link };
  }

  /** @param {Frame} frame @param {number} at */
  drawVerdict({ meta, arrays }, at) {
    const lines = meta.networks.map((/** @type {any} */ one) => one.words[at]);
    const key = lines.join("\n");
    if (this.verdict.dataset.said === key) return;
    this.verdict.dataset.said = key;
    const { data, shape: [, times] } = arrays.accuracy;
    this.verdict.replaceChildren(...meta.networks.map((/** @type {any} */ one, /** @type {number} */ i) =>
      element("li", { "data-state": one.states[at], title: `test accuracy ${percent(data[i * times + at])}` },
        element("b", {}, `${one.label}: `), lines[i])));
  }

  /** @param {Frame} frame @param {number} at */
  drawCharts(frame, at) {
    const { client } = this.room, theme = this.room.theme(), { meta, arrays } = frame, { what } = client.view;
    const panels = meta.networks.length, { log, hist } = ARRAYS[what], ends = axes(panels);
    const room = Math.max(1, Math.min(panels, Math.floor(this.root.clientWidth / NARROW)));
    const columns = panels === 4 && room === 3 ? 2 : room;
    const tall = `${Math.ceil(panels / columns) * 250}px`;
    for (const plot of [this.overTime, this.nowPlot]) if (plot.style.height !== tall) plot.style.height = tall;
    const sizes = what === "gradient" ? "Size of the gradients" : "Spread of the activations";
    write(this.timeTitle, `${sizes} in each layer, over the epochs`);
    write(this.nowTitle, `${what === "gradient" ? "Distribution of ∂L/∂w" : "Distribution of the activations"} `
      + `in each layer, epoch ${number(meta.epoch[at], 1)}`);
    const titles = meta.networks.map((/** @type {any} */ one, /** @type {number} */ i) => ({
      text: `${one.label}: <b>${one.states[at]}</b>`, xref: `${ends[i].x} domain`, yref: `${ends[i].y} domain` }));
    const ticks = meta.networks.map((/** @type {any} */ one) => Math.ceil(one.layers / 8)); // whole layers
    const common = { titles, ticks, revision: `${what} ${frame.run}` };
    const place = (/** @type {number} */ i) => ({ xaxis: ends[i].x, yaxis: ends[i].y });
    const choices = { panels, columns, what }, state = [frame.serial, at, what];
    this.timeChart.draw({ ...common,
      maps: meta.networks.map((/** @type {any} */ one, /** @type {number} */ i) => ({ ...place(i), x: meta.epoch,
        y: names(one.layers), z: layers(arrays[log], i, one.layers) })),
      lines: ends.map(({ x, y }) => ({ xref: x, yref: `${y} domain`, x: meta.epoch[at] })),
      y_titles: meta.networks.map(() => "layer") }, theme, { ...choices, look: "time" }, state);
    this.nowChart.draw({ ...common, lines: [],
      maps: meta.networks.map((/** @type {any} */ one, /** @type {number} */ i) => {
        const [low, high] = (what === "activation" && one.span) || meta.log, z = bins(arrays[hist], i, one.layers, at);
        return { ...place(i), x: names(one.layers), z,
          y: z.map((_, k) => low + ((high - low) * (k + 0.5)) / z.length) };
      }),
      y_titles: meta.networks.map((/** @type {any} */ one) =>
        (what === "gradient" ? "log₁₀ |∂L/∂w|" : one.span ? "a" : "log₁₀ |a|")),
    }, theme, { ...choices, look: "now" }, state);
  }

  dispose() {
    this.timeChart.purge();
    this.nowChart.purge();
  }
}

/** @param {number} panels */
const axes = (panels) => [...Array(panels).keys()].map((i) => ({ x: `x${i ? i + 1 : ""}`, y: `y${i ? i + 1 : ""}` }));

/** The layers with a kernel: the last one is the output layer. @param {number} n */
const names = (n) => [...Array(n).keys()].map((i) => i + 1);

/**
 * A network's part of [networks, layers, T], a row for each layer.
 * @param {Tensor} of @param {number} i @param {number} n
 */
function layers({ data, shape: [, most, times] }, i, n) {
  return names(n).map((_, k) => Array.from(data.subarray((i * most + k) * times, (i * most + k + 1) * times),
    (v) => (Number.isFinite(v) ? v : null)));
}

/**
 * A network's histograms of one moment, of [networks, layers, T, bins]: a row for each bin.
 * @param {Tensor} of @param {number} i @param {number} n @param {number} at
 */
function bins({ data, shape: [, most, times, many] }, i, n, at) {
  return [...Array(many).keys()].map((bin) =>
    names(n).map((_, k) => data[((i * most + k) * times + at) * many + bin]));
}
