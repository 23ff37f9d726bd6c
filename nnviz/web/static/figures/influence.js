// What each pixel means to a model's answer, beside the picture itself (figures "saliency" and "occlusion").

import { element } from "../kit/dom.js";
import { short } from "../kit/numbers.js";
import { Pointed } from "./chart.js";

/**
 * @typedef {import("./bind.js").Tensor} Tensor
 * @typedef {{heat: Tensor, pixels: Tensor, theme: import("./chart.js").Theme, about: string}} Now
 *   heat: float32 [h, w]; pixels: uint8 [h, w]; about: what is shown of what, in words
 */

export class Influence extends Pointed {
  /** @param {"saliency" | "occlusion"} name */
  constructor(name) {
    const box = element("div", { class: "nnl-heatbox" });
    super(box, name, () => {}, "Pointing at a pixel tells its value.");
    this.box = box;
    this.drawings = this.peak = 0;
    this.clear();
  }

  /** @param {Now} now */
  draw(now) {
    const { heat, pixels, theme } = (this.now = now), [h, w] = heat.shape;
    this.data = heat.data;
    this.peak = Math.max(...this.data.map(Math.abs));
    const values = { heat, pixels, peak: this.peak || 1, x: [0.5, w + 0.5], y: [h + 0.5, 0.5], revision: `${h} ${w}` };
    this.drawings += 1;
    return super.draw(values, theme, {}, this.drawings);
  }

  /** In another theme. @param {import("./chart.js").Theme} theme */
  redrawn(theme) { if (this.now) this.draw({ ...this.now, theme }); }

  /** Nothing is known of the next picture yet. */
  clear() {
    /** @type {Now | null} */
    this.now = null;
    /** @type {any} the numbers that are shown */
    this.data = null;
    this.hint.textContent = "…";
    this.box.dataset.ready = "false";
    this.element.style.visibility = "hidden";
  }

  /** @param {any[]} data @param {any} layout */
  show(data, layout) {
    super.show(data, layout);
    this.element.style.visibility = "";
    this.box.dataset.ready = "true";
  }

  /** @param {any} point */
  spotOf({ pointNumber: [row, column] }) { return { row, column }; }

  words() {
    const { spot, now, data } = this;
    if (!now) return "…";
    if (!spot) return `${now.about}; strongest ${short(this.peak)}`;
    const value = short(data[spot.row * now.heat.shape[1] + spot.column]);
    return `row ${spot.row + 1}, column ${spot.column + 1}: ${value}`;
  }
}
