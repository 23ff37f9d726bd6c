// Pictures made of numbered cells: the digit, the feature map, the pooled map. Each is one canvas whose ground is drawn
// only when its cells change; the windows over it move with every frame.

import { css } from "./theme.js";

const mix = (a, b, t) => a.map((v, i) => v + (b[i] - v) * t);
const NUMBERS_FROM = 17; // CSS pixels: in smaller cells nobody could read a number

/** Two decimals, or `places`, with a real minus; fewer from 10 on. Where room is short, no leading zero: .98 */
export function number(v, short = false, places = 2) {
  const size = Math.abs(v);
  const text = (size < 0.5 * 10 ** -places ? 0 : v).toFixed(size >= 100 ? 0 : size >= 10 ? 1 : places).replace("-", "−");
  return short ? text.replace(/\.0+$/, "").replace(/^(−?)0\./, "$1.") : text;
}

/** A grey from 0 (paper) to 1 (ink), whatever the theme: the stroke of a digit is as strong as the text. */
export const grey = (theme, v) => mix(mix(theme.background, theme.neutral, 0.35), theme.text, Math.max(0, Math.min(1, v)));

/** A signed number's colour: the negative's and the positive's, through neutral. `most` is where the colour is full. */
export function signed(theme, v, most) {
  const i = 128 + Math.round(127 * Math.max(-1, Math.min(1, v / most)));
  return [...theme.lut.subarray(i * 3, i * 3 + 3)];
}

/** Dark or light letters, whichever stand out. */
export function letters(fill) {
  return 0.299 * fill[0] + 0.587 * fill[1] + 0.114 * fill[2] > 140 ? [22, 27, 36] : [250, 250, 247];
}

