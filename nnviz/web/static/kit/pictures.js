// Small pictures on canvases: ink in grey, or signed values in the theme's scale.

/** @typedef {{lut: Uint8Array, code: (v: number) => number}} Scale */

/** What draws on a canvas; every browser that runs these scripts has it. @param {HTMLCanvasElement} node */
export const context2d = (node) => /** @type {CanvasRenderingContext2D} */ (node.getContext("2d"));

const GREY = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));

/** Ways from a stored value to a colour: {lut: 256 × rgb, code: value → 0…255}. */
export const scales = {
  /** @returns {Scale} */
  ink: () => ({ lut: GREY, code: (v) => v }),
};

/**
 * Draw a picture of h×w values, one screen pixel each.
 * @param {HTMLCanvasElement} target @param {ArrayLike<number>} values @param {{h: number, w: number}} shape
 * @param {Scale} scale
 */
export function paint(target, values, { h, w }, { lut, code }) {
  if (target.width !== w || target.height !== h) Object.assign(target, { width: w, height: h });
  const image = new ImageData(w, h);
  for (let i = 0; i < h * w; i++) {
    const k = 3 * code(values[i]);
    image.data.set([lut[k], lut[k + 1], lut[k + 2], 255], 4 * i);
  }
  context2d(target).putImageData(image, 0, 0);
}

/**
 * Which value of a plain h×w picture lies under the pointer: {row, column}, or null.
 * @param {Element} target @param {PointerEvent} event @param {number} h @param {number} w
 */
export function cellAt(target, event, h, w) {
  const box = target.getBoundingClientRect();
  const column = Math.floor(((event.clientX - box.left) / box.width) * w),
    row = Math.floor(((event.clientY - box.top) / box.height) * h);
  return row >= 0 && row < h && column >= 0 && column < w ? { row, column } : null;
}
