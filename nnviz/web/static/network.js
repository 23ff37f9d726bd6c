// The network as a drawing: a map in every neuron, links as wide as their weights, both to be pointed at and edited.

import { INPUTS, number } from "./arithmetic.js";
import { css } from "./theme.js";

const NAMES = Object.keys(INPUTS);
const LEFT = 62, RIGHT = 72, TOP = 8, BOTTOM = 8;

/** Where everything stands: columns[0] are all seven inputs, then the hidden layers, then the outputs. k: the type's size, 1 is usual. */
export function layout(width, height, layers, k = 1) {
  const counts = [NAMES.length, ...layers.map((l) => l.units)];
  const gapX = (width - k * (LEFT + RIGHT)) / (counts.length - 1);
  return counts.map((count, c) => {
    const step = Math.min(64, (height - TOP - BOTTOM) / count);
    const own = Math.max(6, Math.min(step * 0.8, gapX * 0.5, 46));
    const y0 = TOP + (height - TOP - BOTTOM - step * (count - 1)) / 2;
    return Array.from({ length: count }, (_, r) => ({ x: k * LEFT + c * gapX, y: y0 + r * step, size: own }));
  });
}

/** Height of a link's curve at horizontal position u in 0..1 (a cubic with level ends). */
function rise(u) {
  let t = u;
  for (let i = 0; i < 4; i++) t -= (1.5 * t * (1 - t) + t ** 3 - u) / (1.5 - 3 * t + 3 * t * t || 1);
  return 3 * t * t - 2 * t ** 3;
}

export class Network {
  constructor(canvas, hooks) {
    Object.assign(this, { canvas, hooks, hover: null, pinned: null, atlas: document.createElement("canvas"), inputMaps: document.createElement("canvas") });
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

  point(item) {
    if (same(item, this.hover)) return;
    this.hover = item;
    this.canvas.style.cursor = item ? "pointer" : "default";
    this.canvas.title = item?.kind === "input" ? (this.model.inputs.includes(item.name) ? "click to take this input away" : "click to add this input") : item && item.kind !== "neuron" ? "click to edit" : "";
    this.hooks.hover(item);
  }

  /** Arrow keys with Shift walk from neuron to neuron, the inputs left of them; Enter takes an input or edits a bias. */
  walk(e) {
    if (!this.model) return;
    const { hover } = this;
    if (e.key === "Enter" && hover) {
      e.preventDefault();
      if (hover.kind === "input") this.hooks.toggleInput(hover.name);
      else this.hooks.select({ ...hover, kind: hover.kind === "link" ? "link" : "bias" }, this.centre(hover));
      return;
    }
    if (!e.key.startsWith("Arrow") || !e.shiftKey) return; // plain arrows belong to the transport bar
    e.preventDefault();
    e.stopPropagation();
    const layers = this.model.layers;
    let { layer, unit } = hover?.kind === "input" ? { layer: -1, unit: NAMES.indexOf(hover.name) } : hover?.kind === "neuron" ? hover : { layer: 0, unit: -1 };
    if (e.key === "ArrowDown") unit += 1;
    if (e.key === "ArrowUp") unit -= 1;
    if (e.key === "ArrowRight") layer += 1;
    if (e.key === "ArrowLeft") layer -= 1;
    layer = Math.max(-1, Math.min(layers.length - 1, layer));
    unit = Math.max(0, Math.min((layers[layer]?.units ?? NAMES.length) - 1, unit));
    this.point(layer < 0 ? { kind: "input", name: NAMES[unit] } : { kind: "neuron", layer, unit });
  }

  /** Where a neuron stands on the page, for what opens beside it. */
  centre({ layer, unit }) {
    const box = this.canvas.getBoundingClientRect(), p = this.places[layer + 1][unit];
    return { clientX: box.left + p.x, clientY: box.top + p.y };
  }

  /** What is under the pointer: an input, a neuron, its bias, or the nearest link within a few pixels. */
  hit(event) {
    if (!this.places || !this.model) return null;
    const box = this.canvas.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    for (let c = 0; c < this.places.length; c++) {
      for (let r = 0; r < this.places[c].length; r++) {
        const p = this.places[c][r], h = p.size / 2;
        if (c > 0) {
          const b = Math.max(4, p.size / 6);
          if (Math.abs(x - (p.x - h - b * 0.7)) <= b && Math.abs(y - (p.y + h)) <= b) return { kind: "bias", layer: c - 1, unit: r };
        }
        if (Math.abs(x - p.x) <= h + 1 && Math.abs(y - p.y) <= h + 1) return c === 0 ? { kind: "input", name: NAMES[r] } : { kind: "neuron", layer: c - 1, unit: r };
      }
    }
    let best = null, distance = 7;
    for (const link of this.links()) {
      if (x <= link.x0 || x >= link.x1) continue;
      const d = Math.abs(y - (link.y0 + (link.y1 - link.y0) * rise((x - link.x0) / (link.x1 - link.x0))));
      if (d < distance) [best, distance] = [{ kind: "link", layer: link.layer, from: link.i, unit: link.j }, d];
    }
    return best;
  }

  *links() {
    const { layers, inputs } = this.model;
    for (let l = 0; l < layers.length; l++) {
      for (let i = 0; i < layers[l].inputs; i++) {
        const a = l === 0 ? this.places[0][NAMES.indexOf(inputs[i])] : this.places[l][i];
        if (!a) continue;
        for (let j = 0; j < layers[l].units; j++) {
          const b = this.places[l + 1][j];
          yield { layer: l, i, j, x0: a.x + a.size / 2, y0: a.y, x1: b.x - b.size / 2, y1: b.y };
        }
      }
    }
  }

  /** Every neuron's map into one image, once for each frame. */
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
    this.atlas.getContext("2d").putImageData(image, 0, 0);
  }

