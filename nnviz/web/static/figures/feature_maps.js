// What every layer makes of one picture: its feature maps or neurons as tiles (figure "feature_maps"), each enlarged by
// a click.

import { element } from "../kit/dom.js";
import { short } from "../kit/numbers.js";
import { Pointed } from "./chart.js";
import { corner, tileAt } from "./mosaic.js";
import { sizeOf } from "./tiles.js";

const UNITS = new Set(["dense", "flatten", "simple_rnn", "lstm", "rows"]);
const ENLARGED = 200; // pixels of a map's side

export class FeatureMaps {
  constructor() {
    this.box = element("div", { class: "nnl-maps" });
    /** @type {Layer[]} */
    this.layers = [];
    this.key = "";
  }

  /** @param {any} frame of /nnviz/look @param {import("./chart.js").Theme} theme */
  draw(frame, theme) {
    /** @type {any[]} */
    const shown = frame.meta.layers;
    const key = JSON.stringify(shown.map(({ name, kind, picture, shown: n }) => [name, kind, picture, n]));
    if (key !== this.key) {
      this.key = key;
      for (const layer of this.layers) layer.purge();
      this.layers = shown.map(() => new Layer(element("section")));
      this.box.replaceChildren(...this.layers.map((layer) => layer.root));
    }
    this.layers.forEach((layer, i) => layer.draw({ frame, about: shown[i], theme }));
  }
}

class Layer extends Pointed {
  /** @param {HTMLElement} root */
  constructor(root) {
    const title = element("h4");
    root.append(title);
    super(root, "feature_maps", (spot) => this.enlarge(spot), "Arrow keys or a click enlarge one.");
    this.root = root;
    this.title = title;
    /** @type {number | null} the one that is enlarged */
    this.tile = null;
    this.last = null;
    this.drawings = 0;
  }

  /** @param {{frame: any, about: any, theme: import("./chart.js").Theme}} now */
  draw(now) {
    const { frame, about, theme } = (this.now = now), [h, w] = about.picture ?? [1, 1], n = about.shown;
    const single = h * w === 1;
    this.signed = about.signed ?? frame.meta.signed ?? false;
    this.thing = single ? (UNITS.has(about.kind) ? "neuron" : "value") : "map";
    this.codes = { data: frame.arrays[about.array].data, shape: single ? [n] : [n, h, w] };
    const many = single ? `${about.total} ${this.thing}s` : `${about.total} maps of ${h}×${w}`;
    const first = about.shown < about.total ? `, the first ${about.shown}` : "";
    this.title.textContent = `${about.name}: ${about.total === 1 ? many.replace(/s\b/, "") : many}${first}`;
    this.fit(n, single ? 12 : Math.max(30, Math.min(60, 4 * w)));
    const lit = this.walked && this.spot && single ? [this.spot.tile] : [], zoomed = !single && this.tile;
    const values = { codes: this.codes, peak: about.peak, signed: this.signed, thing: this.thing, lit,
      gap: single ? 1 : 0, revision: `${this.codes.shape} ${zoomed}` };
    if (this.last !== frame) this.drawings += 1;
    this.last = frame;
    return super.draw(values, theme, {}, [this.drawings, lit, this.tile]);
  }

  /** As high as so many tiles need it. @param {number} n @param {number} side */
  fit(n, side) {
    const columns = Math.max(1, Math.floor((sizeOf(this.element)[0] || 400) / side));
    const enlarged = this.tile === null || side < 30 ? 0 : ENLARGED;
    const height = `${Math.max(Math.ceil(n / columns) * side + 4, enlarged)}px`, { style } = this.element.parentElement;
    if (style.height !== height) style.height = height;
  }

  /** One map in the whole figure. @param {any[]} data @param {any} layout */
  show(data, layout) {
    const { grid } = this.known.mosaic;
    if (this.tile !== null && grid.h * grid.w > 1 && this.tile < grid.n) {
      const { width, height } = layout, [left, top] = corner(grid, this.tile);
      const cell = Math.min(width / (grid.w + 1), height / (grid.h + 1)), half = [width / cell / 2, height / cell / 2];
      const x = left + (grid.w - 1) / 2, y = top + (grid.h - 1) / 2;
      Object.assign(layout.xaxis, { range: [x - half[0], x + half[0]] });
      Object.assign(layout.yaxis, { range: [y + half[1], y - half[1]] });
    }
    super.show(data, layout);
  }

  /** @param {any} spot */
  enlarge(spot) {
    this.tile = spot === null || spot.tile === this.tile ? null : spot.tile;
    this.redraw();
  }

  /** A key goes to the next one and enlarges it at once. @param {any} spot */
  point(spot, walked = false) {
    if (walked && spot !== null) this.tile = spot.tile;
    super.point(spot, walked);
  }

  redraw() { if (this.now) this.draw(this.now); }

  /** @param {any} point */
  spotOf({ pointNumber: [row, column] }) {
    const { grid } = this.known.mosaic, tile = tileAt(grid, row, column);
    return tile === null ? null : { tile, row: row % (grid.h + grid.drop), column: column % (grid.w + grid.gap) };
  }

  /** @param {number} dx @param {number} dy */
  step(dx, dy) {
    const { n, columns } = this.known.mosaic.grid;
    return { tile: this.spot ? Math.max(0, Math.min(n - 1, this.spot.tile + dx + dy * columns)) : 0 };
  }

  words() {
    const { about } = /** @type {any} */ (this.now), { h, w } = this.known.mosaic.grid, { spot, codes } = this;
    if (!spot) return `largest value ${short(about.peak)}`;
    const value = (/** @type {number} */ v) => short((this.signed ? (v - 128) / 127 : v / 255) * about.peak);
    const at = spot.row === undefined ? 0 : spot.row * w + spot.column;
    const place = h * w > 1 && spot.row !== undefined ? `, row ${spot.row + 1}, column ${spot.column + 1}` : "";
    const number = h * w > 1 && spot.row === undefined ? "" : `: ${value(codes?.data[spot.tile * h * w + at])}`;
    return `${this.thing} ${spot.tile + 1}${place}${number}`;
  }
}
