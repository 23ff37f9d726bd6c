// Training images with the turned copies of each beside it (figure "nearest": pictures with words below them).

import { element } from "../kit/dom.js";
import { album, paste } from "./album.js";
import { Pointed } from "./chart.js";
import { plain } from "./series.js";
import { sizeOf } from "./tiles.js";

/**
 * @typedef {{frame: Frame, names: string[], theme: import("./chart.js").Theme, noun: string}} Now
 *   frame: nnviz/data/training_images.py
 */

const SIDE = [0, 6, 12.5], GAP = 20; // of a tile with so many lines of words: in letters; pixels between two

/** @param {number} angle @returns {string} */
export const turn = (angle) => `${angle < 0 ? "−" : "+"}${Math.abs(angle)}°`;

export class TrainingAlbum extends Pointed {
  constructor() {
    const box = element("div", { class: "nnd-album nnd-trained" });
    super(box, "nearest", () => {}, "Arrow keys walk from one to the next.");
    this.box = box;
    this.paper = document.createElement("canvas");
    /** @type {Now | null} */
    this.now = null;
    /** @type {string[]} */
    this.all = [];
    this.columns = 1;
    this.pasted = this.source = "";
  }

  /** @param {Now} now */
  draw(now) {
    this.now = now;
    return this.redraw();
  }

  redraw() {
    if (!this.now) return false;
    const { frame: { arrays, meta, serial }, names, theme, noun } = this.now;
    const [n, parts, h, side] = arrays.pixels.shape, w = parts * (side + 1) - 1, [width] = sizeOf(this.element);
    if (!width) return false;
    // As many side by side as are large enough to be read; as high as all of them are then.
    const lines = parts > 1 ? 2 : 1, columns = Math.max(1, Math.min(n, Math.floor(width / (SIDE[lines] * theme.size))));
    const high = Math.ceil(n / columns) * ((width / columns - GAP) * (h / w) + (1.45 * lines + 0.4) * theme.size);
    const box = [width, Math.round(high)];
    this.box.style.setProperty("--nnd-high", `${box[1]}px`);
    const place = album({ n, h, w, box, size: theme.size, lines, columns });
    const rows = Array.from({ length: n }, (_, i) => {
      const name = plain(names[arrays.labels.data[i]]), index = meta.first + i;
      const angles = [...arrays.degrees.data.slice(i * parts + 1, (i + 1) * parts)].map(turn);
      const copies = angles.length ? `; copies turned by ${angles.join(" and ")}` : "";
      return { index, text: [`<b>${plain(name, 11)}</b>`, ...(angles.length ? [angles.join(" ")] : [])].join("<br>"),
        wrong: false, words: `training ${noun} ${index}: ${name}${copies}` };
    });
    this.all = rows.map(({ words }) => words);
    this.columns = place.columns;
    const lit = this.walked && this.spot !== null ? [this.spot] : [];
    const pasted = JSON.stringify([serial, place]);
    if (pasted !== this.pasted) this.source = paste(this.paper, place, arrays.pixels);
    this.pasted = pasted;
    const tile = (box[0] / (place.columns * (w + place.gap))) * w;
    const values = { rows, place, side: tile, lit, source: this.source, revision: `${serial} ${place.columns}` };
    return super.draw(values, theme, {}, [serial, lit, box]);
  }

  /** @param {any} point */
  spotOf({ pointNumber, data }) { return data.customdata ? pointNumber : null; }

  /** @param {number} dx @param {number} dy */
  step(dx, dy) {
    const last = this.all.length - 1, to = this.spot === null ? 0 : this.spot + dx + dy * this.columns;
    return last >= 0 ? Math.max(0, Math.min(last, to)) : null;
  }

  words() { return this.all[this.spot ?? -1] ?? "point at one for its number"; }
}
