// A black pad to draw on in white: mouse, finger or pen, with undo; or a picture in place of strokes.

import { element, label } from "../kit/dom.js";
import { context2d } from "../kit/pictures.js";

const SIDE = 280, BRUSH = { min: 8, max: 44, value: 20 };
const MOST_BYTES = 20e6, MOST_SIDE = 640; // a telephone's photograph is taken, but travels small

export class Pad {
  /** @param {() => void} changed there is more or less on the pad */
  constructor(changed, words = "digit") {
    this.changed = changed;
    /** @type {{width: number, points: [number, number][]}[]} */
    this.strokes = [];
    /** @type {HTMLCanvasElement | null} */
    this.picture = null;
    /** @type {number | undefined} the one that draws */
    this.pointer = undefined;
    this.canvas = element("canvas", {
      class: "nnl-pad", width: SIDE, height: SIDE, role: "img", tabindex: 0, "aria-label": "",
    });
    this.words = words;
    this.brush = element("input", { type: "range", ...BRUSH, "aria-label": "brush size" });
    this.canvas.addEventListener("pointerdown", (e) => this.down(e));
    this.canvas.addEventListener("pointermove", (e) => this.move(e));
    this.canvas.addEventListener("pointerup", (e) => this.up(e));
    this.canvas.addEventListener("pointercancel", (e) => this.up(e));
    this.canvas.addEventListener("keydown", (e) => this.key(e));
    this.draw();
  }

  get empty() {
    return !this.picture && !this.strokes.length;
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0 || this.pointer !== undefined) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.push({ width: Number(this.brush.value), points: [this.at(event)] });
    this.redraw();
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (event.pointerId !== this.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    this.strokes.at(-1)?.points.push(...(events.length ? events : [event]).map((e) => this.at(e)));
    this.redraw();
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (event.pointerId === this.pointer) this.pointer = undefined;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); this.undo(); }
    else if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); this.clear(); }
  }

  /** @param {PointerEvent} event @returns {[number, number]} */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  }

  undo() {
    if (this.strokes.length) this.strokes.pop();
    else this.picture = null;
    this.redraw();
  }

  /** @param {HTMLCanvasElement | null} [picture] in place of all that is there */
  clear(picture = null) {
    this.strokes = [];
    this.picture = picture;
    this.redraw();
  }

  redraw() {
    this.draw();
    this.changed();
  }

  /** A file, or what was pasted. Throws words. @param {File} file */
  async load(file) {
    if (!/^image\/(png|jpeg)$/.test(file.type)) throw new Error("That is no PNG or JPEG picture.");
    const size = (file.size / 1e6).toFixed(0), most = MOST_BYTES / 1e6;
    if (file.size > MOST_BYTES) throw new Error(`That picture has ${size} MB; at most ${most} MB can be taken.`);
    const bitmap = await createImageBitmap(file).catch(() => {
      throw new Error("That picture cannot be read; is the file whole?");
    });
    const scale = Math.min(1, MOST_SIDE / Math.max(bitmap.width, bitmap.height));
    const [width, height] = [bitmap.width, bitmap.height].map((v) => Math.max(1, Math.round(v * scale)));
    const picture = element("canvas", { width, height }), context = context2d(picture);
    context.fillStyle = "#fff"; // what is transparent is paper
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    this.clear(picture);
  }

  draw() {
    const context = context2d(this.canvas);
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
    if (this.picture) {
      const { width, height } = this.picture, scale = SIDE / Math.max(width, height);
      const [left, top] = [(SIDE - width * scale) / 2, (SIDE - height * scale) / 2];
      context.drawImage(this.picture, left, top, width * scale, height * scale);
    }
    Object.assign(context, { strokeStyle: "#fff", fillStyle: "#fff", lineCap: "round", lineJoin: "round" });
    for (const { width, points } of this.strokes) {
      context.lineWidth = width;
      context.beginPath();
      // A line of no length, as a click leaves it, would not be drawn.
      context.arc(...points[0], width / 2, 0, 2 * Math.PI);
      context.fill();
      context.beginPath();
      context.moveTo(...points[0]);
      for (const p of points.slice(1)) context.lineTo(...p);
      context.stroke();
    }
    const strokes = this.strokes.length;
    const drawn = strokes && `${strokes} stroke${strokes === 1 ? "" : "s"}`;
    const parts = [this.picture && "a picture", drawn].filter(Boolean).join(" and ");
    const how = `draw a ${this.words} with mouse, finger or pen, or upload or paste a picture`;
    label(this.canvas, this.empty ? `Drawing pad, empty: ${how}.` : `Drawing pad with ${parts}.`);
  }

  /** What is on the pad as base64 PNG: an uploaded picture as it came (the server finds the ink), else the pad. */
  png() {
    const source = this.picture && !this.strokes.length ? this.picture : this.canvas;
    return source.toDataURL("image/png").split(",", 2)[1];
  }

  /**
   * The pad made h×w without looking where the ink is: mean brightness of each field, as uint8.
   * @param {number} h @param {number} w
   */
  shrunk(h, w) {
    const { data } = context2d(this.canvas).getImageData(0, 0, SIDE, SIDE);
    const sums = new Float64Array(h * w), counts = new Float64Array(h * w);
    for (let y = 0, p = 0; y < SIDE; y++) {
      const row = Math.floor((y * h) / SIDE) * w;
      for (let x = 0; x < SIDE; x++, p += 4) {
        const cell = row + Math.floor((x * w) / SIDE);
        sums[cell] += 0.299 * data[p] + 0.587 * data[p + 1] + 0.114 * data[p + 2];
        counts[cell] += 1;
      }
    }
    return Uint8Array.from(sums, (v, i) => Math.round(v / counts[i]));
  }
}
