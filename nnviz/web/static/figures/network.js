// The network as a drawing: a map in every neuron, links as wide as their weights, both to be pointed at and edited.

import { feature } from "../kit/arithmetic.js";
import { NAMES, itemAt, layout } from "./network_layout.js";
import { stage } from "../kit/canvas.js";
import { context2d } from "../kit/pictures.js";
import { number } from "../kit/numbers.js";
import { css } from "../kit/theme.js";
import { FEATURES } from "../schema.js";

/** @typedef {import("./network_layout.js").Item} Item */
/** @typedef {import("./network_layout.js").Model} Model */
/** @typedef {import("./network_layout.js").Neuron} Neuron */
/** @typedef {import("./network_layout.js").Place} Place */
/** @typedef {{clientX: number, clientY: number}} Spot on the page */
/** @typedef {{input: number[], passes: import("../kit/arithmetic.js").Pass[]}} Sample the chosen one's sums */
/**
 * @typedef {{frame: Frame, data: Frame, model: Model, theme: Theme, view: Record<string, any>,
 *   sample: Sample | null}} Now
 * @typedef {{hover: (item: Item | null) => void, pinned: () => Item | null, toggleInput: (name: string) => void,
 *   select: (item: Item | null, at: Spot) => void}} Hooks
 */

export class Network {
  /** @param {HTMLCanvasElement} canvas @param {Hooks} hooks */
  constructor(canvas, hooks) {
    this.canvas = canvas;
    this.hooks = hooks;
    /** @type {Item | null} under the pointer */
    this.hover = null;
    /** @type {Item | null} what is drawn as pointed at */
    this.lit = null;
    /** @type {Model} */
    this.model = { layers: [], inputs: [] };
    /** @type {Place[][]} none before the first drawing */
    this.places = [];
    this.scale = 1;
    this.inputsKey = this.mapsKey = "";
    this.atlas = document.createElement("canvas");
    this.inputMaps = document.createElement("canvas");
    canvas.addEventListener("pointermove", (e) => this.point(this.hit(e)));
    canvas.addEventListener("pointerleave", () => this.point(null));
    canvas.addEventListener("blur", () => this.point(null));
    canvas.addEventListener("click", (e) => {
      // What is lit is what is meant: near a neuron many links are within a pixel of each other.
      const item = e.pointerType === "touch" ? this.hit(e) : (this.hover ?? this.hit(e));
      if (item?.kind === "input") hooks.toggleInput(item.name);
      else hooks.select(item, e);
    });
    canvas.addEventListener("keydown", (e) => this.walk(e));
  }

  /** @param {Item | null} item */
  point(item) {
    if (same(item, this.hover)) return;
    this.hover = item;
    this.canvas.style.cursor = item ? "pointer" : "default";
    this.canvas.title = item?.kind === "input"
      ? (this.model.inputs.includes(item.name) ? "click to take this input away" : "click to add this input")
      : item && item.kind !== "neuron" ? "click to edit" : "";
    this.hooks.hover(item);
  }

  /**
   * Arrow keys with Shift walk from neuron to neuron, the inputs left of them; Enter takes an input or edits a bias.
   * @param {KeyboardEvent} e
   */
  walk(e) {
    if (!this.places.length) return;
    const { hover } = this;
    if (e.key === "Enter" && hover) {
      e.preventDefault();
      if (hover.kind === "input") this.hooks.toggleInput(hover.name);
      else this.hooks.select(hover.kind === "link" ? hover : { ...hover, kind: "bias" }, this.centre(hover));
      return;
    }
    if (!e.key.startsWith("Arrow") || !e.shiftKey) return; // plain arrows belong to the transport bar
    e.preventDefault();
    e.stopPropagation();
    const layers = this.model.layers;
    let { layer, unit } = hover?.kind === "input" ? { layer: -1, unit: NAMES.indexOf(hover.name) }
      : hover?.kind === "neuron" ? hover : { layer: 0, unit: -1 };
    if (e.key === "ArrowDown") unit += 1;
    if (e.key === "ArrowUp") unit -= 1;
    if (e.key === "ArrowRight") layer += 1;
    if (e.key === "ArrowLeft") layer -= 1;
    layer = Math.max(-1, Math.min(layers.length - 1, layer));
    unit = Math.max(0, Math.min((layers[layer]?.units ?? NAMES.length) - 1, unit));
    this.point(layer < 0 ? { kind: "input", name: NAMES[unit] } : { kind: "neuron", layer, unit });
  }

  /** Where a neuron stands on the page, for what opens beside it. @param {Neuron} neuron */
  centre({ layer, unit }) {
    const box = this.canvas.getBoundingClientRect(), p = this.places[layer + 1][unit];
    return { clientX: box.left + p.x, clientY: box.top + p.y };
  }

  /** What is under the pointer. @param {MouseEvent} event */
  hit(event) {
    const box = this.canvas.getBoundingClientRect();
    return itemAt(this.places, this.model, event.clientX - box.left, event.clientY - box.top);
  }

