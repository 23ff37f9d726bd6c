// A slow start: networks 1-1-1 learn side by side. The whole course comes as one frame; it is played here.

import { show } from "./fields.js";
import { Chart } from "../../figures/chart.js";
import { codeFold } from "../../kit/code.js";
import { button, choice, choose, element, sign, stop, write } from "../../kit/dom.js";
import { formula } from "../../kit/formula.js";
import { returnKeys } from "../../kit/keys.js";
import { number, percent } from "../../kit/numbers.js";
import { TERMINAL } from "../../kit/run.js";
import { statusWords } from "../../kit/status.js";

/** @typedef {import("./depth.js").Context} Context */
/** @typedef {{loss: string, w1: number, b1: number, w2: number, b2: number}} Start */

/** @type {import("../../kit/dom.js").Option[]} */
const LOSSES = [["mean_squared_error", "MSE"], ["binary_crossentropy", "cross-entropy"]];
/** @type {["w1" | "b1" | "w2" | "b2", string][]} */
const WEIGHTS = [["w1", "w₁"], ["b1", "b₁"], ["w2", "w₂"], ["b2", "b₂"]];
/** @type {["learning_rate" | "batch_size" | "epochs" | "target", string, number, number, string][]} */
const FIELDS = [["learning_rate", "Learning rate", 0.001, 100, "any"], ["batch_size", "Batch", 1, 5000, "1"],
  ["epochs", "Epochs", 1, 1000, "1"], ["target", "Target", 0, 1, "any"]];
const SYMBOLS = ["circle", "square", "diamond", "triangle-up"];
const SECONDS = 8; // a course is played in so many
const MOST = 4;

