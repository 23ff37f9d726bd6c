// The training images nearest to a picture, with label and distance (figure "nearest").

import { element } from "../kit/dom.js";
import { album, paste } from "./album.js";
import { Pointed } from "./chart.js";
import { plain } from "./series.js";
import { sizeOf } from "./tiles.js";

const COLUMNS = 4;

/**
 * @typedef {{arrays: Record<string, any>, names: string[], said: number, theme: import("./chart.js").Theme}} Now
 *   arrays: of a frame "look" (nnviz/analysis/look.py); said: the class that the network answers
 */

export class NearestAlbum extends Pointed {
  /** @param {string} noun what a picture is called */
  constructor(noun = "image") {
    const box = element("div", { class: "nnl-near" });
    super(box, "nearest", () => {}, "Arrow keys walk from one to the next.");
    this.box = box;
    this.noun = noun;
    this.drawings = 0;
    this.paper = document.createElement("canvas");
    this.clear();
  }

  /** @param {Now} now */
  draw(now) {
    this.now = now;
    this.drawings += 1;
    this.box.dataset.count = String(now.arrays.nearest_pixels.shape[0]);
    this.element.style.visibility = "";
    return this.redraw();
  }

  redraw() {
    if (!this.now) return false;
    const { arrays, names, said, theme } = this.now, [n, h, w] = arrays.nearest_pixels.shape;
    const box = sizeOf(this.element), lit = this.walked && this.spot !== null ? [this.spot] : [];
    if (!box[0] || !box[1]) return false;
    const place = album({ n, h, w, box, size: theme.size, lines: 2, columns: Math.min(COLUMNS, n) });
    const rows = Array.from({ length: n }, (_, i) => {
      const label = arrays.nearest_label.data[i], far = arrays.nearest_distance.data[i].toFixed(2);
      const index = arrays.nearest_index.data[i], name = plain(names[label] ?? label);
      return { index, text: `<b>${plain(names[label] ?? label, 11)}</b><br>${far}`, wrong: label !== said,
        words: `training ${this.noun} ${index}: ${name}, distance ${far}` };
    });
    this.all = rows.map(({ words }) => words);
    const side = (box[0] / (place.columns * (w + place.gap))) * w;
    const source = paste(this.paper, place, arrays.nearest_pixels);
    const values = { rows, place, side, lit, source, revision: `${place.columns}` };
    return super.draw(values, theme, {}, [this.drawings, lit, box]);
  }

  clear() {
    /** @type {Now | null} */
    this.now = null;
    /** @type {string[]} */
    this.all = [];
    this.box.dataset.count = "0";
    this.element.style.visibility = "hidden";
  }

  /** @param {any} point */
  spotOf({ pointNumber, data }) { return data.customdata ? pointNumber : null; }

  /** @param {number} dx @param {number} dy */
  step(dx, dy) {
    const last = this.all.length - 1, to = this.spot === null ? 0 : this.spot + dx + dy * COLUMNS;
    return last >= 0 ? Math.max(0, Math.min(last, to)) : null;
  }

  words() { return this.all[this.spot ?? -1] ?? "outlined: of another class than the network’s answer"; }
}