  paintInputs(meta, lut) {
    const size = 24, [dx, dy] = meta.domain;
    this.inputMaps.width = size;
    this.inputMaps.height = size * NAMES.length;
    const image = new ImageData(size, size * NAMES.length);
    NAMES.forEach((name, n) => {
      const values = [];
      for (let r = 0; r < size; r++) for (let c = 0; c < size; c++) {
        const a = dx[0] + ((dx[1] - dx[0]) * c) / (size - 1), b = dy[1] - ((dy[1] - dy[0]) * r) / (size - 1);
        values.push(INPUTS[name].f((a - meta.shift[0]) / meta.scale[0], (b - meta.shift[1]) / meta.scale[1]));
      }
      const peak = Math.max(...values.map(Math.abs)) || 1;
      values.forEach((v, k) => {
        const at = Math.round(128 + (127 * v) / peak) * 3;
        image.data.set([lut[at], lut[at + 1], lut[at + 2], 255], (n * size * size + k) * 4);
      });
    });
    this.inputMaps.getContext("2d").putImageData(image, 0, 0);
  }

  /** model: {layers (with weights), inputs}; sample: the forward pass of the chosen sample, or null. */
  draw({ frame, data, model, theme, view, sample }) {
    const ratio = devicePixelRatio || 1;
    const width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    if (!width || !height) return;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    this.model = model;
    this.places = layout(width, height, model.layers, (this.scale = (theme.size ?? 12) / 12));
    const lut = view.discretize ? theme.signs : theme.lut;
    const inputsKey = [theme.key, view.discretize, JSON.stringify(data.meta.domain)].join();
    if (this.inputsKey !== inputsKey) { this.paintInputs(data.meta, lut); this.inputsKey = inputsKey; }
    const mapsKey = `${inputsKey}${frame.serial}`;
    if (this.mapsKey !== mapsKey) { this.paintMaps(frame, lut); this.mapsKey = mapsKey; }
    const g = this.canvas.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    this.lit = this.hover ?? this.hooks.pinned();
    this.drawLinks(g, model, theme, this.lit);
    this.drawInputs(g, model, theme, sample);
    this.drawNeurons(g, frame, model, theme, sample, data);
  }

