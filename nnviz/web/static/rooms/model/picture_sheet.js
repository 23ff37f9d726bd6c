// The pictures that a "mistakes" frame brings with it, as figures/digit_album.js draws them.

import { context2d } from "../../kit/pictures.js";

export class PictureSheet {
  /**
   * @param {Frame} frame pictures uint8 [n, h, w] or [n, h, w, 3]; place [n]: the number of each
   * @param {Document} page
   */
  constructor(frame, page = document) {
    const { pictures: { data, shape: [, height, width, channels = 1] }, place } = frame.arrays;
    this.about = { height, width };
    this.loaded = 1;
    this.data = data;
    this.channels = channels;
    this.page = page;
    /** @type {Map<number, number>} number → where it stands in the frame */
    this.at = new Map(Array.from(place.data, (index, i) => [index, i]));
  }

  /**
   * The picture of a number at x, y, `size` pixels high; false where there is none.
   * @param {CanvasRenderingContext2D} context @param {number} index @param {number} x @param {number} y
   * @param {number} size
   */
  draw(context, index, x, y, size) {
    const at = this.at.get(index), { height: h, width: w } = this.about;
    if (at === undefined) return false;
    const small = this.page.createElement("canvas");
    Object.assign(small, { width: w, height: h });
    context2d(small).putImageData(new ImageData(pixels(this.data, at, h * w, this.channels), w, h), 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, w, h, x, y, size * (w / h), size);
    return true;
  }
}

/**
 * One picture as a canvas has it: red, green, blue and opacity of each of n pixels.
 * @param {ArrayLike<number>} data @param {number} at @param {number} n @param {number} channels 1 or 3
 */
export function pixels(data, at, n, channels) {
  const found = new Uint8ClampedArray(4 * n), from = at * n * channels;
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < 3; c++) found[4 * i + c] = data[from + i * channels + (channels === 3 ? c : 0)];
    found[4 * i + 3] = 255;
  }
  return found;
}
