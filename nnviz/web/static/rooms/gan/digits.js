// Generated digits: each beside the real one that is nearest to it, and what a plane of the latent space looks like.

import { album, paste } from "../../figures/album.js";
import { Chart } from "../../figures/chart.js";
import { sizeOf } from "../../figures/tiles.js";
import { element, write } from "../../kit/dom.js";
import { number } from "../../kit/numbers.js";

/** @typedef {import("../../kit/tabbed.js").Context} Context */

const PAIRS = "Generated, each beside the real digit nearest to it";
const LATENT = ["Along the latent number", "The latent square, from number to number",
  "A plane through the latent space: its first two numbers, the others 0"];

export class Digits {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    this.paper = document.createElement("canvas");
    const host = (/** @type {string} */ kind, /** @type {string} */ label) =>
      element("div", { class: kind, role: "img", "aria-label": label });
    this.pairs = new Chart(host("nng-pairs", PAIRS), "nearest", { drawn: () => room.ask() });
    const places = "generated digits of places in the latent space";
    this.latent = new Chart(host("nng-latent", places), "nearest", { drawn: () => room.ask() });
    this.title = element("h3", {});
    this.root = element("div", { class: "nnt-column", hidden: true }, element("h3", {}, PAIRS), this.pairs.element,
      this.title, this.latent.element);
  }

  get drawn() { return this.pairs.drawn; }

  /** @param {Frame} frame @param {string | number} key @param {number} size of the latent space */
  draw({ arrays }, key, size) {
    write(this.title, LATENT[Math.min(size, LATENT.length) - 1]);
    const { pictures, nearest, apart, told, tiles } = arrays, [n, parts, h, w] = pictures.shape;
    const rows = Array.from({ length: n }, (_, i) => ({
      index: i, text: `${nearest.data[i]} · ${number(apart.data[i])}`, wrong: false,
      words: `nearest real digit: a ${nearest.data[i]}, ${number(apart.data[i], 3)} away `
        + `(root of the mean square over the pixels); D says ${number(told.data[i], 3)}`,
    }));
    this.show(this.pairs, rows, pictures, [h, parts * (w + 1) - 1], null, key);
    const [down, across] = tiles.shape;
    const blank = Array.from({ length: down * across }, (_, i) => ({ index: i, text: "", wrong: false,
      words: `latent number 1: place ${(i % across) + 1} of ${across}, 2: place ${Math.floor(i / across) + 1}` }));
    this.show(this.latent, blank, { data: tiles.data, shape: [down * across, ...tiles.shape.slice(2)] }, [h, w], across,
      key);
  }

  /**
   * @param {Chart} chart @param {any[]} rows @param {Tensor} pixels @param {number[]} size of a tile
   * @param {number | null} columns @param {string | number} key
   */
  show(chart, rows, pixels, [h, w], columns, key) {
    const box = sizeOf(chart.element), theme = this.room.theme();
    if (!box[0] || !box[1]) return;
    const place = album({ n: rows.length, h, w, box, size: columns ? 1 : theme.size, lines: 1, columns });
    const side = (box[0] / (place.columns * (w + place.gap))) * w;
    chart.draw({ rows, place, side, lit: [], source: paste(this.paper, place, pixels), revision: "digits" }, theme, {},
      [key, box]);
  }

  purge() {
    this.pairs.purge();
    this.latent.purge();
  }
}
