// The digit that is read: which one, the row that is read now, and a pad for a digit of the visitor's own.

import { Pad } from "../../figures/pad.js";
import { fromBase64 } from "../../kit/wire.js";
import { button, canvas, element, label, sign, stop, write } from "../../kit/dom.js";
import { context2d, paint, scales } from "../../kit/pictures.js";

/**
 * @typedef {import("../../kit/digit_data.js").DigitData} DigitData
 * @typedef {{read: (row: number) => void, move: (rows: number) => void, open: (index: number) => void,
 *   ask: () => void, wrong: () => number[], drawn: () => void}} Acts
 */

const SIDE = 224, BEAT = 160; // pixels; milliseconds for a row
const WRONG = "the next digit that the network gets wrong", READ = "read it row by row from the top";

export class DigitBox {
  /** @param {Acts} acts */
  constructor(acts) {
    this.acts = acts;
    this.index = this.row = this.rows = this.n = this.number = 0;
    this.drawing = false;
    this.timer = 0;
    /** @type {Pad | null} */
    this.pad = null;
    /** @type {{pixels: string, codes: Uint8Array, number: number} | null} the drawing as the network is fed it */
    this.own = null;
    this.copied = "";
    /** @type {Uint8Array | null} */
    this.codes = null;
    this.small = document.createElement("canvas");
    this.canvas = canvas("the digit", { class: "nnr-digit", width: SIDE, height: SIDE, tabindex: 0,
      onkeydown: (/** @type {KeyboardEvent} */ e) => this.key(e),
      onpointerdown: (/** @type {PointerEvent} */ e) => this.point(e),
      onpointermove: (/** @type {PointerEvent} */ e) => { if (e.buttons) this.point(e); } });
    this.slider = element("input", { type: "range", min: 0, max: 28, step: 1, "aria-label": "rows read",
      oninput: () => { this.halt(); acts.read(Number(this.slider.value)); } });
    this.said = element("output", {});
    this.play = button("▶ Read", READ, () => this.run());
    this.field = element("input", { type: "number", min: 0, "aria-label": "number of the digit",
      onchange: () => { if (this.field.value !== "") this.open(Number(this.field.value)); } });
    this.wrong = button("Next wrong", WRONG, () => {
      const list = acts.wrong();
      this.open(list.find((i) => i > this.index) ?? list[0] ?? this.index);
    });
    this.switch = button("Draw", "draw a digit of your own", () => this.turn());
    this.tools = element("div", { class: "nnr-tools" },
      sign("‹", "digit before", () => this.open(this.index - 1)), this.field,
      sign("›", "next digit", () => this.open(this.index + 1)),
      button("Random", "any digit", () => this.open(Math.floor(Math.random() * this.n))), this.wrong);
    this.caption = element("p", { class: "nnr-words", role: "status" });
    this.padBox = element("div", { class: "nnr-pad", hidden: true });
    this.root = element("section", { class: "nnr-panel", "aria-label": "the digit" }, this.canvas,
      element("div", { class: "nnr-tools" }, this.play,
        element("label", { class: "nnr-rows" }, this.slider, this.said)),
      this.caption, this.tools, element("div", { class: "nnr-tools" }, this.switch), this.padBox);
  }

  /** @param {number} index */
  open(index) {
    this.halt();
    this.acts.open(Math.max(0, Math.min(this.n - 1, Math.round(index))));
  }

  /** @param {PointerEvent} e */
  point(e) {
    const box = this.canvas.getBoundingClientRect();
    this.halt();
    this.acts.read(Math.max(1, Math.ceil(((e.clientY - box.top) / box.height) * this.rows)));
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    /** @type {Record<string, number>} */
    const rows = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1, Home: -this.rows, End: this.rows };
    if (!(e.key in rows) || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    e.stopPropagation(); // else the arrow makes a training step
    this.halt();
    this.acts.move(rows[e.key]);
  }

  /** Row by row, from the top where all have been read. */
  run() {
    if (this.timer) { this.halt(); return; }
    let row = this.row >= this.rows ? 0 : this.row;
    this.acts.read(row);
    this.timer = window.setInterval(() => {
      this.acts.read((row += 1));
      if (row >= this.rows) this.halt();
    }, BEAT);
    write(this.play, "❚❚ Stop");
  }

