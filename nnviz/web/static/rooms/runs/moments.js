// One moment of several runs: a slider along the chart's axis, and what each run looked like there, with its values.

import { choice, element, write } from "../../kit/dom.js";
import { FilmPlayer } from "../../kit/film.js";
import { count, number, percent } from "../../kit/numbers.js";
import { stepAt, valueAt } from "./places.js";

/** @typedef {import("./cells.js").Run} Run */
/**
 * @typedef {{run: string, step: number | null, kind: string | null, picture: string | null, why: string | null}} Moment
 * @typedef {{run: Run, name: string, history: Columns, work: number | null}} Member
 * @typedef {{members: Member[], axis: string, what: string, splits: string[], dark: boolean, serial: number}} Shown
 */

const PLACES = 120; // of the slider, evenly along the axis
const AGAIN = 1500; // milliseconds between two questions for what runs that train look like now
/** @type {Record<string, string>} */
const UNITS = { epoch: "epoch", step: "step", seconds: "s", work: "multiply-adds" };

export class Moments {
  /** @param {{ask: () => void, open: (run: Run) => void}} on */
  constructor(on) {
    this.on = on;
    /** @type {number | null} */
    this.at = null;
    /** @type {Shown | null} */
    this.shown = null;
    /** @type {Map<string, Moment>} */
    this.moments = new Map();
    this.asked = this.answered = ""; // what was asked for, and what is shown
    this.busy = false;
    this.last = -Infinity; // when it was asked
    this.timer = 0;
    this.key = "";
    this.fault = "";
    this.images = "predictions";
    this.film = new FilmPlayer({ state: () => this.state, go: (at) => this.go(at),
      name: "go back through all runs at once", end: "the end" });
    this.kind = choice("what is shown of runs on images",
      [["predictions", "confusion matrices"], ["filters", "first filters"]], (v) => { this.images = v; on.ask(); });
    this.place = element("output", { class: "nnr-place" });
    this.bar = element("div", { class: "nnr-moment" }, this.film.root, this.place, this.kind);
    this.root = element("div", { class: "nnr-moments", role: "list", "aria-label": "the runs at this place" });
  }

  /** @returns {import("../../kit/film.js").FilmState} */
  get state() {
    const length = this.farthest > 0 ? PLACES : 0, at = this.at;
    return { length, at, settled: this.answered === this.asked, words: at === null ? "the end" : this.words };
  }

  /** Where the longest run ends on the axis. */
  get farthest() {
    return Math.max(0, ...(this.shown?.members ?? []).map(({ history, work }) =>
      valueAt(history, this.shown?.axis ?? "epoch", Infinity, work) ?? 0));
  }

  /** The place on the axis, or null for the end. @returns {number | null} */
  get x() { return this.at === null ? null : (this.at / PLACES) * this.farthest; }

  get words() {
    const axis = this.shown?.axis ?? "epoch", x = this.x ?? this.farthest, unit = UNITS[axis];
    if (axis === "seconds") return `${x.toFixed(1)} ${unit}`;
    return axis === "work" ? `${number(x, 3)} ${unit}` : `${unit} ${count(x, axis === "epoch" && x < 10 ? 1 : 0)}`;
  }

  /** @param {number} at */
  go(at) {
    this.at = at >= PLACES ? null : Math.max(0, at);
    this.update();
    this.on.ask();
  }

  /** @param {Shown} shown */
  draw(shown) {
    this.shown = shown;
    this.bar.hidden = this.root.hidden = !shown.members.length;
    this.kind.hidden = !shown.members.some(({ run }) => run.tested);
    this.film.draw();
    write(this.place, this.at === null ? "at the end" : `at ${this.words}`);
    this.update();
    this.cards();
  }

  // ---- pictures -----------------------------------------------------------------------------------------------------

  /** Ask for what is to be seen now; while an answer is on its way, for the newest wish after it. */
  update() {
    const { shown } = this;
    if (!shown?.members.length || this.bar.closest("[hidden]")) return;
    const { x } = this, runs = shown.members.map(({ run, history, work }) =>
      ({ run: run.run, step: x === null ? null : stepAt(history, shown.axis, x, work) }));
    const body = JSON.stringify({ runs, theme: shown.dark ? "dark" : "light", images: this.images });
    const grown = x === null ? shown.serial : 0; // at the end runs that train look different from time to time
    const key = `${body} ${grown}`;
    if (key === this.asked) return;
    const sameBut = this.asked.startsWith(`${body} `), wait = AGAIN - (performance.now() - this.last);
    if (this.busy || (sameBut && wait > 0)) {
      clearTimeout(this.timer);
      if (!this.busy) this.timer = setTimeout(() => this.update(), wait);
      return;
    }
    this.asked = key;
    this.last = performance.now();
    this.fetch(key, body);
  }

  /** @param {string} key @param {string} body */
  async fetch(key, body) {
    this.busy = true;
    try {
      const answer = await fetch("/nnviz/moments", { method: "POST", body,
        headers: { "Content-Type": "application/json" } });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.message);
      this.moments = new Map(said.map((/** @type {Moment} */ moment) => [moment.run, moment]));
      this.fault = "";
    } catch (error) {
      this.fault = `The pictures cannot be had: ${error instanceof Error ? error.message : error}`;
    }
    this.busy = false;
    this.answered = key; // also where it failed: the film goes on
    this.on.ask();
    this.update(); // what was wished for meanwhile
  }

  cards() {
    const { shown, moments, x, fault } = this;
    if (!shown) return;
    const key = JSON.stringify([this.answered, x, shown.what, shown.splits, shown.serial, fault,
      shown.members.map(({ name, run }) => [name, run.color])]);
    if (key === this.key) return;
    this.key = key;
    this.root.dataset.at = x === null ? "" : String(x);
    this.root.replaceChildren(...(fault ? [element("p", {}, fault)] : []), ...shown.members.map((member) =>
      this.card(member, moments.get(member.run.run), shown)));
  }

  /** @param {Member} member @param {Moment | undefined} moment @param {Shown} shown */
  card({ run, name, history, work }, moment, { axis, what, splits }) {
    const told = (/** @type {string} */ split) => {
      const columns = split !== "test" ? history : run.tested?.split === "test" ? run.tested.history : null;
      const column = split === "validation" ? `val_${what}` : what;
      const value = columns && valueAt(columns, axis, this.x ?? Infinity, work, column);
      return value == null ? [] : [`${split} ${what === "accuracy" ? percent(value) : number(value, 3)}`];
    };
    const chosen = splits.flatMap(told), values = chosen.length ? chosen : told("training");
    const step = moment?.step == null ? "" : `step ${count(moment.step)}`;
    const about = `${name}${step && `, ${step}`}`;
    const picture = moment?.picture
      ? element("img", { src: moment.picture, alt: `${moment.kind}: ${about}`, "data-kind": moment.kind })
      : element("div", { class: "nnr-none" }, moment ? moment.why ?? "" : "…");
    const words = `${about}: open it in its room`;
    return element("div", { role: "listitem", "data-run": run.run, "data-step": moment?.step ?? "" },
      element("button", { type: "button", class: "nnr-picture", title: words, "aria-label": words,
        onclick: () => this.on.open(run) }, picture),
      element("b", {}, element("i", { style: `background:${run.color}` }), name),
      element("small", {}, [step, ...values].filter(Boolean).join(" · ")));
  }

  dispose() {
    clearTimeout(this.timer);
    this.film.dispose();
  }
}