  /** Every neuron's map into one image, once for each frame. @param {Frame} frame @param {Uint8Array} lut */
  paintMaps(frame, lut) {
    const size = frame.meta.sizes, { data, shape } = frame.arrays.maps;
    this.atlas.width = size;
    this.atlas.height = size * shape[0];
    const image = new ImageData(size, size * shape[0]);
    for (let n = 0; n < shape[0]; n++) {
      for (let r = 0; r < size; r++) {
        for (let c = 0; c < size; c++) {
          const v = data[(n * size + r) * size + c] * 3, at = ((n * size + size - 1 - r) * size + c) * 4;
          image.data.set([lut[v], lut[v + 1], lut[v + 2], 255], at);
        }
      }
    }
    context2d(this.atlas).putImageData(image, 0, 0);
  }

  /** @param {any} meta of the samples @param {Uint8Array} lut */
  paintInputs(meta, lut) {
    const size = 24, [dx, dy] = meta.domain;
    this.inputMaps.width = size;
    this.inputMaps.height = size * NAMES.length;
    const image = new ImageData(size, size * NAMES.length);
    NAMES.forEach((name, n) => {
      const values = [];
      for (let r = 0; r < size; r++) for (let c = 0; c < size; c++) {
        const a = dx[0] + ((dx[1] - dx[0]) * c) / (size - 1), b = dy[1] - ((dy[1] - dy[0]) * r) / (size - 1);
        values.push(feature(name, meta, a, b));
      }
      const peak = Math.max(...values.map(Math.abs)) || 1;
      values.forEach((v, k) => {
        const at = Math.round(128 + (127 * v) / peak) * 3;
        image.data.set([lut[at], lut[at + 1], lut[at + 2], 255], (n * size * size + k) * 4);
      });
    });
    context2d(this.inputMaps).putImageData(image, 0, 0);
  }

  /** @param {Now} now */
  draw({ frame, data, model, theme, view, sample }) {
    const on = stage(this.canvas);
    if (!on) return;
    this.model = model;
    this.places = layout(on.wide, on.high, model.layers, (this.scale = theme.size / 12));
    const lut = view.discretize ? theme.signs : theme.lut;
    const inputsKey = [theme.key, view.discretize, JSON.stringify(data.meta.domain)].join();
    if (this.inputsKey !== inputsKey) { this.paintInputs(data.meta, lut); this.inputsKey = inputsKey; }
    const mapsKey = `${inputsKey}${frame.serial}`;
    if (this.mapsKey !== mapsKey) { this.paintMaps(frame, lut); this.mapsKey = mapsKey; }
    const g = on.context;
    g.scale(on.ratio, on.ratio);
    this.lit = this.hover ?? this.hooks.pinned();
    this.drawLinks(g, model, theme);
    this.drawInputs(g, model, theme, sample);
    this.drawNeurons(g, { frame, data, model, theme, sample });
  }

  /**
   * One stroke for all links of a sign and of about a size: ten thousand single ones would take the whole second.
   * @param {CanvasRenderingContext2D} g @param {Model} model @param {Theme} theme
   */
  drawLinks(g, { layers, inputs }, theme) {
    const { lit } = this;
    const count = layers.reduce((n, l) => n + l.inputs * l.units, 0);
    const thin = count > 1500 ? 0.35 : count > 400 ? 0.6 : 1, least = count > 1500 ? 0.02 : 0.004;
    // In four shares, whose signs take turns in lying on top: else a large network would look all positive.
    const levels = 8, shares = count > 400 ? 4 : 1;
    /** @type {[Path2D, number, number][]} those that are pointed at: path, weight and size */
    const strong = [];
    const paths = Array.from({ length: 2 * levels * shares }, () => new Path2D());
    for (let l = 0; l < layers.length; l++) {
      const { kernel, units } = layers[l];
      for (let i = 0; i < layers[l].inputs; i++) {
        const a = l === 0 ? this.places[0][NAMES.indexOf(inputs[i])] : this.places[l][i];
        const x0 = a.x + a.size / 2;
        for (let j = 0; j < units; j++) {
          const w = kernel[i * units + j], size = Math.min(1, Math.abs(w) / 2), b = this.places[l + 1][j];
          const on = lit && lit.kind !== "input" && lit.layer === l && lit.unit === j
            && (lit.kind !== "link" || lit.from === i);
          if (!on && size < least) continue;
          const x1 = b.x - b.size / 2, middle = (x0 + x1) / 2;
          const share = (i + j) % shares, level = Math.min(levels - 1, Math.floor(Math.sqrt(size) * levels));
          const path = on ? new Path2D() : paths[(level * shares + share) * 2 + Number((w < 0) !== (share % 2 === 0))];
          path.moveTo(x0, a.y);
          path.bezierCurveTo(middle, a.y, middle, b.y, x1, b.y);
          if (on) strong.push([path, w, size]);
        }
      }
    }
    paths.forEach((path, k) => {
      const size = ((Math.floor(k / shares / 2) + 0.5) / levels) ** 2;
      const negative = (k % 2 === 0) === (((k >> 1) % shares) % 2 === 0);
      g.lineWidth = thin * (0.6 + 7 * size);
      g.strokeStyle = css(negative ? theme.negative : theme.positive, lit ? 0.12 + 0.3 * size : 0.28 + 0.6 * size);
      g.stroke(path);
    });
    for (const [path, w, size] of strong) {
      g.lineWidth = Math.max(2.5, 1.5 + 7 * size);
      g.strokeStyle = css(w < 0 ? theme.negative : theme.positive);
      g.stroke(path);
    }
  }

