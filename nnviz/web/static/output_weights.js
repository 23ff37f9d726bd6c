// The output weights of one class as bars, one for each hidden neuron: for which strokes that class is taken, and against which (D5).

import { element } from "./editor.js";
import { number } from "./arithmetic.js";
import { prepare, sizeOf } from "./tiles.js";
import { css } from "./theme.js";

const GREEN = [26, 152, 80], RED = [215, 48, 39];

export class OutputWeights {
  /** `point(unit)`: the pointer is on this neuron's bar, or null. */
  constructor(root, choose) {
    this.choose = choose;
    this.canvas = element("canvas", { role: "img", tabindex: 0, class: "nnd-canvas" });
    this.hint = element("div", { class: "nnd-hint" });
    root.append(element("div", { class: "nnd-stage" }, this.canvas), this.hint);
    const at = (e) => (this.units ? Math.max(0, Math.min(this.units - 1, Math.floor((e.offsetX - this.x0) / this.step))) : null);
    this.canvas.addEventListener("pointermove", (e) => this.point(at(e)));
    this.canvas.addEventListener("pointerleave", () => this.point(null));
    this.canvas.addEventListener("blur", () => this.point(null));
    this.canvas.addEventListener("click", (e) => choose(at(e)));
    this.canvas.addEventListener("keydown", (e) => {
      const move = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
      if (!move || !this.units) return;
      e.preventDefault();
      e.stopPropagation();
      this.point(this.unit === null || this.unit === undefined ? 0 : Math.max(0, Math.min(this.units - 1, this.unit + move)));
    });
  }

  point(unit) {
    if (unit === this.unit) return;
    this.unit = unit;
    this.key_ = null;
    if (this.last) this.draw(this.last);
  }

  draw(now) {
    const { frame, of, threshold, theme, names, pinned } = (this.last = now), output = frame.arrays.output;
    const key = [frame.serial, of, threshold, theme.key, sizeOf(this.canvas), this.unit, pinned].join();
    if (key === this.key_) return;
    const stage = prepare(this.canvas);
    if (!stage) return;
    this.key_ = key;
    const { context, width, height } = stage;
    const [units, classes] = output.shape, weight = (u) => output.data[u * classes + of];
    let peak = threshold * 1.15;
    for (let u = 0; u < units; u++) peak = Math.max(peak, Math.abs(weight(u)));
    const size = theme.size - 1, x0 = 3.2 * size, y = (v) => height / 2 - (v / peak) * (height / 2 - 4), step = (width - x0) / units;
    Object.assign(this, { units, x0, step });
    context.font = `${size}px ${theme.font}`;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const v of [threshold, 0, -threshold]) {
      context.strokeStyle = v ? css(v > 0 ? GREEN : RED, 0.7) : theme.grid;
      context.setLineDash(v ? [4, 3] : []);
      context.beginPath();
      context.moveTo(x0, Math.round(y(v)) + 0.5);
      context.lineTo(width, Math.round(y(v)) + 0.5);
      context.stroke();
      context.fillStyle = theme.faint;
      context.fillText(v ? number(v, 2) : "0", x0 - 5, y(v));
    }
    context.setLineDash([]);
    for (let u = 0; u < units; u++) {
      const v = weight(u), color = v > threshold ? GREEN : v < -threshold ? RED : theme.text;
      context.fillStyle = css(color, color === theme.text ? (u === this.unit || u === pinned ? 0.85 : 0.4) : u === this.unit || u === pinned ? 1 : 0.8);
      context.fillRect(x0 + u * step + (step > 3 ? 0.5 : 0), Math.min(y(0), y(v)), Math.max(0.7, step - (step > 3 ? 1 : 0)), Math.max(0.5, Math.abs(y(v) - y(0))));
    }
    let plus = 0, minus = 0;
    for (let u = 0; u < units; u++) { plus += weight(u) > threshold; minus += weight(u) < -threshold; }
    const lit = this.unit ?? pinned;
    const text = lit !== null && lit !== undefined && lit < units
      ? `hidden neuron ${lit + 1}: its weight to “${names[of]}” is ${number(weight(lit), 3)}`
      : `“${names[of]}”: ${plus} neurons speak for it (green), ${minus} against it (red)`;
    if (this.hint.textContent === text) return;
    this.hint.textContent = this.hint.title = text;
    this.canvas.setAttribute("aria-label", `Output weights as bars. ${text}.`);
  }
}
