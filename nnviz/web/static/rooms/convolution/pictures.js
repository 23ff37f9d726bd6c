// Pictures made of numbered cells: the digit, the feature map, the pooled map. Each is one canvas whose ground is drawn
// only when its cells change; the windows over it move with every frame.

import { stage } from "../../kit/canvas.js";
import { label as setLabel } from "../../kit/dom.js";
import { brief } from "../../kit/numbers.js";
import { context2d } from "../../kit/pictures.js";
import { css, letters, mix } from "../../kit/theme.js";

/** @typedef {{fill: RGB, value: number, hatched?: boolean}} Cell */
/** @typedef {{row: number, column: number, height: number, width: number}} Window cells */
/** @typedef {(row: number, column: number) => {color: RGB, strength: number}} Wash a tint over each cell of a window */
/** @typedef {Window & {color: RGB, thin?: boolean, wash?: Wash}} Box a frame around cells */
/**
 * cell: null is not there yet; key: of what the cells depend on; label: the picture in words.
 * @typedef {{rows: number, columns: number, cell: (row: number, column: number) => Cell | null, key: unknown[],
 *   boxes: Box[], theme: Theme, label: string}} Drawing
 */
/** @typedef {{cell: Drawing["cell"], theme: Theme, dpr: number, w: number, h: number}} Scale pixels of the screen */
/**
 * Places are fractions of cells.
 * @typedef {{down: (row: number, column: number) => void, leave: () => void, key: (e: KeyboardEvent) => void,
 *   move: (row: number, column: number, pressed: boolean) => void}} Hand
 */

const NUMBERS_FROM = 17; // CSS pixels: in smaller cells nobody could read a number

/**
 * A grey from 0 (paper) to 1 (ink), whatever the theme: the stroke of a digit is as strong as the text.
 * @param {Theme} theme @param {number} v
 */
export const grey = ({ background, neutral, text }, v) =>
  mix(mix(background, neutral, 0.35), text, Math.max(0, Math.min(1, v)));

/**
 * A signed number's colour: the negative's and the positive's, through neutral. `most` is where the colour is full.
 * @param {Theme} theme @param {number} v @param {number} most
 */
export function signed(theme, v, most) {
  const i = 128 + Math.round(127 * Math.max(-1, Math.min(1, v / most)));
  return [...theme.lut.subarray(i * 3, i * 3 + 3)];
}

export class Picture {
  /** @param {HTMLCanvasElement} canvas @param {Hand} on */
  constructor(canvas, on) {
    this.canvas = canvas;
    this.ground = document.createElement("canvas");
    this.rows = this.columns = 1;
    this.size = 0; // of a cell, in CSS pixels
    this.pressed = false;
    this.key = "";
    /** @param {PointerEvent} e @returns {[number, number]} */
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
    canvas.addEventListener("pointermove", (e) => on.move(...place(e), this.pressed));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { this.pressed = false; });
    canvas.addEventListener("pointerleave", () => { if (!this.pressed) on.leave(); });
    canvas.addEventListener("keydown", (e) => on.key(e));
  }

  /** @param {Drawing} drawing */
  draw({ rows, columns, cell, key, boxes, theme, label }) {
    const { canvas, ground } = this;
    Object.assign(this, { rows, columns });
    const sides = `${columns} / ${rows}`;
    if (canvas.style.aspectRatio !== sides) canvas.style.aspectRatio = sides;
    setLabel(canvas, label);
    const on = stage(canvas);
    if (!on) return;
    const { context: ctx, width, height, ratio: dpr } = on;
    const [w, h] = [width / columns, height / rows];
    this.size = Math.min(w, h) / dpr;
    const scale = { cell, theme, dpr, w, h };
    const all = JSON.stringify([key, width, height, rows, columns, theme.key]);
    if (all !== this.key) {
      this.key = all;
      Object.assign(ground, { width, height });
      this.cells(context2d(ground), scale);
    }
    ctx.drawImage(ground, 0, 0);
    for (const box of boxes) this.box(ctx, box, scale);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Scale} scale */
  cells(ctx, { cell, theme, dpr, w, h }) {
    const { rows, columns, size } = this;
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
    for (let c = 0; c <= columns; c++) {
      const x = Math.min(Math.round(c * w) + 0.5, w * columns - 0.5);
      ctx.moveTo(x, 0);
      ctx.lineTo(x, h * rows);
    }
    for (let r = 0; r <= rows; r++) {
      const y = Math.min(Math.round(r * h) + 0.5, h * rows - 0.5);
      ctx.moveTo(0, y);
      ctx.lineTo(w * columns, y);
    }
    ctx.stroke();
  }

  /**
   * One cell at a place of device pixels: its colour, and its number where there is room for one.
   * @param {CanvasRenderingContext2D} ctx @param {Cell} cell @param {number[]} place
   * @param {{theme: Theme, dpr: number}} how
   */
  fill(ctx, { fill, value, hatched }, [x, y, w, h], { theme, dpr }) {
    ctx.fillStyle = css(fill);
    ctx.fillRect(x, y, w, h);
    if (hatched) this.hatch(ctx, theme, [x, y, w, h]);
    const { size } = this;
    if (size < NUMBERS_FROM) return;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.font = `${Math.min(30, (size < 30 ? 0.42 : 0.34) * size) * dpr}px ${theme.font}`;
    ctx.fillStyle = css(letters(fill), value === 0 ? 0.5 : 1);
    ctx.fillText(brief(value, true, size < 26 && Math.abs(value) >= 1 ? 1 : 2), x + w / 2, y + 0.53 * h, w);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Theme} theme @param {number[]} place */
  hatch(ctx, theme, [x, y, w, h]) {
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

  /**
   * A frame around cells, tinted where it has a wash: the kernel lies over the picture.
   * @param {CanvasRenderingContext2D} ctx @param {Box} box @param {Scale} scale
   */
  box(ctx, { row, column, height, width, color, wash, thin }, { cell, w, h, dpr, theme }) {
    if (wash)
      for (let r = row; r < row + height; r++)
        for (let c = column; c < column + width; c++) {
          const found = cell(r, c), { color: tint, strength } = wash(r - row, c - column);
          const [left, top] = [Math.round(c * w), Math.round(r * h)];
          const place = [left, top, Math.round((c + 1) * w) - left, Math.round((r + 1) * h) - top];
          if (found) this.fill(ctx, { ...found, fill: mix(found.fill, tint, strength) }, place, { theme, dpr });
        }
    const line = (thin ? 2 : 3) * dpr;
    const inset = Math.max(line / 2, 0); // a window at the border stays whole
    const [x, y] = [Math.max(column * w, inset), Math.max(row * h, inset)];
    const right = Math.min((column + width) * w, ctx.canvas.width - inset);
    const below = Math.min((row + height) * h, ctx.canvas.height - inset);
    ctx.strokeStyle = css(theme.background, 0.9);
    ctx.lineWidth = line + 2 * dpr;
    ctx.strokeRect(x, y, right - x, below - y);
    ctx.strokeStyle = css(color);
    ctx.lineWidth = line;
    ctx.strokeRect(x, y, right - x, below - y);
  }

  /** Where cells lie on the page, in CSS pixels. @param {Window} cells */
  rectangle({ row, column, height, width }) {
    const box = this.canvas.getBoundingClientRect();
    const [w, h] = [box.width / this.columns, box.height / this.rows];
    return {
      left: box.left + column * w, top: box.top + row * h, right: box.left + (column + width) * w,
      bottom: box.top + (row + height) * h,
    };
  }
}