  /** @param {CanvasRenderingContext2D} g @param {Model} model @param {Theme} theme @param {Sample | null} sample */
  drawInputs(g, model, theme, sample) {
    const size = 24;
    g.font = `500 ${12.5 * this.scale}px ${theme.font}`;
    g.textBaseline = "middle";
    NAMES.forEach((name, n) => {
      const p = this.places[0][n], h = p.size / 2, on = model.inputs.includes(name);
      const lit = this.lit?.kind === "input" && this.lit.name === name;
      g.globalAlpha = on ? 1 : lit ? 0.75 : 0.32;
      g.drawImage(this.inputMaps, 0, n * size, size, size, p.x - h, p.y - h, p.size, p.size);
      this.outline(g, p, theme, lit || on, lit);
      g.globalAlpha = on || lit ? 1 : 0.65;
      g.fillStyle = css(theme.text);
      g.textAlign = "right";
      g.fillText(FEATURES[name].symbol, p.x - h - 6, p.y);
      g.globalAlpha = 1;
      if (on && sample) this.value(g, p, sample.input[model.inputs.indexOf(name)], theme);
    });
  }

  /** @param {CanvasRenderingContext2D} g @param {Omit<Now, "view">} now */
  drawNeurons(g, { frame, data, model, theme, sample }) {
    const size = frame.meta.sizes;
    let index = 0;
    model.layers.forEach((layer, l) => {
      for (let j = 0; j < layer.units; j++, index++) {
        const p = this.places[l + 1][j], h = p.size / 2;
        const at = this.lit, whole = at?.kind === "neuron" || at?.kind === "bias";
        const lit = whole && at.layer === l && at.unit === j;
        g.imageSmoothingEnabled = true;
        g.drawImage(this.atlas, 0, index * size, size, size, p.x - h, p.y - h, p.size, p.size);
        this.outline(g, p, theme, true, lit);
        const b = layer.b(j), s = Math.max(3, p.size / 7);
        g.fillStyle = css(b < 0 ? theme.negative : theme.positive, 0.35 + 0.65 * Math.min(1, Math.abs(b)));
        g.fillRect(p.x - h - s * 1.3, p.y + h - s, s, s);
        const last = l === model.layers.length - 1, swatch = last && layer.units > 1 ? 10 : 0;
        if (sample && p.size > 14) this.value(g, p, sample.passes[l].y[j], theme, swatch);
        if (last) {
          g.fillStyle = css(theme.text);
          g.textAlign = "left";
          const label = data.meta.problem === "regression" ? "ŷ" : layer.units === 1 ? "output"
            : String(data.meta.class_names[j] ?? j).slice(0, 8);
          g.font = `500 ${12 * this.scale}px ${theme.font}`;
          if (swatch) {
            g.fillStyle = css(theme.classes[j]);
            g.fillRect(p.x + h + 5, p.y - 4, 8, 8);
            g.fillStyle = css(theme.text);
          }
          if (!sample || p.size <= 14) g.fillText(label, p.x + h + (swatch ? 16 : 6), p.y);
        }
      }
    });
  }

  /**
   * @param {CanvasRenderingContext2D} g @param {Place} p @param {Theme} theme @param {boolean} strong
   * @param {boolean} lit
   */
  outline(g, p, theme, strong, lit) {
    g.lineWidth = lit ? 2.5 : 1;
    g.strokeStyle = lit ? css(theme.accent) : css(theme.text, strong ? 0.55 : 0.25);
    g.strokeRect(p.x - p.size / 2, p.y - p.size / 2, p.size, p.size);
  }

  /** @param {CanvasRenderingContext2D} g @param {Place} p @param {number} v @param {Theme} theme */
  value(g, p, v, theme, aside = 0) {
    const text = number(v, 2), h = p.size / 2 + aside;
    g.font = `600 ${11 * this.scale}px ${theme.font}`;
    g.textAlign = "left";
    const width = g.measureText(text).width;
    g.fillStyle = css(theme.background, 0.85);
    g.fillRect(p.x + h + 2, p.y - 8 * this.scale, width + 5, 16 * this.scale);
    g.fillStyle = css(theme.text);
    g.fillText(text, p.x + h + 4, p.y);
  }
}

/** @param {Item | null} a @param {Item | null} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
