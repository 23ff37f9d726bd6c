// Planes one after the other, each as the layer between makes it of the one before, with a slider between them.

import { Chart } from "../../figures/chart.js";
import { button, element, stop, write } from "../../kit/dom.js";
import { returnKeys } from "../../kit/keys.js";
import { between, drawn } from "./layer.js";

/**
 * title; places of samples and grid, x, y, x, y, …; square: what else is drawn, or nothing; centre and half: the part
 * of the plane that is shown.
 * @typedef {{title: string, places: ArrayLike<number>, grid: ArrayLike<number>, square?: ArrayLike<number>,
 *   centre: ArrayLike<number>, half: number}} Plane
 */
/** @typedef {{planes: Plane[], lines: number, points: number, classes: ArrayLike<number>, names: string[],
 *   line: {x: number[], y: number[]}, revision: string}} Shown line: in the last plane */

const EACH = 1400; // milliseconds from a plane to the next while it plays
const STEP = 0.02;

export class Planes {
  /** @param {{ask: () => void, theme: () => Theme}} room @param {string} label */
  constructor(room, label) {
    this.room = room;
    this.at = 0;
    this.playing = false;
    /** @type {number | null} when it was drawn last while it plays */
    this.before = null;
    this.last = 0;
    this.slider = element("input", { type: "range", min: 0, max: 1, step: STEP, value: 0, "aria-label": label,
      oninput: () => this.go(Number(this.slider.value)) });
    this.back = button("←", "The plane before (←)", () => this.step(-1), { "aria-label": "the plane before" });
    this.play = button("▶ Slide", "From plane to plane", () => this.toggle(), { class: "nnt-slide" });
    this.next = button("→", "The next plane (→)", () => this.step(1), { "aria-label": "the next plane" });
    this.said = element("span", { class: "nnt-sum", role: "status" });
    this.bar = element("div", { class: "nnt-bar nnt-between" },
      this.back, this.play, this.next, this.slider, this.said);
    returnKeys(this.bar);
    this.picture = element("div", { class: "nnt-plane" });
    this.chart = new Chart(this.picture, "plane_image", { drawn: () => room.ask() });
    this.root = element("section", { class: "nnt-column" }, this.bar, this.picture);
  }

  /** @param {number} at */
  go(at) {
    this.playing = false;
    this.at = Math.max(0, Math.min(this.last, at));
    this.room.ask();
  }

  /** To the plane before or after. @param {number} by */
  step(by) { this.go(by > 0 ? Math.floor(this.at + 1e-9) + 1 : Math.ceil(this.at - 1e-9) - 1); }

  toggle() {
    this.playing = !this.playing;
    if (this.playing && this.at >= this.last) this.at = 0;
    this.before = null;
    this.room.ask();
  }

  /** @param {KeyboardEvent} e @returns {boolean} whether it was a key of these */
  key(e) {
    if (e.key === "ArrowRight") this.step(1);
    else if (e.key === "ArrowLeft") this.step(-1);
    else if (e.key === "Home") this.go(0);
    else if (e.key === "End") this.go(this.last);
    else return false;
    return true;
  }

  /** @param {Shown} shown @param {number} now */
  draw({ planes, lines, points, classes, names, line, revision }, now) {
    this.last = planes.length - 1;
    if (this.playing) {
      this.at = Math.min(this.last, this.at + (this.before === null ? 0 : (now - this.before) / EACH));
      this.before = now;
      this.playing = this.at < this.last;
    }
    this.at = Math.min(this.at, this.last);
    const from = Math.min(Math.floor(this.at), this.last), to = Math.min(from + 1, this.last), share = this.at - from;
    const [one, other] = [planes[from], planes[to]];
    const mixed = (/** @type {"places" | "grid" | "centre"} */ what) => between(one[what], other[what], share);
    const [cx, cy] = mixed("centre"), half = one.half + (other.half - one.half) * share, places = mixed("places");
    const square = one.square && other.square ? between(one.square, other.square, share) : new Float32Array(0);
    const groups = names.map((name, k) => {
      const chosen = Array.from(classes, (c, i) => (c === k ? i : -1)).filter((i) => i >= 0);
      return { name, x: chosen.map((i) => places[2 * i]), y: chosen.map((i) => places[2 * i + 1]) };
    });
    const whole = share < STEP / 2;
    const title = whole ? one.title : share > 1 - STEP / 2 ? other.title : `from ${one.title} to ${other.title}`;
    write(this.said, `${whole || share > 1 - STEP / 2 ? "" : `${Math.round(100 * share)} % `}${title}`);
    const steps = Math.round(this.last / STEP) * STEP;
    if (Number(this.slider.max) !== steps) this.slider.max = String(steps);
    if (document.activeElement !== this.slider || this.playing) this.slider.value = String(this.at);
    this.slider.setAttribute("aria-valuetext", this.said.textContent);
    stop(this.back, "The plane before (←)", this.at <= 0 && "this is the first one");
    stop(this.next, "The next plane (→)", this.at >= this.last && "this is the last one");
    write(this.play, this.playing ? "❚❚ Pause" : "▶ Slide");
    const pairs = (/** @type {Float32Array} */ list) => ({
      x: Array.from({ length: list.length / 2 }, (_, i) => list[2 * i]),
      y: Array.from({ length: list.length / 2 }, (_, i) => list[2 * i + 1]),
    });
    this.chart.draw({
      ...drawn(mixed("grid"), lines, points), groups, square: pairs(square),
      line: this.at >= this.last ? line : { x: [], y: [] }, names: this.at > 0 ? ["h₁", "h₂"] : ["x₁", "x₂"],
      range_x: [cx - half, cx + half], range_y: [cy - half, cy + half], revision: [revision, this.at].join(),
    }, this.room.theme());
    this.root.dataset.at = this.at.toFixed(2);
    if (this.playing) this.room.ask();
  }

  dispose() { this.chart.purge(); }
}
