// A black pad to draw on in white: mouse, finger or pen, with undo; or a picture in place of strokes.

import { element } from "./editor.js";
import { label } from "./pictures.js";

const SIDE = 280, BRUSH = { min: 8, max: 44, value: 20 };
const MOST_BYTES = 20e6, MOST_SIDE = 640; // a telephone's photograph is taken, but travels small

export class Pad {
  /** changed(): there is more or less on the pad. */
  constructor(changed, words = "digit") {
    this.changed = changed;
    this.strokes = [];
    this.picture = null;
    this.canvas = element("canvas", { class: "nnl-pad", width: SIDE, height: SIDE, role: "img", tabindex: 0, "aria-label": "" });
    this.words = words;
    this.brush = element("input", { type: "range", ...BRUSH, "aria-label": "brush size" });
    const on = (name, f) => this.canvas.addEventListener(name, f);
    on("pointerdown", (e) => this.down(e));
    on("pointermove", (e) => this.move(e));
    for (const name of ["pointerup", "pointercancel"]) on(name, (e) => this.up(e));
    on("keydown", (e) => this.key(e));
    this.draw();
  }

  get empty() {
    return !this.picture && !this.strokes.length;
  }

  down(event) {
    if (event.button !== 0 || this.pointer !== undefined) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.push({ width: Number(this.brush.value), points: [this.at(event)] });
    this.draw();
    this.changed();
  }

  move(event) {
    if (event.pointerId !== this.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    this.strokes.at(-1).points.push(...(events.length ? events : [event]).map((e) => this.at(e)));
    this.draw();
    this.changed();
  }

  up(event) {
    if (event.pointerId === this.pointer) this.pointer = undefined;
  }

  key(event) {
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); this.undo(); }
    else if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); this.clear(); }
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  }

  undo() {
    if (this.strokes.length) this.strokes.pop();
    else this.picture = null;
    this.draw();
    this.changed();
  }

  clear() {
    this.strokes = [];
    this.picture = null;
    this.draw();
    this.changed();
  }

  /** A file, or what was pasted. Throws words. */
  async load(file) {
    if (!/^image\/(png|jpeg)$/.test(file.type)) throw new Error("That is no PNG or JPEG picture.");
    if (file.size > MOST_BYTES) throw new Error(`That picture has ${(file.size / 1e6).toFixed(0)} MB; at most ${MOST_BYTES / 1e6} MB can be taken.`);
    let bitmap;
    try {
      bitmap = await createImageBitmap(file);
    } catch {
      throw new Error("That picture cannot be read; is the file whole?");
    }
    const scale = Math.min(1, MOST_SIDE / Math.max(bitmap.width, bitmap.height));
    const size = [bitmap.width, bitmap.height].map((v) => Math.max(1, Math.round(v * scale)));
    const picture = element("canvas", { width: size[0], height: size[1] }), context = picture.getContext("2d");
    context.fillStyle = "#fff"; // what is transparent is paper
    context.fillRect(0, 0, ...size);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, ...size);
    bitmap.close();
    this.strokes = [];
    this.picture = picture;
    this.draw();
    this.changed();
  }

  draw() {
    const context = this.canvas.getContext("2d");
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
    if (this.picture) {
      const { width, height } = this.picture, scale = SIDE / Math.max(width, height);
      context.drawImage(this.picture, (SIDE - width * scale) / 2, (SIDE - height * scale) / 2, width * scale, height * scale);
    }
    Object.assign(context, { strokeStyle: "#fff", lineCap: "round", lineJoin: "round" });
    for (const { width, points } of this.strokes) {
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(...points[0]);
      for (const p of points.length > 1 ? points.slice(1) : points) context.lineTo(...p); // one point alone is a dot
      context.stroke();
    }
    const strokes = this.strokes.length;
    label(this.canvas, this.empty ? `Drawing pad, empty: draw a ${this.words} with mouse, finger or pen, or upload or paste a picture.`
      : `Drawing pad with ${[this.picture && "a picture", strokes && `${strokes} stroke${strokes === 1 ? "" : "s"}`].filter(Boolean).join(" and ")}.`);
  }

  /** What is on the pad as base64 PNG: an uploaded picture as it came (the server finds the ink), else the pad. */
  png() {
    const source = this.picture && !this.strokes.length ? this.picture : this.canvas;
    return source.toDataURL("image/png").split(",", 2)[1];
  }

  /** The pad made h×w without looking where the ink is: mean brightness of each field, as uint8. */
  shrunk(h, w) {
    const { data } = this.canvas.getContext("2d").getImageData(0, 0, SIDE, SIDE);
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
