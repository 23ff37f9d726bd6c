// Digits of a data set in one picture (figure "mistakes"): the gallery, the first hundred and the newest mistakes.

import { sizeOf } from "./tiles.js";
import { Pointed } from "./chart.js";
import { album } from "./album.js";
import { corner } from "./mosaic.js";

const HELP = "Arrow keys walk from digit to digit, Enter opens one.";

/**
 * @typedef {{index: number, truth: number, predicted: number, sure: number, right?: boolean}} Row
 * @typedef {{rows: Row[], data: any, names: string[], key: string, theme: import("./chart.js").Theme,
 *   capacity?: number, columns?: number | null, marked?: boolean}} Now
 *   capacity: tiles for which there is room; columns: of them, where it matters; marked: the wrong ones are outlined
 */

export class DigitAlbum extends Pointed {
  /** @param {HTMLElement} root @param {(index: number, order: number[]) => void} open @param {string} label */
  constructor(root, open, label) {
    super(root, "mistakes", (spot) => { if (spot !== null) open(this.order[spot], this.order); }, HELP);
    this.label = label;
    this.paper = document.createElement("canvas");
    /** @type {number[]} */
    this.order = [];
    this.pasted = this.source = "";
    /** @type {import("./mosaic.js").Grid | null} */
    this.place = null;
  }

  /** Whether the visitor's pointer or focus is on the digits: then they must not jump. */
  get held() { return this.element.matches(":hover, :focus-within"); }

  /** @param {Now} now */
  draw(now) {
    const { rows, data, names, key, theme, capacity = rows.length, columns = null, marked = false } = (this.now = now);
    const box = sizeOf(this.element), { height: h, width: w } = data.about ?? { height: 28, width: 28 };
    this.order = rows.map((row) => row.index);
    const said = rows.map(({ index, predicted, sure, right }) => [index, predicted, Math.round(100 * sure), right]);
    const lit = this.walked && this.spot !== null ? [this.spot] : [];
    const state = [key, said, lit, data.loaded, capacity, columns];
    if (!box[0] || !box[1]) return false;
    const lines = names.some((name) => name.length > 2) ? 2 : 1;
    const place = album({ n: Math.max(1, capacity), h, w, box, size: theme.size, lines, columns });
    const pasted = JSON.stringify([key, this.order, data.loaded, place]);
    if (pasted !== this.pasted) this.paste(place, data);
    this.pasted = pasted;
    this.place = place;
    const side = (box[0] / (place.columns * (w + place.gap))) * w;
    const values = { rows, names, place, source: this.source, side, lit, revision: `${key} ${place.columns}` };
    return super.draw(values, theme, marked ? { marked } : {}, state);
  }

  /** @param {import("./mosaic.js").Grid} place @param {any} data */
  paste(place, data) {
    const { paper } = this, context = /** @type {CanvasRenderingContext2D} */ (paper.getContext("2d"));
    Object.assign(paper, { width: place.columns * (place.w + place.gap), height: place.rows * (place.h + place.drop) });
    this.order.forEach((index, i) => data.draw(context, index, ...corner(place, i), place.h));
    this.source = paper.toDataURL();
  }

  redraw() { if (this.now) this.draw(this.now); }

  /** @param {any} point */
  spotOf({ pointNumber, data }) { return data.customdata ? pointNumber : null; }

  /** @param {number} dx @param {number} dy */
  step(dx, dy) {
    const to = this.spot === null ? 0 : this.spot + dx + dy * (this.place?.columns ?? 1);
    return this.order.length ? Math.max(0, Math.min(this.order.length - 1, to)) : null;
  }

  words() { return this.spot === null ? this.label : this.known.tiles.words[this.spot] ?? this.label; }
}