  halt() {
    clearInterval(this.timer);
    this.timer = 0;
    write(this.play, "▶ Read");
  }

  // ---- a drawing ----------------------------------------------------------------------------------------------------

  /** Draw a digit, or back to those of the data. */
  turn() {
    this.drawing = !this.drawing;
    if (this.drawing && !this.pad) {
      const pad = (this.pad = new Pad(() => this.stroke()));
      this.padBox.append(pad.canvas, element("div", { class: "nnr-tools" },
        button("Clear", "an empty pad (Delete on the pad)", () => pad.clear()),
        element("label", {}, "Brush", pad.brush)));
    }
    if (!this.drawing) this.own = null;
    this.padBox.hidden = !this.drawing;
    this.number += 1;
    write(this.switch, this.drawing ? "Back to the data's digits" : "Draw");
    this.acts.drawn();
    this.acts.ask();
  }

  stroke() {
    this.number += 1;
    if (this.pad?.empty) this.own = null;
    this.acts.drawn();
    this.acts.ask();
  }

  /** Which drawing is to be made like the training digits. @returns {string | null} */
  wanted() { return this.drawing && this.pad && !this.pad.empty ? this.picture().wanted : null; }

  picture() { return { wanted: `drawing ${this.number}` }; }

  /** @param {{pixels: string}} made @param {string} wanted */
  prepared({ pixels }, wanted) {
    if (!this.drawing || this.picture().wanted !== wanted) return;
    this.own = { pixels, codes: new Uint8Array(fromBase64(pixels)), number: this.number };
  }

  /** Other data: no drawing is of their size. */
  clear() {
    this.own = this.codes = null;
    this.copied = "";
    this.number += 1;
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  /**
   * The greys of the digit, row by row; null while they are on the way.
   * @param {DigitData} data @param {number} index
   */
  pixels(data, index) {
    if (this.own) return this.own.codes;
    const { about } = data, key = `${data.query} ${data.split} ${index}`;
    if (!about || this.drawing) return null;
    if (this.copied === key) return this.codes;
    const { width, height } = about;
    Object.assign(this.small, { width, height });
    const context = context2d(this.small);
    if (!data.draw(context, Math.min(index, about.n - 1), 0, 0, width)) return null;
    const { data: rgba } = context.getImageData(0, 0, width, height);
    this.codes = Uint8Array.from({ length: width * height }, (_, i) => rgba[4 * i]);
    this.copied = key;
    return this.codes;
  }

  /** @param {{data: DigitData, index: number, row: number, rows: number, names: string[], present: boolean}} now */
  draw({ data, index, row, rows, names }) {
    const { about } = data;
    Object.assign(this, { index, row, rows, n: about?.n ?? 0 });
    if (!about) return;
    const codes = this.pixels(data, index), context = context2d(this.canvas), high = SIDE / Math.max(1, rows);
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
    if (codes) {
      paint(this.small, codes, { h: about.height, w: about.width }, scales.ink());
      context.imageSmoothingEnabled = false;
      context.drawImage(this.small, 0, 0, SIDE, SIDE);
    }
    context.fillStyle = "rgb(90 90 100 / .62)"; // not read yet
    context.fillRect(0, row * high, SIDE, SIDE);
    if (row) {
      context.strokeStyle = "#f0b36a";
      context.lineWidth = 2.5;
      context.strokeRect(1.5, (row - 1) * high, SIDE - 3, high);
    }
    this.slider.max = String(rows);
    if (this.slider.value !== String(row)) this.slider.value = String(row);
    write(this.said, `row ${row} of ${rows}`);
    this.field.max = String(this.n - 1);
    if (document.activeElement !== this.field) this.field.value = String(index);
    this.tools.hidden = this.drawing;
    stop(this.wrong, WRONG, !this.acts.wrong().length && "none of those that it has judged is wrong");
    const truth = data.labels?.[index];
    const name = truth === undefined ? "…" : names[truth] ?? truth;
    const given = `${data.split} digit ${index}: a “${name}”`.replace(/^./, (c) => c.toUpperCase());
    const own = this.own ? "Your digit, made like the training digits." : "Draw a digit on the pad.";
    write(this.caption, this.drawing ? own : given);
    label(this.canvas, `The digit, ${row} of ${rows} rows read. Arrow keys read on and back.`);
  }

  dispose() { this.halt(); }
}
