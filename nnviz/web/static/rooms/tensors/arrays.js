// Arrays from 0-D to 5-D: their axes as a drawing, an index for each, and the numbers that are left.

import { Chart } from "../../figures/chart.js";
import { choice, choose, element, svgNode, write } from "../../kit/dom.js";
import { count, typed } from "../../kit/numbers.js";
import { decodeFrame, fromBase64 } from "../../kit/wire.js";
import { layout, slice } from "./slice.js";

/** @typedef {import("../../kit/tabbed.js").Context} Context */

const MOST = 24_000; // cells of a picture
const FEW = 64; // with so many, each shows its number
const DRAWN = 4; // of an axis, so many are drawn

export class Arrays {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    /** @type {Frame | null} */
    this.frame = null;
    this.text = "";
    /** @type {{input: HTMLInputElement, all: HTMLInputElement, words: HTMLElement}[]} for each axis */
    this.rows = [];
    this.built = "";
    this.menu = choice("", [], (array) => room.client.setView({ array, index: null }),
      { title: null, "aria-label": "array", "data-name": "array" });
    this.about = element("p", { class: "nnt-about" });
    this.facts = element("p", { class: "nnt-facts" });
    this.drawing = element("div", { class: "nnt-shape" });
    this.index = element("div", { class: "nnt-index" });
    this.said = element("p", { class: "nnt-sum", role: "status" });
    this.picture = element("div", { class: "nnt-slice" });
    this.chart = new Chart(this.picture, "array_slice", { drawn: () => room.ask() });
    this.root = element("div", { class: "nnt-arrays" },
      element("section", { class: "nnt-column" },
        element("label", { class: "nnt-field" }, element("span", {}, "Array"), this.menu), this.about, this.facts,
        this.drawing, element("h3", {}, "An index for each axis, or all of it"), this.index),
      element("section", { class: "nnt-column" }, this.said, this.picture));
  }

  /** @param {KeyboardEvent} e @param {boolean} onButton @returns {boolean} whether it was a key of this tab */
  key(e, onButton) {
    const axis = this.now?.index.findIndex((at) => at !== null) ?? -1, by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (axis < 0 || !by || onButton) return false;
    this.move(axis, by);
    return true;
  }

  /** @param {number} axis @param {number} by */
  move(axis, by) {
    if (!this.now) return;
    const { shape, index } = this.now;
    this.put(axis, Math.max(0, Math.min(shape[axis] - 1, (index[axis] ?? 0) + by)));
  }

  /** @param {number} axis @param {number | null} to null: all of it */
  put(axis, to) {
    if (this.now) this.set(this.now.index.map((at, i) => (i === axis ? to : at)));
  }

  /** @param {(number | null)[]} index */
  set(index) { this.room.client.setView({ index: index.map((at) => at ?? ":").join(",") }); }

  /** What is shown: the index of the view, where it fits the array. */
  get now() {
    const { frame } = this, { view } = this.room.client;
    if (!frame) return null;
    const { meta } = frame, /** @type {number[]} */ shape = meta.shape;
    const given = view.index?.split(",").map((/** @type {string} */ part) => (part === ":" ? null : Number(part)));
    const fits = given?.length === shape.length
      && given.every((/** @type {number | null} */ at, /** @type {number} */ i) => at === null || at < shape[i]);
    const /** @type {(number | null)[]} */ index = fits ? given : meta.index;
    return { shape, index };
  }

  draw() {
    const { client } = this.room, data = this.room.data(), { view } = client;
    if (this.text !== data.array) {
      this.text = data.array;
      this.frame = decodeFrame(fromBase64(data.array));
    }
    if (!this.menu.options.length) {
      this.menu.replaceChildren(...Object.entries(data.arrays).map(([value, text]) =>
        element("option", { value }, String(text))));
    }
    choose(this.menu, view.array);
    const { frame, now } = this;
    if (!frame || !now) return;
    const { meta } = frame, { shape, index } = now;
    write(this.about, meta.words);
    write(this.facts, `x.ndim = ${meta.ndim}, x.shape = ${meta.written}, x.size = ${count(meta.size)}, `
      + `x.dtype = ${meta.dtype}, x.nbytes = ${count(meta.bytes)}`);
    this.build(meta, view.array);
    this.rows.forEach(({ input, all, words }, axis) => {
      const at = index[axis];
      all.checked = at === null;
      input.disabled = at === null;
      if (document.activeElement !== input || Number(input.value) !== (at ?? 0)) input.value = String(at ?? 0);
      write(words, at === null ? `all ${shape[axis]}` : `${at} of 0 … ${shape[axis] - 1}`);
    });
    this.drawSlice(frame, shape, index);
    Object.assign(this.root.dataset, { array: view.array, index: index.map((at) => at ?? ":").join(",") });
  }

  /** The drawing, and a row for each axis. @param {any} meta @param {string} name */
  build(meta, name) {
    if (this.built === name) return;
    this.built = name;
    this.drawing.replaceChildren(shapeDrawing(meta.shape, meta.axes));
    this.rows = meta.axes.map((/** @type {string} */ axis, /** @type {number} */ i) => {
      const input = element("input", { type: "range", min: 0, max: meta.shape[i] - 1, step: 1,
        "aria-label": `index of axis ${i}, ${axis}`,
        oninput: () => this.put(i, Number(input.value)) });
      const all = element("input", { type: "checkbox", onchange: () => this.put(i, all.checked ? null : 0) });
      const words = element("span", { class: "nnt-at" });
      return { input, all, words, axis, i };
    });
    this.index.replaceChildren(...this.rows.map(({ input, all, words }, i) => element("div", { class: "nnt-axis" },
      element("span", {}, `axis ${i}: ${meta.axes[i]}`), input, words, element("label", {}, all, "all"))));
    if (!this.rows.length) this.index.replaceChildren(element("p", {}, "It has no axis: x[()] is the number itself."));
  }

  /** @param {Frame} frame @param {number[]} shape @param {(number | null)[]} index */
  drawSlice({ meta, arrays }, shape, index) {
    const values = arrays.values.data, part = slice(values, shape, index), kept = part.shape;
    const text = `x[${index.map((at) => at ?? ":").join(", ") || "()"}]`, unit = meta.unit ? ` ${meta.unit}` : "";
    const left = meta.axes.filter((/** @type {string} */ _, /** @type {number} */ i) => index[i] === null);
    const single = !kept.length;
    const written = kept.length === 1 ? `(${kept[0]},)` : `(${kept.join(", ")})`;
    const place = index.map((at, axis) => `${at ?? 0}·${meta.strides[axis]}`).join(" + ");
    write(this.said, single
      ? `${text} = ${typed(values[part.places[0]])}${unit}${place ? `, at place ${place} = ${part.places[0]}` : ""}`
      : `${text} has shape ${written}: ${left.join(", ")}. It begins at place ${place} = ${part.places[0]}.`);
    const { cells, width, tiles } = layout(kept), wide = tiles[1] * (width + 1) - 1;
    const many = cells.length, high = many / wide;
    this.picture.hidden = many > MOST;
    if (many > MOST) {
      write(this.said, `${text} has ${count(many)} numbers, too many to be seen at once: fix an axis more.`);
      return;
    }
    const rows = new Float32Array(many).fill(NaN), /** @type {string[][]} */ words = [];
    cells.forEach((at, i) => {
      if (i % wide === 0) words.push([]);
      if (at !== null) rows[i] = values[part.places[at]];
      words[words.length - 1].push(at === null ? "" : this.words(meta, kept, index, at, rows[i]) + unit);
    });
    const tiled = left.length > 2 ? `, a tile for each of ${left.slice(0, -2).join(", ")}` : "";
    const axes = [`${left.at(-1) ?? ""}${tiled}`, left.at(-2) ?? ""];
    this.chart.draw({
      rows: { data: rows, shape: [high, wide] }, low: Math.min(0, meta.low), high: meta.high, words, axes,
      x: [-0.5, wide - 0.5], y: [high - 0.5, -0.5], revision: JSON.stringify([kept, meta.title]),
    }, this.room.theme(), { numbers: many <= FEW }, [this.text.length, meta.title, index]);
  }

  /**
   * A number with its whole index. @param {any} meta @param {number[]} kept @param {(number | null)[]} index
   * @param {number} at its place in the part @param {number} value
   */
  words(meta, kept, index, at, value) {
    const inside = [...kept];
    for (let axis = kept.length - 1, left = at; axis >= 0; axis--) {
      inside[axis] = left % kept[axis];
      left = Math.floor(left / kept[axis]);
    }
    const full = index.map((one) => one ?? inside.shift() ?? 0), column = meta.columns[full.at(-1) ?? 0];
    const name = meta.columns.length ? `, ${column.replace("_", " ")}` : "";
    return `x[${full.join(", ")}]${name} = ${typed(value)}`;
  }

  dispose() { this.chart.purge(); }
}

