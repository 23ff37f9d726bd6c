// The backpropagation room: a small network as a graph with every number, one operation at a time, forth and back.

import { button, choice, choose, element, messageOf, sign, stop, write } from "../../kit/dom.js";
import { codeFold } from "../../kit/code.js";
import { roomKey } from "../../kit/keys.js";
import { Note } from "../../kit/note.js";
import { Room, component } from "../../kit/room.js";
import { RunClient } from "../../kit/run.js";
import { TabList } from "../../kit/tab_list.js";
import { Bar } from "./bar.js";
import { Chain } from "./chain.js";
import { Graph } from "./graph.js";
import { Loop } from "./loop.js";
import { Naive } from "./naive.js";
import { NumberPanel } from "./panel.js";
import { Newest, askServer } from "./server.js";
import { Tables } from "./tables.js";
import { Trace } from "./trace.js";

/** @typedef {"hand" | "chain" | "naive" | "loop"} Tab */

/** @type {[Tab, string][]} */
const TABS = [["hand", "By hand"], ["chain", "Chain rule"], ["naive", "The naive way"], ["loop", "The learning loop"]];
const MOST_UPDATES = 500;
const ROUND = 350; // milliseconds that each round of the running loop is seen
const REST = 700; // milliseconds after which the address says where it stands
const KEPT = 400; // formulas

class Backpropagation extends Room {
  /** @param {HTMLElement} host @param {any} data */
  constructor(host, data) {
    super(host);
    this.data = data;
    this.trace = new Trace(data.trace);
    /** @type {any} the setting that the trace is of */
    this.shown = data.spec;
    this.at = Math.min(this.trace.length, data.view.step ?? Infinity);
    /** @type {string | null} the chosen number; null: that of this step */
    this.number = data.view.number ?? (data.view.step === null ? `d${this.trace.plain.layers.length - 1}.1` : null);
    /** @type {string | null} under the pointer */
    this.lit = null;
    /** @type {Record<string, any> | null} what the hand is changing */
    this.held = null;
    /** @type {"start" | "end" | null} where the next round begins */
    this.next = null;
    this.playing = false;
    this.running = false; // round the loop, update after update
    this.before = 0;
    this.progress = 0;
    this.drawn = 0;
    /** @type {Map<string, any>} */
    this.formulas = new Map();
    const failed = (/** @type {any} */ error) => this.note.say(messageOf(error), "error");
    this.drafts = new Newest((spec) => this.draft(spec), failed);
    this.asks = new Newest((body) => this.tell(body), failed);
    this.client = new RunClient({
      changed: () => this.ask(), say: (...words) => this.note.say(...words), view: data.view, views: ["tape"],
    });
    this.note = new Note((kind) => this.client.way(kind));
    const pick = (/** @type {string} */ id) => this.choose(id);
    const drag = (/** @type {string} */ id, /** @type {number} */ v) => this.drag(id, v), drop = () => this.drop();
    this.graph = new Graph({
      choose: pick, drag, drop, light: (id) => { this.lit = id; this.ask(); },
      units: (layer, by) => this.resize((layers) => { layers[layer] += by; }),
      activation: (layer, name) => this.client.setting({
        activations: this.trace.plain.functions.map((one, i) => (i === layer - 1 ? name : one)),
      }),
      loss: (loss) => this.client.setting({ loss }),
    });
    this.bar = new Bar({
      play: () => this.play(), move: (by) => this.move(by), go: (at) => this.go(at),
      pace: (pace) => this.client.setView({ pace }), update: (by) => this.update(by), reset: () => this.reset(),
    }, data.phases);
    this.panel = new NumberPanel({ choose: pick, drag, drop, go: (id) => this.go(this.trace.after(id)) });
    this.tables = new Tables(pick);
    const ask = () => this.ask();
    this.chain = new Chain(this.client, pick, ask, failed);
    this.naive = new Naive(data, ask, failed);
    this.loop = new Loop(ask, {
      update: (by) => this.update(by), run: () => this.run(), reset: () => this.reset(),
    });
    this.hand = element("div", { class: "nnb-tab" }, this.bar.root,
      element("div", { class: "nnb-pair" }, this.graph.root, this.panel.root), this.tables.root,
      codeFold(data.code, "The code that computes it: one way forward, one way back"),
      element("p", { class: "nnb-soft" }, "Next: ", element("a", { href: "/descent", target: "_top" }, "Descent"),
        ", what optimisers make of gradients; ", element("a", { href: "/depth", target: "_top" }, "Depth"),
        ", what becomes of δ in many layers."));
    this.parts = { hand: this.hand, chain: this.chain.root, naive: this.naive.root, loop: this.loop.root };
    this.tabs = new TabList(TABS, this.parts, (tab) => this.client.setView({ tab }));
    this.mount(element("div", { class: "nnb" }, this.tabs.root,
      this.note.root, this.setting(), ...Object.values(this.parts)));
    this.keys = (/** @type {KeyboardEvent} */ e) => this.key(e);
    document.addEventListener("keydown", this.keys);
  }

