// What a looked-at picture shows, drawing and detail alike: the ink with its numbers, the classes as bars, training digits near it.

import { element } from "./editor.js";
import { canvas, cellAt, label, paint, scales } from "./pictures.js";
import { percent } from "./predictions.js";
import { css } from "./theme.js";

const LENS = 5; // pixels on a side of the magnified field

/** What the pictures of a data set are called. */
export const noun = (names) => (names.every((name) => /^\d$/.test(name)) ? "digit" : "picture");

/** The picture itself, large; pointing at it shows the pixels around as numbers. */
export class Ink {
  constructor() {
    this.canvas = canvas("the digit", { class: "nnl-ink", onpointermove: (e) => this.point(e), onpointerleave: () => this.point(null) });
    this.lens = element("canvas", { class: "nnl-lens", width: 40 * LENS, height: 40 * LENS, "aria-hidden": "true" });
    this.readout = element("div", { class: "nnl-readout", "aria-hidden": "true" });
    this.box = element("div", { class: "nnl-inkbox" }, this.canvas, this.lens, this.readout);
    this.lens.hidden = true;
  }

  /** pixels: Uint8Array of h·w, 0 is black. */
  draw(pixels, h, w, name) {
    Object.assign(this, { pixels, h, w });
    paint(this.canvas, pixels, { h, w }, scales.ink());
    label(this.canvas, name);
  }

  /** From the sheet, while the numbers are on the way. */
  drawFrom(data, index, name) {
    this.pixels = null;
    const { height, width } = data.about ?? { height: 28, width: 28 };
    Object.assign(this.canvas, { width, height });
    label(this.canvas, name);
    return data.draw(this.canvas.getContext("2d"), index, 0, 0, height);
  }

  point(event) {
    const at = event && this.pixels && cellAt(this.canvas, event, this.h, this.w);
    this.lens.hidden = !at;
    this.readout.textContent = "";
    if (!at) return;
    const value = this.pixels[at.row * this.w + at.column];
    this.readout.textContent = `row ${at.row + 1}, column ${at.column + 1}: ${value} of 255 = ${(value / 255).toFixed(2)}`;
    const context = this.lens.getContext("2d"), half = (LENS - 1) / 2;
    context.font = "600 15px sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let r = 0; r < LENS; r++) {
      for (let c = 0; c < LENS; c++) {
        const row = at.row + r - half, column = at.column + c - half;
        const inside = row >= 0 && row < this.h && column >= 0 && column < this.w;
        const v = inside ? this.pixels[row * this.w + column] : 0;
        context.fillStyle = inside ? css([v, v, v]) : "#555";
        context.fillRect(40 * c, 40 * r, 40, 40);
        context.fillStyle = v > 127 ? "#000" : "#fff";
        if (inside) context.fillText(String(v), 40 * c + 20, 40 * r + 21);
      }
    }
    context.strokeStyle = css([224, 130, 20]);
    context.lineWidth = 3;
    context.strokeRect(40 * half + 1.5, 40 * half + 1.5, 37, 37);
  }
}

/** Probability of each class as a bar. With `choose(k)` the rows are buttons that ask about a class. */
export class Bars {
  constructor(title, choose) {
    this.choose = choose;
    this.box = element("div", { class: "nnl-bars", role: "group", "aria-label": title });
    this.rows = [];
  }

  /** predicted: an SVM's answer need not be its largest probability. */
  draw(probabilities, { names, theme, predicted, truth = null, chosen = null }) {
    if (this.rows.length !== probabilities.length) this.build(probabilities.length);
    this.box.style.setProperty("--nnl-name", `${Math.min(11, Math.max(...names.map((name) => name.length)) + 0.5)}ch`); // all bars begin in one line
    probabilities.forEach((p, k) => {
      const { row, name, bar, number } = this.rows[k];
      const marks = `${k === truth ? "✓" : ""}${k === predicted ? "◂" : ""}`;
      name.textContent = names[k] ?? String(k);
      bar.style.width = `${(100 * p).toFixed(1)}%`;
      bar.style.background = css(theme.classes[k % theme.classes.length]);
      number.textContent = `${percent(p)} ${marks}`;
      row.dataset.predicted = k === predicted;
      row.dataset.truth = k === truth;
      if (this.choose) row.setAttribute("aria-pressed", String(k === chosen));
      label(row, [`${names[k] ?? k}: ${percent(p)}`, k === predicted && "the network's answer", k === truth && "the true class"].filter(Boolean).join(", "));
    });
  }

  clear() {
    this.rows = [];
    this.box.replaceChildren();
  }

  build(count) {
    this.rows = Array.from({ length: count }, (_, k) => {
      const name = element("span", { class: "nnl-barname" }), bar = element("i"), number = element("b");
      const inside = [name, element("span", { class: "nnl-bartrack" }, bar), number];
      const row = this.choose
        ? element("button", { type: "button", class: "nnl-barrow", title: "explain this class", onclick: () => this.choose(k) }, ...inside)
        : element("div", { class: "nnl-barrow", role: "img" }, ...inside);
      return { row, name, bar, number };
    });
    this.box.replaceChildren(...this.rows.map((r) => r.row));
  }
}

/** The training digits whose pixels are nearest, with label and distance. */
export class Nearest {
  constructor() {
    this.words = element("p", { class: "nnl-words" });
    this.row = element("div", { class: "nnl-near" });
    this.box = element("div", {}, this.row, this.words);
  }

  draw({ arrays }, names, said) {
    const { nearest_label: labels, nearest_distance: distances, nearest_pixels: pixels, nearest_index: indices } = arrays;
    const [count, h, w] = pixels.shape;
    this.row.replaceChildren(...Array.from({ length: count }, (_, i) => {
      const name = names[labels.data[i]] ?? String(labels.data[i]), distance = distances.data[i].toFixed(2);
      const picture = canvas(`training ${noun(names)} ${indices.data[i]}: ${name}, distance ${distance}`);
      paint(picture, pixels.data.subarray(i * h * w, (i + 1) * h * w), { h, w }, scales.ink());
      return element("figure", { "data-agrees": String(labels.data[i] === said) }, picture,
        element("figcaption", {}, element("b", {}, name), element("span", {}, distance)));
    }));
    const votes = new Map();
    for (const k of labels.data) votes.set(k, (votes.get(k) ?? 0) + 1);
    const [[best, most]] = [...votes].sort((a, b) => b[1] - a[1]);
    this.words.textContent = `${most} of the ${count} nearest are “${names[best] ?? best}”: that is what a nearest-neighbour classifier would answer. The network ${best === said ? "agrees with them" : "says otherwise"}.`;
  }

  clear(text = "") {
    this.row.replaceChildren();
    this.words.textContent = text;
  }
}
