// The confusion matrix: a row for each true class, a column for each predicted one. What is right lies on the diagonal and is many;
// the colour is for the rest, by the logarithm, so that a single mistake shows beside hundreds of right ones.

import { element } from "./editor.js";
import { confusion, percent } from "./predictions.js";
import { css } from "./theme.js";
import { prepare, sizeOf } from "./tiles.js";

const mix = (a, b, t) => a.map((v, i) => v + (b[i] - v) * t);
const WRONG = [192, 57, 43];

export class Confusion {
  /** `choose({truth, predicted})`: a cell was clicked, or Enter pressed on it. */
  constructor(root, choose) {
    this.choose = choose;
    this.canvas = element("canvas", { role: "img", tabindex: 0, class: "nnd-canvas", title: "click a cell: its digits" });
    this.hint = element("div", { class: "nnd-hint" });
    root.append(element("div", { class: "nnd-stage" }, this.canvas), this.hint);
    this.canvas.addEventListener("pointermove", (e) => this.point(this.at(e)));
    this.canvas.addEventListener("pointerleave", () => this.point(null));
    this.canvas.addEventListener("blur", () => this.point(null));
    this.canvas.addEventListener("click", (e) => { const cell = this.at(e); if (cell) choose(cell); });
    this.canvas.addEventListener("keydown", (e) => this.key(e));
  }

  /** The cell under the pointer; null on the labels. */
  at(event) {
    const { x0, y0, cell, classes } = this.place ?? {};
    if (!cell) return null;
    const column = Math.floor((event.offsetX - x0) / cell), row = Math.floor((event.offsetY - y0) / cell);
    return column >= 0 && row >= 0 && column < classes && row < classes ? { truth: row, predicted: column } : null;
  }

  point(cell) {
    if (cell?.truth === this.cell?.truth && cell?.predicted === this.cell?.predicted) return;
    this.cell = cell;
    this.key_ = null;
    if (this.last) this.draw(this.last);
  }

  key(e) {
    const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key];
    const { classes } = this.place ?? {};
    if (!classes) return;
    if (moves) {
      e.preventDefault();
      e.stopPropagation();
      const { truth, predicted } = this.cell ?? { truth: 0, predicted: 0 };
      this.point(this.cell ? { truth: (truth + moves[0] + classes) % classes, predicted: (predicted + moves[1] + classes) % classes } : { truth: 0, predicted: 0 });
    } else if ((e.key === "Enter" || e.key === " ") && this.cell) {
      e.preventDefault();
      e.stopPropagation();
      this.choose(this.cell);
    }
  }

  draw(now) {
    const { frame, theme, names } = (this.last = now), { canvas } = this;
    const key = [frame.serial, theme.key, sizeOf(canvas), devicePixelRatio, JSON.stringify(this.cell)].join();
    if (key === this.key_) return;
    const stage = prepare(canvas);
    if (!stage) return;
    this.key_ = key;
    const { context, width, height } = stage;
    const classes = names.length, counts = confusion(frame, classes), total = frame.truth.length;
    const rows = Array.from({ length: classes }, (_, k) => counts.subarray(k * classes, (k + 1) * classes).reduce((a, b) => a + b, 0));
    const size = Math.max(10, Math.min(theme.size + 2, (height / (classes + 2)) * 0.6));
    context.font = `${size}px ${theme.font}`;
    const label = Math.min(width * 0.25, Math.max(...names.map((n) => context.measureText(n).width)) + 10);
    const x0 = size + 4 + label, y0 = 2 * size + 8;
    const cell = Math.max(2, Math.min((width - x0 - 2) / classes, (height - y0 - 2) / classes));
    this.place = { x0, y0, cell, classes };
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = theme.faint;
    context.fillText("predicted", x0 + (cell * classes) / 2, size / 2 + 1);
    context.save();
    context.translate(size / 2 + 1, y0 + (cell * classes) / 2);
    context.rotate(-Math.PI / 2);
    context.fillText("true", 0, 0);
    context.restore();
    const short = (name, room) => {
      if (context.measureText(name).width <= room) return name;
      let n = name.length - 1;
      while (n > 1 && context.measureText(`${name.slice(0, n)}…`).width > room) n--;
      return `${name.slice(0, n)}…`;
    };
    let worst = 1;
    for (let k = 0; k < counts.length; k++) if (k % (classes + 1)) worst = Math.max(worst, counts[k]);
    for (let row = 0; row < classes; row++) {
      const y = y0 + row * cell;
      context.font = `${row === this.cell?.truth ? "700 " : ""}${Math.min(size, cell)}px ${theme.font}`;
      context.fillStyle = css(theme.text, row === this.cell?.truth ? 1 : 0.8);
      context.textAlign = "right";
      if (cell >= 7) context.fillText(short(names[row], label - 4), x0 - 5, y + cell / 2);
      context.textAlign = "center";
      context.font = `${row === this.cell?.predicted ? "700 " : ""}${Math.min(size, cell)}px ${theme.font}`;
      if (cell >= 7) context.fillText(short(names[row], cell - 2), x0 + (row + 0.5) * cell, y0 - size * 0.7);
      for (let column = 0; column < classes; column++) {
        const n = counts[row * classes + column], x = x0 + column * cell;
        const strength = row === column ? (rows[row] ? 0.1 + 0.45 * (n / rows[row]) : 0) : n ? 0.12 + 0.75 * (Math.log1p(n) / Math.log1p(worst)) : 0;
        const color = mix(theme.neutral, row === column ? theme.accent : WRONG, strength);
        context.fillStyle = css(color);
        context.fillRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
        if (n && cell >= 15) {
          const bright = color[0] * 0.3 + color[1] * 0.59 + color[2] * 0.11 > 140;
          context.fillStyle = bright ? "#101418" : "#fff";
          context.font = `${Math.min(size, cell * (n > 999 ? 0.34 : n > 99 ? 0.42 : 0.5))}px ${theme.font}`;
          context.fillText(String(n), x + cell / 2, y + cell / 2 + 0.5);
        }
      }
    }
    if (this.cell) {
      context.strokeStyle = css(theme.text);
      context.lineWidth = 2;
      context.strokeRect(x0 + this.cell.predicted * cell, y0 + this.cell.truth * cell, cell, cell);
    }
    this.describe(counts, rows, names, total);
  }

  describe(counts, rows, names, total) {
    const { classes } = this.place;
    let text;
    if (this.cell) {
      const { truth, predicted } = this.cell, n = counts[truth * classes + predicted];
      const share = rows[truth] ? ` (${percent(n / rows[truth])} of the ${rows[truth].toLocaleString("en")})` : "";
      text = `true ${names[truth]}, taken for ${names[predicted]}: ${n.toLocaleString("en")}${share}`;
    } else {
      let right = 0, most = -1;
      for (let k = 0; k < counts.length; k++) {
        if (k % (classes + 1) === 0) right += counts[k];
        else if (counts[k] && (most < 0 || counts[k] > counts[most])) most = k;
      }
      const often = most < 0 ? "no mistake" : `most often ${names[Math.floor(most / classes)]} is taken for ${names[most % classes]} (${counts[most]})`;
      text = `${right.toLocaleString("en")} of ${total.toLocaleString("en")} right; ${often}`;
    }
    if (this.hint.textContent === text) return;
    this.hint.textContent = this.hint.title = text;
    this.canvas.setAttribute("aria-label", `Confusion matrix. ${text}. Arrow keys walk from cell to cell, Enter shows its digits.`);
  }
}