  /** What the network is. */
  setting() {
    const { presets, optimizers } = this.data;
    this.presets = choice("a network to begin with", [["", "Examples …"],
      ...presets.map((/** @type {any} */ one, /** @type {number} */ i) => [i, one.title])], (i) => {
      if (i === "") return;
      this.number = null;
      this.at = Infinity;
      this.client.setting(presets[Number(i)].spec);
    });
    this.less = sign("−", "One hidden layer fewer", () => this.resize((layers) => layers.splice(-2, 1)));
    this.more = sign("+", "One hidden layer more", () => this.resize((layers) => layers.splice(-1, 0, 2)));
    this.depth = element("b", {});
    this.optimizer = choice("optimiser", /** @type {any} */ (Object.entries(optimizers)),
      (optimizer) => this.client.setting({ optimizer }));
    this.rate = element("input", { type: "number", min: 0.0001, max: 10, step: "any", "aria-label": "learning rate η",
      onchange: () => this.client.setting({ learning_rate: Number(this.rate?.value) }) });
    this.dice = button("New weights", "Other random weights", () => this.client.dice());
    return element("div", { class: "nnb-setting" }, this.presets,
      element("div", { class: "nnb-count" }, this.less, this.depth, this.more), this.dice,
      element("label", {}, "Optimiser ", this.optimizer), element("label", {}, "η ", this.rate));
  }

  /** @param {(layers: number[]) => void} act */
  resize(act) {
    const layers = [...(this.client.session.wanted("layers") ?? this.trace.plain.layers)];
    act(layers);
    this.client.setting({ layers });
  }

  // ---- what Python says ---------------------------------------------------------------------------------------------

  /** @param {Component} given */
  receive(given) {
    const [data] = given.data, { client } = this;
    this.dress(data);
    if (!client.receive(given, () => {})) return;
    this.data = data;
    client.view.present = Boolean(data.view.present);
    if (!this.held) this.adopt(data.trace, data.spec);
    if (this.running) this.turn();
    this.ask();
  }

  /** Another network, or other numbers of the same. @param {import("./trace.js").Plain} plain @param {any} spec */
  adopt(plain, spec) {
    const whole = this.at >= this.trace.length;
    this.trace = new Trace(plain);
    this.shown = spec;
    if (this.next) this.at = this.next === "end" ? this.trace.length : 1;
    else if (whole || this.at > this.trace.length) this.at = this.trace.length;
    this.next = null;
    if (this.number && !this.trace.has(this.number)) this.number = null;
  }

  /** The numbers of a setting that the hand is still changing. @param {any} spec */
  async draft(spec) {
    const plain = await askServer("", { spec });
    if (!this.held || this.gone) return;
    this.adopt(plain, spec);
    this.ask();
  }

  /** @param {{spec: any, number: string}} body */
  async tell(body) {
    const key = JSON.stringify(body);
    if (!this.formulas.has(key)) {
      const told = await askServer("/number", body);
      if (this.formulas.size > KEPT) this.formulas.clear();
      this.formulas.set(key, told);
    }
    this.ask();
  }

  // ---- what the visitor does ----------------------------------------------------------------------------------------

  /** @param {string} id */
  choose(id) {
    this.number = id;
    this.playing = false;
    this.rest();
    this.ask();
  }

  /** @param {string} id @param {number} value */
  drag(id, value) {
    const { most = this.data.limits.value } = {}, kept = Math.max(-most, Math.min(most, value));
    this.number = id;
    this.held = { ...this.held, ...this.trace.changed(id, kept) };
    this.drafts.want({ ...this.shown, ...this.held });
    this.ask();
  }

  drop() {
    if (!this.held) return;
    const { weights, ...others } = this.held;
    this.held = null;
    this.client.setting({ ...others, weights });
  }

  play() {
    this.playing = !this.playing;
    this.number = null;
    if (this.playing && this.at >= this.trace.length) this.at = 0;
    this.before = 0;
    this.ask();
  }

  /** Past the end the update is made and the next round begins; before the start is the round before. */
  move(/** @type {1 | -1} */ by) {
    const at = this.at + by;
    if (at > this.trace.length) this.update(1, "start");
    else if (at < 0) this.update(-1, "end");
    else this.go(at);
  }

  /** @param {number} at */
  go(at) {
    this.playing = false;
    this.number = null;
    this.at = Math.max(0, Math.min(this.trace.length, at));
    this.rest();
    this.ask();
  }

  /** @param {number} by @param {"start" | "end" | null} next */
  update(by, next = null) {
    const { updates, diverged } = this.trace.plain, wanted = this.client.session.wanted("updates") ?? updates;
    const to = Math.max(0, Math.min(MOST_UPDATES, wanted + by));
    if (to === wanted || (by > 0 && diverged !== null)) return;
    this.next = next;
    if (next) this.number = null;
    this.playing = false;
    this.client.setting({ updates: to });
  }

  /** Round and round the loop, until it is paused or there is no way on. */
  run() {
    this.running = !this.running;
    if (this.running) this.update(1);
    this.ask();
  }

