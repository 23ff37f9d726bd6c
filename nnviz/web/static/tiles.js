// Small pictures of numbers on a canvas: uint8 codes through a colour table, once to an atlas at their own size, then enlarged.

const sizes = new WeakMap();
const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    sizes.set(target, [target.clientWidth, target.clientHeight]);
    target.dispatchEvent(new Event("nnd-size", { bubbles: true }));
  }
});

/** [width, height] of an element. Known without asking: a question amid the drawing makes the browser lay out the whole page. An
 * event "nnd-size" rises from an element whose size has changed. */
export function sizeOf(element) {
  if (!sizes.has(element)) {
    sizes.set(element, [element.clientWidth, element.clientHeight]);
    observer.observe(element);
  }
  return sizes.get(element);
}

/** The canvas ready to draw on at the screen's resolution; null where it has no room. */
export function prepare(canvas) {
  const [width, height] = sizeOf(canvas), scale = devicePixelRatio || 1;
  if (!width || !height) return null;
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** Columns and tile size for n tiles of an aspect (width / height) in a box: as large as they can be. */
export function grid(n, width, height, aspect = 1, gap = 3) {
  let best = { columns: 1, w: 0, h: 0 };
  for (let columns = 1; columns <= n; columns++) {
    const rows = Math.ceil(n / columns);
    const w = Math.min((width - gap * (columns - 1)) / columns, aspect * ((height - gap * (rows - 1)) / rows));
    if (w > best.w) best = { columns, rows, w, h: w / aspect };
  }
  return { ...best, gap };
}

/** Pictures uint8 [n, h, w] through a table of 256 colours (lut, 3 bytes each), all on one canvas in a single column. */
export class Atlas {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
  }

  /** `gain[i]` scales the codes of picture i around 128: the same colour is then the same number in all of them. */
  fill(codes, n, h, w, lut, gain = null) {
    if (this.canvas.width !== w || this.canvas.height !== h * n) {
      Object.assign(this.canvas, { width: w, height: h * n });
      this.image = this.context.createImageData(w, h * n);
    }
    Object.assign(this, { h, w });
    const pixels = this.image.data, size = h * w;
    for (let i = 0, p = 0; i < n; i++) {
      const k = gain ? gain[i] : 1;
      for (let j = i * size; j < (i + 1) * size; j++, p += 4) {
        const c = 3 * (k === 1 ? codes[j] : Math.round(128 + (codes[j] - 128) * k));
        pixels[p] = lut[c];
        pixels[p + 1] = lut[c + 1];
        pixels[p + 2] = lut[c + 2];
        pixels[p + 3] = 255;
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }

  /** Picture i enlarged: every number a square. */
  draw(context, i, x, y, w, h) {
    context.imageSmoothingEnabled = w < this.w;
    context.drawImage(this.canvas, 0, i * this.h, this.w, this.h, x, y, w, h);
  }
}