  /** One stroke for all links of a sign and of about a size: ten thousand single ones would take the whole second. */
  drawLinks(g, model, theme, hover) {
    const { layers, inputs } = model;
    const count = layers.reduce((n, l) => n + l.inputs * l.units, 0);
    const thin = count > 1500 ? 0.35 : count > 400 ? 0.6 : 1, least = count > 1500 ? 0.02 : 0.004;
    // In four shares, whose signs take turns in lying on top: else a large network would look all positive.
    const levels = 8, shares = count > 400 ? 4 : 1, lit = [];
    const paths = Array.from({ length: 2 * levels * shares }, () => new Path2D());
    for (let l = 0; l < layers.length; l++) {
      const { kernel, units } = layers[l];
      for (let i = 0; i < layers[l].inputs; i++) {
        const a = l === 0 ? this.places[0][NAMES.indexOf(inputs[i])] : this.places[l][i];
        const x0 = a.x + a.size / 2;
        for (let j = 0; j < units; j++) {
          const w = kernel[i * units + j], size = Math.min(1, Math.abs(w) / 2), b = this.places[l + 1][j];
          const on = hover && hover.layer === l && hover.unit === j && (hover.kind === "link" ? hover.from === i : hover.kind !== "input");
          if (!on && size < least) continue;
          const x1 = b.x - b.size / 2, middle = (x0 + x1) / 2;
          const share = (i + j) % shares, level = Math.min(levels - 1, Math.floor(Math.sqrt(size) * levels));
          const path = on ? new Path2D() : paths[(level * shares + share) * 2 + Number((w < 0) !== (share % 2 === 0))];
          path.moveTo(x0, a.y);
          path.bezierCurveTo(middle, a.y, middle, b.y, x1, b.y);
          if (on) lit.push([path, w, size]);
        }
      }
    }
    paths.forEach((path, k) => {
      const size = ((Math.floor(k / shares / 2) + 0.5) / levels) ** 2, negative = (k % 2 === 0) === (((k >> 1) % shares) % 2 === 0);
      g.lineWidth = thin * (0.6 + 7 * size);
      g.strokeStyle = css(negative ? theme.negative : theme.positive, hover ? 0.12 + 0.3 * size : 0.28 + 0.6 * size);
      g.stroke(path);
    });
    for (const [path, w, size] of lit) {
      g.lineWidth = Math.max(2.5, 1.5 + 7 * size);
      g.strokeStyle = css(w < 0 ? theme.negative : theme.positive);
      g.stroke(path);
    }
  }

  drawInputs(g, model, theme, sample) {
    const size = 24;
    g.font = `500 ${12.5 * this.scale}px ${theme.font}`;
    g.textBaseline = "middle";
    NAMES.forEach((name, n) => {
      const p = this.places[0][n], h = p.size / 2, on = model.inputs.includes(name);
      const lit = this.lit?.kind === "input" && this.lit.name === name;
      g.globalAlpha = on ? 1 : lit ? 0.75 : 0.32;
      g.drawImage(this.inputMaps, 0, n * size, size, size, p.x - h, p.y - h, p.size, p.size);
      this.frame(g, p, theme, lit || on, lit);
      g.globalAlpha = on || lit ? 1 : 0.65;
      g.fillStyle = css(theme.text);
      g.textAlign = "right";
      g.fillText(INPUTS[name].label, p.x - h - 6, p.y);
      g.globalAlpha = 1;
      if (on && sample) this.value(g, p, sample.input[model.inputs.indexOf(name)], theme);
    });
  }

  drawNeurons(g, frame, model, theme, sample, data) {
    const size = frame.meta.sizes;
    let index = 0;
    model.layers.forEach((layer, l) => {
      for (let j = 0; j < layer.units; j++, index++) {
        const p = this.places[l + 1][j], h = p.size / 2;
        const lit = this.lit?.layer === l && this.lit.unit === j && this.lit.kind !== "link";
        g.imageSmoothingEnabled = true;
        g.drawImage(this.atlas, 0, index * size, size, size, p.x - h, p.y - h, p.size, p.size);
        this.frame(g, p, theme, true, lit);
        const b = layer.b(j), s = Math.max(3, p.size / 7);
        g.fillStyle = css(b < 0 ? theme.negative : theme.positive, 0.35 + 0.65 * Math.min(1, Math.abs(b)));
        g.fillRect(p.x - h - s * 1.3, p.y + h - s, s, s);
        const last = l === model.layers.length - 1, swatch = last && layer.units > 1 ? 10 : 0;
        if (sample && p.size > 14) this.value(g, p, sample.passes[l].y[j], theme, swatch);
        if (last) {
          g.fillStyle = css(theme.text);
          g.textAlign = "left";
          const label = data.meta.problem === "regression" ? "ŷ" : layer.units === 1 ? "output" : String(data.meta.class_names[j] ?? j).slice(0, 8);
          g.font = `500 ${12 * this.scale}px ${theme.font}`;
          if (swatch) { g.fillStyle = css(theme.classes[j]); g.fillRect(p.x + h + 5, p.y - 4, 8, 8); g.fillStyle = css(theme.text); }
          if (!sample || p.size <= 14) g.fillText(label, p.x + h + (swatch ? 16 : 6), p.y);
        }
      }
    });
  }

  frame(g, p, theme, strong, lit) {
    g.lineWidth = lit ? 2.5 : 1;
    g.strokeStyle = lit ? css(theme.accent) : css(theme.text, strong ? 0.55 : 0.25);
    g.strokeRect(p.x - p.size / 2, p.y - p.size / 2, p.size, p.size);
  }

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

const same = (a, b) => a === b || (a && b && a.kind === b.kind && a.layer === b.layer && a.unit === b.unit && a.from === b.from && a.name === b.name);