export class SlowTab {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    this.at = 0; // the moment that is shown
    this.playing = false;
    /** @type {number | null} when the playing was last drawn */
    this.before = null;
    /** @type {number | undefined} of the frame that is shown */
    this.serial = undefined;
    this.built = false;
    this.begun = false;
    /** @type {string} */
    this.shape = "";
    this.play = button("Learn", "Learn, pause, play again (space)", () => this.press(), { class: "nne-play" });
    this.back = sign("|◂", "One moment back (←)", () => this.go(this.at - 1));
    this.step = sign("▸|", "One moment on (→)", () => this.go(this.at + 1));
    this.reset = sign("↺", "Back to the start (R)", () => this.go(0));
    this.scrub = element("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "epoch that is shown",
      oninput: () => this.go(Number(this.scrub.value)) });
    this.count = element("output", { class: "nne-count" });
    this.state = element("span", { class: "nne-state", role: "status" });
    const bar = element("div", { class: "nne-bar" },
      this.play, this.back, this.step, this.reset, this.scrub, this.count, this.state);
    returnKeys(bar);
    this.about = element("div", { class: "nne-formula" });
    this.presets = element("div", { class: "nne-presets nne-setting" });
    this.networks = element("div", { class: "nne-networks nne-setting" });
    this.settings = element("div", { class: "nne-row nne-setting" });
    /** @type {Record<string, HTMLInputElement>} */
    this.fields = {};
    const plot = (/** @type {string} */ label) =>
      element("div", { class: "nne-plot", role: "img", "aria-label": label });
    this.losses = plot("losses of all networks");
    this.curve = plot("σ′ and where the neurons stand on it");
    const drawn = () => room.ask();
    this.lossChart = new Chart(this.losses, "slow_losses", { drawn });
    this.curveChart = new Chart(this.curve, "slope_places", { drawn });
    this.past = element("div", { class: "nnv-past-row" });
    this.table = element("table", { class: "nne-table" });
    this.verdict = element("div", { class: "nne-verdict", role: "status" });
    this.code = element("div");
    this.root = element("div", { class: "nne-slow" },
      this.about, this.presets, bar,
      element("div", { class: "nne-beside" }, this.networks, this.settings), this.verdict,
      this.past,
      element("div", { class: "nne-pair" }, this.losses, this.curve),
      element("div", { class: "nne-scroll", tabindex: 0, role: "region", "aria-label": "the networks in numbers" },
        this.table), this.code);
  }

  /** @returns {Frame | null} */
  get shown() { return this.room.client.shown("slow_start"); }

  /** The last moment; null before there is a course. @returns {number | null} */
  get last() { return this.shown ? this.shown.meta.step.length - 1 : null; }

  // ---- what the visitor does ----------------------------------------------------------------------------------------

  press() {
    if (!this.shown) { this.learn(); return; }
    this.playing = !this.playing;
    if (this.playing && this.at >= (this.last ?? 0)) this.at = 0;
    this.before = null;
    this.room.ask();
  }

  learn() {
    const { client } = this.room;
    client.session.inOrder(() => {
      if (client.status === "idle" || TERMINAL.has(client.status)) client.submit({ play: true });
    });
  }

  /** @param {number} at */
  go(at) {
    if (this.last === null) return;
    this.playing = false;
    this.at = Math.max(0, Math.min(this.last, Math.round(at)));
    this.room.ask();
  }

  /** @param {KeyboardEvent} e @param {boolean} onButton @returns {boolean} */
  key(e, onButton) {
    const by = e.shiftKey ? 10 : 1, name = e.key.length === 1 ? e.key.toLowerCase() : e.key;
    if (name === " " && !onButton) this.press();
    else if (name === "ArrowRight") this.go(this.at + by);
    else if (name === "ArrowLeft") this.go(this.at - by);
    else if (name === "Home" || name === "r") this.go(0);
    else if (name === "End") this.go(Infinity);
    else return false;
    return true;
  }

  /** Other settings: they are learned from at once. @param {Record<string, any>} changes */
  set(changes) {
    this.room.client.setting(changes);
    this.learn();
  }

  /** @param {number} i @param {Record<string, any>} changes */
  change(i, changes) {
    this.set({ networks: this.starts.map((start, j) => (j === i ? { ...start, ...changes } : start)) });
  }

  /** @returns {Start[]} */
  get starts() { return this.room.client.session.wanted("networks") ?? this.room.client.spec?.networks ?? []; }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  /** @param {any} slow what Python says */
  build(slow) {
    this.built = true;
    this.about.replaceChildren(...slow.formulas.map(formula));
    this.presets.replaceChildren(...slow.presets.map((/** @type {any} */ preset) =>
      button(preset.title, preset.why, () => this.set(preset.changes))));
    for (const [name, title, min, max, step] of FIELDS) {
      const input = element("input", { type: "number", min, max, step, "data-name": name,
        onchange: () => { if (input.value !== "") this.set({ [name]: Number(input.value) }); } });
      this.fields[name] = input;
      this.settings.append(element("label", { class: "nne-field" }, element("span", {}, title), input));
    }
    this.code.replaceChildren(codeFold(slow.code));
  }

  /** @param {number} now */
  draw(now) {
    const { client } = this.room, { slow } = this.room.data(), { spec } = client;
    if (spec?.job !== "slow_start") return; // the session has not heard of the tab yet
    if (!this.built) this.build(slow);
    if (!this.begun) { // there is something to see before anything is pressed
      this.begun = true;
      if (client.status === "idle") this.learn();
    }
    const { shown } = this;
    if (shown && shown.serial !== this.serial) {
      this.serial = shown.serial;
      this.at = 0;
      this.playing = true;
      this.before = null;
    }
    this.advance(now);
    this.drawSettings(spec);
    this.drawBar();
    const { past } = this.room, reference = past.draw(({ frames }) =>
      (frames?.slow_start ? { lines: linesOf(frames.slow_start) } : null));
    if (past.root.parentElement !== this.past) this.past.append(past.root);
    if (!shown) return;
    const at = Math.floor(this.at);
    this.drawCharts(shown, at, slow, reference);
    this.drawTable(shown, at);
    Object.assign(this.root.dataset, { at, last: this.last ?? "", epoch: shown.meta.epoch[at],
      slopes: shown.meta.networks.map((/** @type {any} */ _, /** @type {number} */ i) =>
        value(shown, "slope2", i, at)) });
    if (this.playing) this.room.ask();
  }

  /** @param {number} now */
  advance(now) {
    if (!this.playing) return;
    const last = this.last ?? 0;
    if (this.before !== null) this.at += (Math.min(0.25, (now - this.before) / 1000) * last) / SECONDS;
    this.before = now;
    if (this.at >= last) { this.at = last; this.playing = false; }
  }

  drawBar() {
    const { client } = this.room, { last, shown } = this, none = last === null, at = Math.floor(this.at);
    const why = none && "learn first";
    write(this.play, this.playing ? "❚❚ Pause" : none ? "▶ Learn" : at >= (last ?? 0) ? "▶ Play again" : "▶ Play");
    stop(this.back, "One moment back (←)", why || (at <= 0 && "this is the start"));
    stop(this.step, "One moment on (→)", why || (at >= (last ?? 0) && "this is the end"));
    stop(this.reset, "Back to the start (R)", why || (at <= 0 && "this is the start"));
    this.scrub.disabled = none;
    this.scrub.max = String(last ?? 0);
    this.scrub.value = String(at);
    const epochs = shown?.meta.epoch;
    write(this.count, epochs ? `epoch ${number(epochs[at], 1)} of ${number(epochs.at(-1), 0)}` : "–");
    const lost = client.online ? "" : " · connection lost, trying again";
    write(this.state, `${shown ? "" : statusWords(client)}${lost}`);
  }

  /** @param {Spec} spec */
  drawSettings(spec) {
    const { starts } = this, { session } = this.room.client;
    const wanted = (/** @type {string} */ name) => session.wanted(name) ?? spec[name];
    for (const [name, control] of Object.entries(this.fields)) show(control, wanted(name));
    if (this.shape !== String(starts.length)) {
      this.shape = String(starts.length);
      this.networks.replaceChildren(...starts.map((_, i) => this.networkRow(i)),
        button("+ network", "One more beside them", () => this.set({ networks: [...starts, { ...starts.at(-1) }] }),
          { class: "nne-add" }));
    }
    [...this.networks.querySelectorAll(".nne-network")].forEach((row, i) => {
      const menu = row.querySelector("select");
      if (menu) choose(menu, starts[i].loss);
      row.querySelectorAll("input").forEach((input, k) => show(input, starts[i][WEIGHTS[k][0]]));
    });
    const add = this.networks.querySelector(".nne-add");
    if (add instanceof HTMLButtonElement)
      stop(add, "One more beside them", starts.length >= MOST && "four is all that one chart can tell apart");
  }

  /** @param {number} i */
  networkRow(i) {
    const fields = WEIGHTS.map(([name, label]) => {
      const input = element("input", { type: "number", min: -10, max: 10, step: 0.1,
        "aria-label": `network ${i + 1}: ${label}`,
        onchange: () => { if (input.value !== "") this.change(i, { [name]: Number(input.value) }); } });
      return element("label", {}, label, input);
    });
    const drop = sign("×", `network ${i + 1}: take it away`, () => {
      if (this.starts.length > 1) this.set({ networks: this.starts.filter((_, j) => j !== i) });
    });
    return element("div", { class: "nne-network" }, element("b", {}, `Network ${i + 1}`),
      choice(`network ${i + 1}: loss`, LOSSES, (loss) => this.change(i, { loss })), ...fields, drop);
  }

  /**
   * @param {Frame} frame @param {number} at @param {any} slow
   * @param {import("../../kit/before.js").Reference | null} reference
   */
  drawCharts(frame, at, slow, reference) {
    const theme = this.room.theme(), { meta } = frame, state = [frame.serial, at];
    /** @type {number[]} */
    const epochs = meta.epoch;
    this.lossChart.draw({
      now: epochs[at], epochs: epochs.at(-1), revision: frame.serial, lines: linesOf(frame),
    }, theme, {}, state, reference);
    const marks = meta.networks.map((/** @type {any} */ one, /** @type {number} */ i) => {
      const z = value(frame, "z2", i, at), spread = value(frame, "spread2", i, at);
      return { name: one.label, z, slope: value(frame, "place", i, at), from: z - spread, to: z + spread, color: i,
        symbol: SYMBOLS[i] };
    });
    this.curveChart.draw({ ...slow.curve, marks }, theme, {}, state);
  }

  /** @param {Frame} frame @param {number} at */
  drawTable(frame, at) {
    const { networks } = frame.meta;
    const heads = ["", "loss", "z₂ (mean)", "σ′(z₂)", "σ′(z₁)", "y", "largest |∂L/∂w|", "w₁, b₁, w₂, b₂"];
    const rows = networks.map((/** @type {any} */ one, /** @type {number} */ i) => {
      const of = (/** @type {string} */ name) => value(frame, name, i, at);
      const { data, shape: [, t, n] } = frame.arrays.weights, from = (i * t + at) * n;
      const weights = Array.from(data.subarray(from, from + n), (v) => number(v)).join(", ");
      const share = ` (${percent(of("loss") / value(frame, "loss", i, 0))})`;
      return element("tr", {}, element("th", { scope: "row" }, one.label),
        ...[number(of("loss"), 4) + share, number(of("z2")), number(of("slope2"), 3), number(of("slope1"), 3),
          number(of("output"), 4), number(of("step_size"), 3), weights].map((text) => element("td", {}, text)));
    });
    this.table.replaceChildren(
      element("thead", {}, element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {}, ...rows));
    const words = networks.map((/** @type {any} */ one) => `${one.label}: ${one.words}`);
    if (this.verdict.textContent !== words.join(""))
      this.verdict.replaceChildren(...words.map((/** @type {string} */ text) => element("p", {}, text)));
  }

  dispose() {
    this.lossChart.purge();
    this.curveChart.purge();
  }
}

/** @param {Frame} frame @param {string} name @param {number} i @param {number} at */
function value(frame, name, i, at) {
  const { data, shape: [, t] } = frame.arrays[name];
  return data[i * t + at];
}

/** The loss of each network as a share of its first. @param {Frame} frame */
function linesOf(frame) {
  /** @type {{networks: {label: string}[], epoch: number[]}} */
  const { networks, epoch } = frame.meta;
  return networks.map(({ label }, i) => {
    const loss = epoch.map((_, k) => value(frame, "loss", i, k));
    return { label, x: epoch, y: loss.map((v) => v / loss[0]), loss };
  });
}
