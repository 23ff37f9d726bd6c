// Small pictures on canvases: ink in grey, values in the theme's two scales, and many maps side by side as tiles.

import { element } from "./editor.js";

/** A style sheet beside the scripts, once for the page. */
export function stylesheet(name) {
  const href = new URL(name, import.meta.url).href;
  if (!document.querySelector(`link[href="${href}"]`)) document.head.append(element("link", { rel: "stylesheet", href }));
}

/** A number as it is shown in a readout: three places, fewer for large ones. */
export const short = (v) => (Math.abs(v) >= 100 ? v.toFixed(0) : Math.abs(v) >= 10 ? v.toFixed(1) : v.toFixed(3)).replace("-", "−");

export const canvas = (label, attributes = {}) => element("canvas", { role: "img", "aria-label": label, ...attributes });

/** Change a label only where it says something new: a screen reader reads every change. */
export function label(node, text) {
  if (node.getAttribute("aria-label") !== text) node.setAttribute("aria-label", text);
}

const GREY = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));

/** Three ways from a stored value to a colour: {lut: 256 × rgb, code: value → 0…255}. */
export const scales = {
  ink: () => ({ lut: GREY, code: (v) => v }),
  signed: (theme, peak) => ({ lut: theme.lut, code: (v) => 128 + Math.round((127 * v) / (peak || 1)) }),
  /** uint8 with 128 as zero. */
  centred: (theme) => ({ lut: theme.lut, code: (v) => v }),
  /** uint8 from zero up: the upper half of the same scale. */
  positive: (theme) => ({ lut: theme.lut, code: (v) => 128 + (v >> 1) }),
};

/** Draw `count` maps of h×w values as tiles of `zoom` screen pixels a value, `columns` in a row, `gap` apart. */
export function paint(target, values, { h, w, count = 1, columns = 1, zoom = 1, gap = 0 }, { lut, code }) {
  const rows = Math.ceil(count / columns), stepX = w * zoom + gap, stepY = h * zoom + gap;
  const width = columns * stepX - gap, height = rows * stepY - gap;
  if (target.width !== width || target.height !== height) Object.assign(target, { width, height });
  const context = target.getContext("2d"), image = context.createImageData(width, height), out = image.data;
  for (let tile = 0, i = 0; tile < count; tile++) {
    const left = (tile % columns) * stepX, top = Math.floor(tile / columns) * stepY;
    for (let r = 0; r < h; r++) {
      for (let c = 0; c < w; c++, i++) {
        const k = 3 * code(values[i]);
        for (let y = 0; y < zoom; y++) {
          let p = 4 * ((top + r * zoom + y) * width + left + c * zoom);
          for (let x = 0; x < zoom; x++, p += 4) { out[p] = lut[k]; out[p + 1] = lut[k + 1]; out[p + 2] = lut[k + 2]; out[p + 3] = 255; }
        }
      }
    }
  }
  context.putImageData(image, 0, 0);
}

/** Which value of a plain h×w picture lies under the pointer: {row, column}, or null. */
export function cellAt(target, event, h, w) {
  const box = target.getBoundingClientRect();
  const column = Math.floor(((event.clientX - box.left) / box.width) * w), row = Math.floor(((event.clientY - box.top) / box.height) * h);
  return row >= 0 && row < h && column >= 0 && column < w ? { row, column } : null;
}

/** A grid of maps on one canvas. Points and keys choose a value; click or Enter picks a tile. */
export class Tiles {
  /** hooks: pick(tile), point({tile, row, column} | null) */
  constructor(hooks) {
    this.hooks = hooks;
    this.canvas = canvas("", {
      class: "nnl-tiles", tabindex: 0,
      onpointermove: (e) => hooks.point(this.at(e)), onpointerleave: () => hooks.point(null),
      onclick: (e) => { const at = this.at(e); if (at) this.choose(at.tile); }, onkeydown: (e) => this.key(e),
    });
    this.cursor = 0;
  }

  draw(values, { h, w, count }, scale, name) {
    const units = h * w === 1;
    const zoom = units ? 10 : Math.max(1, Math.round(56 / w)), gap = 2;
    const most = units ? 25 : w >= 20 ? 8 : w >= 10 ? 10 : 12;
    const rows = Math.ceil(count / most), columns = Math.ceil(count / rows);
    this.grid = { h, w, count, columns, zoom, gap };
    paint(this.canvas, values, this.grid, scale);
    this.canvas.style.width = `min(100%, ${((columns * (w * zoom + gap)) / (units ? 11 : 15)).toFixed(2)}em)`;
    label(this.canvas, name);
  }

  at(event) {
    const { h, w, count, columns, zoom, gap } = this.grid ?? {}, box = this.canvas.getBoundingClientRect();
    if (!columns) return null;
    const x = ((event.clientX - box.left) / box.width) * this.canvas.width, y = ((event.clientY - box.top) / box.height) * this.canvas.height;
    const stepX = w * zoom + gap, stepY = h * zoom + gap;
    const tile = Math.floor(y / stepY) * columns + Math.floor(x / stepX);
    const row = Math.floor((y % stepY) / zoom), column = Math.floor((x % stepX) / zoom);
    return x >= 0 && y >= 0 && x < this.canvas.width && tile < count && row < h && column < w ? { tile, row, column } : null;
  }

  key(event) {
    const { count = 0, columns } = this.grid ?? {};
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (step === undefined && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    const next = Math.max(0, Math.min(count - 1, this.cursor + (step ?? 0)));
    if (next !== this.cursor || !step) this.choose(next);
  }

  choose(tile) {
    this.cursor = tile;
    this.hooks.pick(tile);
  }
}
