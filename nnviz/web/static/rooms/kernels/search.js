// The grid search: each fold's score and time as it ends, the heat map that fills, and the region of the pair that is
// chosen in it.

import { Chart, Pointed } from "../../figures/chart.js";
import { NO_CURVE, RunBefore } from "../../kit/before.js";
import { element, sign, stop, write } from "../../kit/dom.js";
import { returnKeys } from "../../kit/keys.js";
import { count, number, percent } from "../../kit/numbers.js";
import { TERMINAL } from "../../kit/run.js";
import { statusWords } from "../../kit/status.js";
import { groups } from "./samples.js";

/** @typedef {import("./kernels.js").Context} Context */

const NONE = { x: [], y: [] };
const PLAY = "Search, pause (space)", RESET = "Forget the search (R)";
const LINES = 400; // of the list of fits

/** The heat map: cells to be pointed at, walked through and chosen. */
class Cells extends Pointed {
  /** @param {any} point Plotly's */
  spotOf({ customdata }) { return typeof customdata === "number" ? customdata : null; }

  /** @param {number} dx @param {number} dy */
  step(dx, dy) {
    const { x, y } = this.known, width = x.length, now = this.spot ?? Math.max(0, this.known.at ?? 0);
    const column = Math.min(width - 1, Math.max(0, (now % width) + dx));
    return Math.min(y.length - 1, Math.max(0, Math.floor(now / width) + dy)) * width + column;
  }

  words() {
    const { said, x } = this.known;
    return this.spot === null ? "" : said.flat()[this.spot].replace(/<br>/g, " · ").replace(/<[^>]*>/g, "") || `${x}`;
  }

  redraw() { this.describe(); }
}

export class Search {
  /** @param {Context} room @param {import("./picture.js").Picture} svm the samples are its */
  constructor(room, svm) {
    this.room = room;
    this.svm = svm;
    this.listed = "";
    const { client } = room;
    this.play = sign("", PLAY, () => client.play(), { class: "nnv-play" });
    this.reset = sign("↺", RESET, () => client.reset(), { class: "nnv-reset" });
    this.bar = element("progress", { class: "nnk-progress", max: 1, value: 0, "aria-label": "fits that are done" });
    this.status = element("div", { class: "nnv-status", role: "status", "aria-live": "polite" });
    const buttons = element("div", { class: "nnv-buttons" }, this.play, this.reset);
    returnKeys(buttons);
    const past = element("div", { class: "nnv-past-row" });
    this.past = new RunBefore(past, client, true);
    this.total = element("p", { class: "nnk-words" });
    const map = element("div", { class: "nnk-map" });
    this.map = new Cells(map, "search_map", (cell) => this.choose(cell),
      "Arrows go from pair to pair, Enter chooses one");
    this.map.came = () => room.ask();
    const region = element("div", { class: "nnk-plane nnk-region", role: "img" });
    this.region = new Chart(region, "kernel_plane", { drawn: () => room.ask() });
    this.chosen = element("h3", {}, "");
    this.cell = element("p", { class: "nnk-words", role: "status" });
    this.fits = element("ol", { class: "nnk-fits", tabindex: 0, "aria-label": "fits, the newest first" });
    this.root = element("div", { class: "nnk-search" },
      element("div", { class: "nnv-bar" }, buttons, this.bar, element("div", { class: "nnv-end" }, this.status)),
      this.total, past,
      element("div", { class: "nnk-grid" },
        element("section", {}, map), element("section", {}, this.chosen, this.cell, region),
        element("section", {}, element("h3", {}, "Fits"), this.fits)));
  }

  /** A pair becomes the one SVM's numbers, too. @param {number | null} cell */
  choose(cell) {
    const frame = this.room.client.shown();
    if (cell === null || cell < 0 || !frame) return;
    const [C, gamma] = frame.meta.candidates[cell];
    this.room.client.setting({ C, gamma });
  }

  draw() {
    const { client } = this.room, { spec } = this.svm, frame = client.shown(), theme = this.room.theme();
    this.past.draw(NO_CURVE);
    const going = ["running", "starting", "waiting"].includes(client.status), over = TERMINAL.has(client.status);
    const mine = client.run?.mine ?? true;
    const label = going ? "❚❚ Pause" : client.status === "paused" && mine ? "▶ Resume"
      : over ? "▶ Search again" : "▶ Search";
    write(this.play, label);
    this.play.setAttribute("aria-label", `${label.slice(2)} (space)`);
    stop(this.play, PLAY, !mine && going && "this run belongs to somebody else, you are watching");
    stop(this.reset, RESET, !client.run && "nothing is searched yet");
    const cells = (spec.kernel === "linear" ? 1 : spec.gamma_values.length) * spec.C_values.length;
    write(this.total, `Fitting ${spec.folds} folds for each of ${cells} candidates, totalling ${cells * spec.folds} `
      + `fits of ${count(spec.train)} samples; then each candidate once on all of them.`);
    this.bar.value = frame ? frame.meta.done / frame.meta.total : 0;
    const failed = client.online ? "" : " · connection lost, trying again";
    write(this.status, (frame ? this.progress(frame.meta, over) : statusWords(client)) + failed);
    this.list(frame);
    const at = frame ? this.cellOf(frame.meta, spec) : -1;
    this.drawMap(frame, at, theme);
    this.drawRegion(frame, at, theme);
    Object.assign(this.root.dataset, {
      done: frame?.meta.done ?? 0, total: frame?.meta.total ?? "", best: frame?.meta.best ?? "", cell: at,
      map: String(this.map.drawn), region: String(this.region.drawn),
    });
  }