  /** The next round, a moment after this one could be seen. */
  turn() {
    const { updates, diverged } = this.trace.plain;
    if (updates >= MOST_UPDATES || diverged !== null || this.tab !== "loop") { this.running = false; return; }
    clearTimeout(this.turning);
    this.turning = setTimeout(() => { if (this.running && !this.gone) this.update(1); }, ROUND);
  }

  reset() {
    this.running = false;
    if (this.trace.plain.updates) this.client.setting({ updates: 0 });
    else this.go(0);
  }

  /** The address follows once it rests: not each step is worth one. */
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (this.gone || this.playing) return;
      const step = this.at >= this.trace.length ? null : this.at;
      if (step !== this.client.view.step || this.number !== this.client.view.number) {
        this.client.setView({ step, number: this.number });
      }
    }, REST);
  }

  /** @returns {Tab} */
  get tab() { return this.client.view.tab; }

  /** @param {KeyboardEvent} e */
  key(e) {
    const found = roomKey(e);
    if (!found || (found.button && [" ", "Enter"].includes(e.key))) return;
    const { trace } = this;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowRight: () => (e.shiftKey ? this.go(trace.phaseEnd(this.at, 1)) : this.move(1)),
      ArrowLeft: () => (e.shiftKey ? this.go(trace.phaseEnd(this.at, -1)) : this.move(-1)),
      " ": () => (this.tab === "loop" ? this.run() : this.play()),
      Home: () => this.go(0), End: () => this.go(Infinity), u: () => this.update(1), r: () => this.reset(),
    };
    const name = e.key.length === 1 ? e.key.toLowerCase() : e.key, act = keys[name];
    if (!act || (this.tab !== "hand" && !["u", "r", " "].includes(name))) return;
    if (name === " " && !["hand", "loop"].includes(this.tab)) return;
    e.preventDefault();
    act();
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  /** The number whose formula is shown. */
  get looked() {
    return this.number ?? this.trace.done(Math.min(this.at, this.trace.length))?.id ?? "a0.1";
  }

  /** @param {number} now */
  draw(now) {
    this.advance(now);
    const { client, data, trace, at, theme } = this;
    if (!client.spec) return;
    const number = this.looked, body = { spec: this.shown, number }, key = JSON.stringify(body);
    const { tab } = this;
    this.tabs.show(tab);
    if (tab === "chain") this.chain.draw(this.shown, trace, this.number ?? "");
    if (tab === "naive") this.naive.draw(this.shown, theme);
    if (tab === "loop") this.loop.draw(trace, data, theme, this.running);
    this.drawSetting();
    if (tab === "hand") this.drawHand(body, key);
    Object.assign(this.root.dataset, {
      tab, at, length: trace.length, number, phase: trace.done(at)?.phase ?? "", updates: trace.plain.updates,
      weights: trace.plain.weights.join(","), loss: trace.plain.losses.at(-1), status: client.status,
      drawn: ++this.drawn,
    });
    client.live.drawn();
    if (this.playing) this.ask();
  }

  /** @param {{spec: any, number: string}} body @param {string} key */
  drawHand(body, key) {
    const { client, data, trace, at, lit, theme } = this, { view } = client, { number } = body;
    if (!this.formulas.has(key)) this.asks.want(body);
    this.graph.draw({ trace, at, number, lit, theme, data, present: Boolean(view.present) });
    this.bar.draw({ trace, at, playing: this.playing, pace: view.pace });
    this.panel.draw({ id: number, told: this.formulas.get(key) ?? null, trace, at, most: data.limits.value });
    this.tables.draw(trace, at);
  }

  drawSetting() {
    const { trace, data } = this, hidden = trace.plain.layers.length - 2, most = data.limits.layers - 1;
    if (!this.less || !this.more || !this.depth || !this.rate || !this.optimizer || !this.presets) return;
    stop(this.less, "One hidden layer fewer", hidden <= 0 && "there is none");
    stop(this.more, "One hidden layer more", hidden >= most && `${most} are the most`);
    write(this.depth, `${hidden} hidden layer${hidden === 1 ? "" : "s"}`);
    choose(this.optimizer, data.spec.optimizer);
    choose(this.presets, "");
    if (document.activeElement !== this.rate) this.rate.value = String(data.spec.learning_rate);
  }

  /** While it plays, the step follows the clock. @param {number} now */
  advance(now) {
    if (!this.playing) return;
    if (this.before) this.progress += Math.min(0.5, (now - this.before) / 1000) * Number(this.client.view.pace);
    this.before = now;
    const whole = Math.floor(this.progress);
    this.progress -= whole;
    this.at = Math.min(this.trace.length, this.at + whole);
    if (this.at >= this.trace.length) {
      this.playing = false;
      this.rest();
    }
  }

  dispose() {
    super.dispose();
    clearTimeout(this.resting);
    clearTimeout(this.turning);
    this.naive.dispose();
    this.loop.dispose();
    document.removeEventListener("keydown", this.keys);
    this.client.close();
  }
}

export const { render, dispose } = component(Backpropagation);
