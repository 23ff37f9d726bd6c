// What a looked-at picture shows, drawing and detail alike: the ink with its numbers, the classes as bars, training
// digits near it.

import { NearestAlbum } from "../../figures/nearest_album.js";
import { button, canvas, element, label, write } from "../../kit/dom.js";
import { cellAt, context2d, paint, scales } from "../../kit/pictures.js";
import { percent } from "../../kit/numbers.js";
import { css } from "../../kit/theme.js";

/** @typedef {import("../../kit/digit_data.js").DigitData} DigitData */
/** @typedef {{pixels: ArrayLike<number>, h: number, w: number}} Picture */

const LENS = 5; // pixels on a side of the magnified field

/** What the pictures of a data set are called. @param {string[]} names of its classes */
export const noun = (names) => (names.every((name) => /^\d$/.test(name)) ? "digit" : "picture");

/** What a part of the page is for. @param {...(Node | string)} text */
export const why = (...text) => element("p", { class: "nnl-why" }, ...text);

/** What has failed; hidden until something has. */
export class Fault {
  constructor() {
    this.root = element("p", { class: "nnl-fault", role: "alert", hidden: true });
  }

  /** No text: nothing has failed. @param {string} [text] */
  say(text = "") {
    this.root.textContent = text;
    this.root.hidden = !text;
  }
}

/** The picture itself, large; pointing at it shows the pixels around as numbers. */
export class Ink {
  constructor() {
    this.canvas = canvas("the digit", {
      class: "nnl-ink", onpointermove: (/** @type {PointerEvent} */ e) => this.point(e),
      onpointerleave: () => this.point(null),
    });
    /** @type {Picture | null} */
    this.picture = null;
    this.lens = element("canvas", { class: "nnl-lens", width: 40 * LENS, height: 40 * LENS, "aria-hidden": "true" });
    this.readout = element("div", { class: "nnl-readout", "aria-hidden": "true" });
    this.box = element("div", { class: "nnl-inkbox" }, this.canvas, this.lens, this.readout);
    this.lens.hidden = true;
  }

  /** 0 is black. @param {Picture} picture @param {string} name */
  draw(picture, name) {
    this.picture = picture;
    paint(this.canvas, picture.pixels, picture, scales.ink());
    label(this.canvas, name);
  }

  /**
   * From the sheet, while the numbers are on the way.
   * @param {DigitData} data @param {number} index @param {string} name
   */
  drawFrom(data, index, name) {
    this.picture = null;
    const { height, width } = data.about ?? { height: 28, width: 28 };
    Object.assign(this.canvas, { width, height });
    label(this.canvas, name);
    return data.draw(context2d(this.canvas), index, 0, 0, height);
  }

  /** @param {PointerEvent | null} event */
  point(event) {
    const { picture } = this, at = event && picture && cellAt(this.canvas, event, picture.h, picture.w);
    this.lens.hidden = !at;
    this.readout.textContent = "";
    if (!at) return;
    const { pixels, h, w } = picture, value = pixels[at.row * w + at.column];
    this.readout.textContent =
      `row ${at.row + 1}, column ${at.column + 1}: ${value} of 255 = ${(value / 255).toFixed(2)}`;
    const context = context2d(this.lens), half = (LENS - 1) / 2;
    context.font = "600 15px sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let r = 0; r < LENS; r++) {
      for (let c = 0; c < LENS; c++) {
        const row = at.row + r - half, column = at.column + c - half;
        const inside = row >= 0 && row < h && column >= 0 && column < w;
        const v = inside ? pixels[row * w + column] : 0;
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
  /** @param {string} title @param {(k: number) => void} [choose] */
  constructor(title, choose) {
    this.choose = choose;
    this.box = element("div", { class: "nnl-bars", role: "group", "aria-label": title });
    /** @type {ReturnType<Bars["row"]>[]} */
    this.rows = [];
  }

  /**
   * predicted: an SVM's answer need not be its largest probability.
   * @param {number[]} probabilities
   * @param {{names: string[], theme: Theme, predicted: number, truth?: number | null, chosen?: number | null}} state
   */
  draw(probabilities, { names, theme, predicted, truth = null, chosen = null }) {
    if (this.rows.length !== probabilities.length) {
      this.rows = probabilities.map((_, k) => this.row(k));
      this.box.replaceChildren(...this.rows.map(({ row }) => row));
    }
    // All bars begin in one line.
    this.box.style.setProperty("--nnl-name", `${Math.min(11, Math.max(...names.map((name) => name.length)) + 0.5)}ch`);
    probabilities.forEach((p, k) => {
      const { row, name, bar, number } = this.rows[k];
      const marks = `${k === truth ? "✓" : ""}${k === predicted ? "◂" : ""}`;
      name.textContent = names[k] ?? String(k);
      bar.style.width = `${(100 * p).toFixed(1)}%`;
      bar.style.background = css(theme.classes[k % theme.classes.length]);
      number.textContent = `${percent(p)} ${marks}`;
      Object.assign(row.dataset, { predicted: k === predicted, truth: k === truth });
      if (this.choose) row.setAttribute("aria-pressed", String(k === chosen));
      const said = [k === predicted && "the network's answer", k === truth && "the true class"].filter(Boolean);
      label(row, [`${names[k] ?? k}: ${percent(p)}`, ...said].join(", "));
    });
  }

  clear() {
    this.rows = [];
    this.box.replaceChildren();
  }

  /** @param {number} k */
  row(k) {
    const name = element("span", { class: "nnl-barname" }), bar = element("i"), number = element("b");
    const { choose } = this, inside = [name, element("span", { class: "nnl-bartrack" }, bar), number];
    /** @type {HTMLElement} */
    const row = choose ? button("", "explain this class", () => choose(k)) : element("div", { role: "img" });
    row.className = "nnl-barrow";
    row.append(...inside);
    return { row, name, bar, number };
  }
}

/** The training digits whose pixels are nearest, with label and distance. */
export class Nearest {
  constructor() {
    this.words = element("p", { class: "nnl-words" });
    this.album = new NearestAlbum();
    this.box = element("div", {}, this.album.box, this.words);
  }

  /** @param {Frame} frame @param {string[]} names @param {number} said by the network @param {Theme} theme */
  draw({ arrays }, names, said, theme) {
    const { nearest_label: labels, nearest_pixels: { shape: [count] } } = arrays;
    this.album.noun = noun(names);
    this.album.draw({ arrays, names, said, theme });
    const votes = new Map();
    for (const k of labels.data) votes.set(k, (votes.get(k) ?? 0) + 1);
    const [[best, most]] = [...votes].sort((a, b) => b[1] - a[1]);
    write(this.words, `${most} of the ${count} nearest are “${names[best] ?? best}”: that is what a nearest-neighbour `
      + `classifier would answer. The network ${best === said ? "agrees with them" : "says otherwise"}.`);
  }

  /** In another theme. @param {Theme} theme */
  redrawn(theme) { if (this.album.now) this.album.draw({ ...this.album.now, theme }); }

  clear(text = "") {
    this.album.clear();
    this.words.textContent = text;
  }
}