export class Picture {
  /** `on` has down(row, column), move(row, column, pressed), leave(), key(event); places are fractions of cells. */
  constructor(canvas, on) {
    this.canvas = canvas;
    this.ground = document.createElement("canvas");
    const place = (e) => {
      const box = canvas.getBoundingClientRect();
      return [((e.clientY - box.top) / box.height) * this.rows, ((e.clientX - box.left) / box.width) * this.columns];
    };
    canvas.addEventListener("pointerdown", (e) => {
      if (e.button) return;
      canvas.setPointerCapture(e.pointerId);
      this.pressed = true;
      on.down(...place(e));
    });
    canvas.addEventListener("pointermove", (e) => on.move(...place(e), Boolean(this.pressed)));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { this.pressed = false; });
    canvas.addEventListener("pointerleave", () => { if (!this.pressed) on.leave(); });
    canvas.addEventListener("keydown", (e) => on.key(e));
  }

  /** rows, columns; cell(row, column) → {fill: [r, g, b], value, hatched} or null (not there yet); key: of what the cells
   * depend on; boxes: [{row, column, height, width, color,
   * thin, wash(row, column) → {color, strength} of a tint over each cell}]; label: the picture in words. */
  draw({ rows, columns, cell, key, boxes, theme, label }) {
    const { canvas, ground } = this;
    Object.assign(this, { rows, columns });
    const ratio = `${columns} / ${rows}`;
    if (canvas.style.aspectRatio !== ratio) canvas.style.aspectRatio = ratio;
    if (canvas.getAttribute("aria-label") !== label) canvas.setAttribute("aria-label", label);
    const dpr = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(canvas.clientWidth * dpr), Math.round(canvas.clientHeight * dpr)];
    if (!width || !height) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const [w, h] = [width / columns, height / rows];
    this.size = Math.min(w, h) / dpr; // of a cell, in CSS pixels
    const all = JSON.stringify([key, width, height, rows, columns, theme.key]);
    if (all !== this.key) {
      this.key = all;
      Object.assign(ground, { width, height });
      this.cells(ground.getContext("2d"), { rows, columns, cell, theme, dpr, w, h });
    }
    const ctx = canvas.getContext("2d");
    ctx.drawImage(ground, 0, 0);
    for (const box of boxes) this.box(ctx, box, { cell, w, h, dpr, theme });
  }

  cells(ctx, { rows, columns, cell, theme, dpr, w, h }) {
    const { size } = this;
    ctx.fillStyle = css(theme.background);
    ctx.fillRect(0, 0, w * columns, h * rows);
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        const [x, y] = [Math.round(c * w), Math.round(r * h)];
        const [right, below] = [Math.round((c + 1) * w), Math.round((r + 1) * h)];
        const found = cell(r, c);
        if (!found) {
          ctx.fillStyle = css(theme.text, 0.16);
          ctx.beginPath();
          ctx.arc((x + right) / 2, (y + below) / 2, Math.max(1, 0.06 * w), 0, 7);
          ctx.fill();
          continue;
        }
        this.fill(ctx, found, [x, y, right - x, below - y], { theme, dpr });
      }
    ctx.strokeStyle = css(theme.text, size < 9 ? 0.06 : 0.13);
    ctx.lineWidth = 1;
    ctx.beginPath();
    for (let c = 0; c <= columns; c++) { const x = Math.min(Math.round(c * w) + 0.5, w * columns - 0.5); ctx.moveTo(x, 0); ctx.lineTo(x, h * rows); }
    for (let r = 0; r <= rows; r++) { const y = Math.min(Math.round(r * h) + 0.5, h * rows - 0.5); ctx.moveTo(0, y); ctx.lineTo(w * columns, y); }
    ctx.stroke();
  }

  /** One cell at a place of device pixels: its colour, and its number where there is room for one. */
  fill(ctx, { fill, value, hatched }, [x, y, w, h], { theme, dpr }) {
    ctx.fillStyle = css(fill);
    ctx.fillRect(x, y, w, h);
    if (hatched) this.hatch(ctx, theme, x, y, w, h);
    const { size } = this;
    if (size < NUMBERS_FROM) return;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.font = `${Math.min(30, (size < 30 ? 0.42 : 0.34) * size) * dpr}px ${theme.font}`;
    ctx.fillStyle = css(letters(fill), value === 0 ? 0.28 : 0.92);
    ctx.fillText(number(value, true, size < 26 && Math.abs(value) >= 1 ? 1 : 2), x + w / 2, y + 0.53 * h, w);
  }

  hatch(ctx, theme, x, y, w, h) {
    ctx.save();
    ctx.beginPath();
    ctx.rect(x, y, w, h);
    ctx.clip();
    ctx.strokeStyle = css(theme.text, 0.16);
    ctx.lineWidth = Math.max(1, w * 0.04);
    ctx.beginPath();
    for (const t of [0, 0.5, 1, 1.5]) { ctx.moveTo(x + w * t, y); ctx.lineTo(x + w * t - w, y + h); }
    ctx.stroke();
    ctx.restore();
  }

  /** A frame around cells, tinted where it has a wash: the kernel lies over the picture. */
  box(ctx, { row, column, height, width, color, wash, thin }, { cell, w, h, dpr, theme }) {
    if (wash)
      for (let r = row; r < row + height; r++)
        for (let c = column; c < column + width; c++) {
          const found = cell(r, c), { color: tint, strength } = wash(r - row, c - column);
          const [x, y] = [Math.round(c * w), Math.round(r * h)];
          this.fill(ctx, { ...found, fill: mix(found.fill, tint, strength) }, [x, y, Math.round((c + 1) * w) - x, Math.round((r + 1) * h) - y], { theme, dpr });
        }
    const line = (thin ? 2 : 3) * dpr;
    const inset = Math.max(line / 2, 0); // a window at the border stays whole
    const [x, y] = [Math.max(column * w, inset), Math.max(row * h, inset)];
    const right = Math.min((column + width) * w, ctx.canvas.width - inset), below = Math.min((row + height) * h, ctx.canvas.height - inset);
    ctx.strokeStyle = css(theme.background, 0.9);
    ctx.lineWidth = line + 2 * dpr;
    ctx.strokeRect(x, y, right - x, below - y);
    ctx.strokeStyle = css(color);
    ctx.lineWidth = line;
    ctx.strokeRect(x, y, right - x, below - y);
  }

  /** Where cells lie on the page: {left, top, right, bottom} in CSS pixels. */
  rectangle({ row, column, height, width }) {
    const box = this.canvas.getBoundingClientRect();
    const [w, h] = [box.width / this.columns, box.height / this.rows];
    return { left: box.left + column * w, top: box.top + row * h, right: box.left + (column + width) * w, bottom: box.top + (row + height) * h };
  }
}