/**
 * An array's shape: its last two axes a grid of cells, the third from the end a pile of grids, the next a row of piles,
 * the next a column of such rows; channels are piled, whatever their place. At most four of each axis are drawn.
 * @param {number[]} shape @param {string[]} axes
 */
function shapeDrawing(shape, axes) {
  const cell = 9, lean = 5, gap = 14, n = shape.length;
  const sizes = axes.at(-1) === "channels" ? [...shape.slice(0, -3), shape[n - 1], ...shape.slice(-3, -1)] : shape;
  const many = sizes.map((size) => Math.min(size, DRAWN));
  const [down, across, deep, high, wide] = [many[n - 5] ?? 1, many[n - 4] ?? 1, many[n - 3] ?? 1, many[n - 2] ?? 1,
    many[n - 1] ?? 1];
  const box = [wide * cell + (deep - 1) * lean, high * cell + (deep - 1) * lean];
  /** @type {Element[]} */
  const nodes = [];
  for (let d = 0; d < down; d++) {
    for (let a = 0; a < across; a++) {
      const x0 = a * (box[0] + gap), y0 = d * (box[1] + gap);
      for (let z = deep - 1; z >= 0; z--) {
        for (let y = 0; y < high; y++) {
          for (let x = 0; x < wide; x++) {
            nodes.push(svgNode("rect", { x: x0 + x * cell + z * lean, y: y0 + y * cell + (deep - 1 - z) * lean,
              width: cell, height: cell, class: "nnt-cell" }));
          }
        }
      }
    }
  }
  const width = across * (box[0] + gap), height = down * (box[1] + gap) - gap + 2;
  const words = axes.map((axis, i) => `${shape[i]} ${axis}`).join(" × ") || "one number";
  return element("figure", {},
    svgNode("svg", { viewBox: `-1 -1 ${width + 2} ${height + 1}`, width: 1.6 * width, height: 1.6 * height, role: "img",
      "aria-label": `the shape: ${words}` }, ...nodes),
    element("figcaption", {}, words + (shape.some((size) => size > DRAWN) ? ` (at most ${DRAWN} of each drawn)` : "")));
}
