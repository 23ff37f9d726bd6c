// The Descent room: optimisers race down a surface. The whole race comes as one frame; playing it, and going to any of
// its steps forth and back, happens here.

import { atStart, heightsOf, racerAt } from "./race.js";
import { Panel } from "./panel.js";
import { Chart } from "../../figures/chart.js";
import { RunBefore } from "../../kit/before.js";
import { Room, component } from "../../kit/room.js";
import { RunClient, TERMINAL } from "../../kit/run.js";
import { decodeFrame, fromBase64 } from "../../kit/wire.js";

class Descent extends Room {
  /** @param {HTMLElement} host @param {any} data */
  constructor(host, data) {
    super(host);
    this.at = 0; // the step that is shown
    this.playing = false;
    /** @type {number | null} when the playing was last drawn */
    this.before = null;
    /** @type {string[]} */
    this.dashes = data.dashes;
    /** @type {string} the run that the link opened; it is shown whole */
    this.opened = data.run ?? "";
    /** @type {Frame | null} */
    this.surface = null;
    /** @type {number[][]} its heights */
    this.rows = [];
    /** @type {number | undefined} of the race that is shown */
    this.serial = undefined;
    this.client = new RunClient({
      changed: () => this.ask(), say: (...words) => this.panel.note.say(...words), view: data.view, views: ["race"],
      past: ["race"], anew: "The race starts anew.",
    });
    this.panel = new Panel({
      play: () => this.play(), go: (step) => this.go(step), move: (n) => this.go(Math.round(this.at) + n),
      view: (changes) => this.client.setView(changes), way: (kind) => this.client.way(kind),
    });
    this.past = new RunBefore(this.panel.past, this.client, true);
    this.mount(this.panel.root);
    const on = { plotly_click: (/** @type {any} */ event) => this.clicked(event) }, drawn = () => this.ask();
    this.map = new Chart(this.panel.map, "descent_map", { on, drawn });
    this.relief = new Chart(this.panel.relief, "descent_relief", { on, drawn, plotly: "full" });
    this.heights = new Chart(this.panel.heights, "descent_heights", { drawn });
  }

  /** @param {Component} given */
  receive(given) {
    const [data] = given.data;
    this.dress(data);
    this.dashes = data.dashes;
    if (!this.client.receive(given, () => this.adopt(data))) return;
    this.ask();
  }

  /** Another setting: its surface, and its racers at the start. @param {any} data */
  adopt(data) {
    this.surface = decodeFrame(fromBase64(data.surface));
    const { data: cells, shape: [n, width] } = this.surface.arrays.heights;
    // Plotly reads the text of a cell from plain lists alone.
    this.rows = Array.from({ length: n }, (_, i) => Array.from(cells.subarray(i * width, (i + 1) * width)));
    this.panel.describe(this.surface.meta);
    this.at = 0;
    this.playing = false;
  }

  // ---- what the visitor does ----------------------------------------------------------------------------------------

  /** The step of the last racer that is still on its way; null before there is a race. @returns {number | null} */
  get last() { return this.shown ? this.shown.meta.steps : null; }

  get shown() { return this.client.shown("race"); }

  play() {
    if (!this.shown) { this.race(); return; }
    this.playing = !this.playing;
    if (this.playing && this.at >= (this.last ?? 0)) this.at = 0;
    this.before = null;
    this.ask();
  }

  /** What is raced is the session's setting: it waits until the session knows of all that was done to it. */
  race() {
    const { client } = this;
    client.session.inOrder(() => {
      if (client.status !== "idle" && !TERMINAL.has(client.status)) return;
      this.opened = "";
      client.submit({ play: true });
    });
  }

  /** @param {number} step */
  go(step) {
    if (this.last === null) return;
    this.playing = false;
    this.at = Math.max(0, Math.min(this.last, step));
    this.ask();
  }

  /** A click on the map, or on the surface in 3-D, is a new start: all race from it. @param {any} clicked Plotly's */
  clicked({ points, event }) {
    const full = this.map.element._fullLayout;
    if (!this.surface || this.client.view.hide.includes("start")) return;
    const { domain } = this.surface.meta;
    let [x, y] = [points[0].x, points[0].y];
    if (this.client.view.look === "map" && event) { // the pointer's own place, not the grid's
      const box = this.panel.map.getBoundingClientRect();
      x = full.xaxis.p2d(event.clientX - box.left - full.xaxis._offset);
      y = full.yaxis.p2d(event.clientY - box.top - full.yaxis._offset);
    }
    const rounded = (/** @type {number} */ v, /** @type {number[]} */ [low, high]) =>
      Math.min(high, Math.max(low, Number(v.toPrecision(4))));
    this.client.setting({ start: [rounded(x, domain.x), rounded(y, domain.y)] });
    this.race();
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  /** @param {number} now */
  draw(now) {
    const { client, surface, shown } = this, { view, run } = client;
    if (!this.root.isConnected || !surface) return;
    this.fit();
    if (shown?.serial !== this.serial) { // a new race begins at its start, one that was opened is shown whole
      this.serial = shown?.serial;
      this.playing = Boolean(shown) && run?.id !== this.opened;
      this.at = this.playing ? 0 : this.last ?? 0;
      this.before = null;
    }
    this.advance(now);
    const step = Math.floor(this.at), { meta, arrays } = surface;
    /** @type {import("./panel.js").Racer[]} */
    const racers = shown ? shown.meta.racers.map((/** @type {any} */ _, /** @type {number} */ i) =>
      racerAt(/** @type {any} */ (shown), i, step, meta.domain)) : atStart(meta.racers, meta.start);
    const revision = `${meta.formula} ${JSON.stringify(meta.domain)}`;
    const values = { ...arrays, ...meta, heights: this.rows, racers, revision };
    const flat = view.look === "map";
    this.panel.map.hidden = !flat;
    this.panel.relief.hidden = flat;
    const state = [this.serial, step, revision, meta.start, meta.racers];
    (flat ? this.map : this.relief).draw(values, this.theme, {}, state);
    const lowest = meta.lowest !== null;
    const reference = this.past.draw(({ frames }) =>
      (frames?.race ? { racers: heightsOf(frames.race, lowest) } : null));
    this.heights.draw({ racers, step, steps: this.last ?? client.spec?.steps, revision }, this.theme, { lowest }, state,
      reference);
    this.panel.draw({
      racers, step, last: this.last, playing: this.playing, client, colors: this.theme.classes, dashes: this.dashes,
      lowest,
    });
    Object.assign(this.root.dataset, {
      step: shown ? step : "", last: this.last ?? "", status: client.status, run: run?.id ?? "",
      states: racers.map((racer) => racer.state).join(" "), charts: Boolean(this.map.drawn || this.relief.drawn),
    });
    client.live.drawn();
    if (this.playing) this.ask();
  }

  /** While it plays, the step follows the clock: a slow machine leaves out pictures, not time. @param {number} now */
  advance(now) {
    if (!this.playing) return;
    const { pace } = this.client.view, last = this.last ?? 0;
    if (pace === "all") this.at = last;
    else if (this.before !== null) this.at += Math.min(0.25, (now - this.before) / 1000) * Number(pace);
    this.before = now;
    if (this.at >= last) { this.at = last; this.playing = false; }
  }

  dispose() {
    super.dispose();
    this.client.close();
    this.panel.dispose();
    for (const chart of [this.map, this.relief, this.heights]) chart.purge();
  }
}

export const { render, dispose } = component(Descent);