  /** @param {any} meta @param {boolean} over */
  progress({ fits, n_fits: of, done, total, best, ties, candidates }, over) {
    if (best === null) return `${fits} of ${of} fits${over ? ", stopped" : ""}`;
    const [C, gamma] = candidates[best], others = ties.length > 1 ? ` (${ties.length} pairs are equally good)` : "";
    const rest = done < total ? ` · ${done - of} of ${total - of} on all samples` : "";
    return `best: C = ${C}, γ = ${gamma}${others}${rest}`;
  }

  /** The candidate with the numbers of the one SVM; −1: none has them. @param {any} meta @param {any} spec */
  cellOf({ candidates }, spec) {
    return candidates.findIndex((/** @type {number[]} */ [C, gamma]) =>
      C === spec.C && (spec.kernel === "linear" || gamma === spec.gamma));
  }

  /** @param {Frame | null} frame @param {number} at @param {Theme} theme */
  drawMap(frame, at, theme) {
    if (!frame) {
      this.map.element.style.visibility = "hidden";
      return;
    }
    this.map.element.style.visibility = "";
    const { map } = frame.meta, width = map.x.length;
    const [column, row] = [at % width, Math.floor(at / width)];
    const chosen = at < 0 ? null : { x0: column - 0.5, x1: column + 0.5, y0: row - 0.5, y1: row + 0.5 };
    this.map.draw({ ...map, lost: NONE, chosen, at, revision: JSON.stringify([map.x, map.y]) }, theme, {},
      [frame.serial, at]);
  }

  /** @param {Frame | null} frame @param {number} at @param {Theme} theme */
  drawRegion(frame, at, theme) {
    const samples = this.svm.frame, ready = frame && at >= 0 && at < frame.meta.whole.length && samples;
    this.region.element.style.visibility = ready ? "" : "hidden";
    if (!frame || at < 0) {
      write(this.chosen, "");
      write(this.cell, frame ? "Click a cell of the heat map: its region." : "");
      return;
    }
    const { meta, arrays: { planes } } = frame, [C, gamma] = meta.candidates[at];
    write(this.chosen, meta.map.x_label === "γ" ? `C = ${C}, γ = ${gamma}` : `C = ${C}`);
    if (!ready) { write(this.cell, "Its region comes when it has been fitted to all samples."); return; }
    const { train, test, support, seconds } = meta.whole[at];
    const told = (/** @type {any} */ one) =>
      `${number(one.accuracy, 4)} (${percent(one.low, 1)} to ${percent(one.high, 1)})`;
    write(this.cell, `Fitted to all ${count(meta.n)}: training ${told(train)}, test ${told(test)}; `
      + `${count(support)} support vectors, ${number(seconds, 2)} s.`);
    const side = planes.shape[1], cells = planes.data.subarray(at * side * side, (at + 1) * side * side);
    const plane = { data: Float32Array.from(cells, (v) => (v / 127) * meta.strongest), shape: [side, side] };
    const plain = groups(samples).map((group) => ({ ...group, symbol: "circle", size: 4.5, edge: 0 }));
    this.region.draw({
      plane, border: plane, margins: true, least: -meta.strongest, most: meta.strongest, domain: meta.domain,
      groups: plain, wrong: NONE, one: NONE, place: NONE, cut: NONE, axes: meta.axes,
      revision: JSON.stringify(meta.domain),
    }, theme, {}, [frame.serial, at, samples.serial]);
    this.region.element.setAttribute("aria-label", `${this.chosen.textContent}: ${this.cell.textContent}`);
  }

  /** The newest fit first. @param {Frame | null} frame */
  list(frame) {
    const key = frame ? `${frame.run} ${frame.meta.done}` : "";
    if (key === this.listed) return;
    this.listed = key;
    if (!frame) { this.fits.replaceChildren(); return; }
    const { arrays: { scores, seconds }, meta: { candidates, folds, whole } } = frame;
    /** @type {string[]} */
    const lines = [];
    candidates.forEach((/** @type {number[]} */ [C, gamma], /** @type {number} */ i) => {
      for (let fold = 0; fold < folds; fold++) {
        const score = scores.data[i * folds + fold];
        if (Number.isNaN(score)) continue;
        lines.push(`C = ${C}, γ = ${gamma}, fold ${fold + 1}: ${score.toFixed(4)}, `
          + `${number(seconds.data[i * folds + fold], 2)} s`);
      }
    });
    whole.forEach((/** @type {any} */ { test, seconds: time }, /** @type {number} */ i) => {
      const [C, gamma] = candidates[i];
      lines.push(`C = ${C}, γ = ${gamma}, all: test ${test.accuracy.toFixed(4)}, ${number(time, 2)} s`);
    });
    this.fits.replaceChildren(...lines.reverse().slice(0, LINES).map((line) => element("li", {}, line)));
  }

  dispose() {
    this.map.purge();
    this.region.purge();
  }
}
