// Small pictures side by side in one array: filters, feature maps. The same as nnviz/figures/tiles.py, where it is
// explained; a test compares both.

/**
 * @typedef {import("./bind.js").Tensor} Tensor
 * @typedef {{n: number, h: number, w: number, gap: number, drop: number, columns: number, rows: number}} Grid
 */

const BOX = [640, 420];

/**
 * In as many columns as make a cell largest in the box; or in the columns that have a meaning.
 * @param {{n: number, h: number, w: number, box: number[], gap: number, columns?: number | null}} given @returns {Grid}
 */
export function grid({ n, h, w, box, gap, columns }) {
  let best = 0, found = 1;
  for (let k = columns ?? 1; k <= (columns ?? n); k++) {
    const rows = Math.ceil(n / k);
    const cell = Math.min(box[0] / (k * (w + gap) - gap), box[1] / (rows * (h + gap) - gap));
    if (cell > best) [best, found] = [cell, k];
  }
  return { n, h, w, gap, drop: gap, columns: found, rows: Math.ceil(n / found) };
}

/** @param {{codes: Tensor, peaks: any, box?: number[], signed?: boolean, common?: boolean, thing?: string}} given */
export function mosaic({ codes, peaks, box, signed = true, common = true, thing = "filter" }) {
  const { shape, data } = codes, room = box ?? BOX, known = peaks?.data ?? peaks;
  /** @type {number[]} */
  const peak = typeof known === "number" ? [known] : [...known];
  const [h, w] = shape.length > 1 ? shape.slice(-2) : [1, 1], within = shape.length === 4 ? shape[1] : null;
  const n = data.length / (h * w), gap = h === 1 ? 0 : Math.max(1, Math.floor(h / 14 + 0.5));
  const place = grid({ n, h, w, box: room, gap, columns: n > 1 ? within : null });
  const scale = (/** @type {number} */ i) => peak.length > 1 ? peak[Math.floor(i / (within ?? 1))] : peak[0];
  const [zero, most] = signed ? [128, 127] : [0, 255], code = (/** @type {number} */ v) => (v - zero) / most;
  const values = spread(data, place, code, scale), [x, y] = ranges(place, room);
  return {
    z: common ? values : spread(data, place, code, () => 1), values, grid: place, x, y,
    text: names(place, within, thing),
    top: common ? peak.reduce((a, b) => Math.max(a, b), 1e-12) : 1,
  };
}

/**
 * Of two axes on which a cell is a square and all are in the middle of the box.
 * @param {Grid} place @param {number[]} box
 */
export function ranges({ columns, rows, h, w, gap, drop }, box, last = 0) {
  const width = columns * (w + gap) - gap, height = rows * (h + drop) - drop + last;
  const cell = Math.min(box[0] / (width + 1), box[1] / (height + 1)), across = box[0] / cell, down = box[1] / cell;
  const x = (width - across) / 2 - 0.5, y = (height - down) / 2 - 0.5;
  return [[x, x + across], [y + down, y]];
}

/** A line around each of these tiles. @param {{place: Grid, tiles: number[]}} given */
export function outlines({ place, tiles }) {
  const x = [], y = [], edge = Math.min(1, place.gap / 4, place.h / 16) + 0.5;
  for (const tile of tiles) {
    const [left, top] = corner(place, tile).map((at) => at - edge);
    const right = left + place.w + 2 * edge - 1, bottom = top + place.h + 2 * edge - 1;
    x.push(left, right, right, left, left, null);
    y.push(top, top, bottom, bottom, top, null);
  }
  return { x, y };
}

/** [left, top] of a tile, in cells. @param {Grid} place @param {number} i */
export const corner = ({ columns, w, h, gap, drop }, i) =>
  [(i % columns) * (w + gap), Math.floor(i / columns) * (h + drop)];

/** The tile of a cell, or null between them. @param {Grid} place @param {number} row @param {number} column */
export function tileAt({ n, h, w, gap, columns }, row, column) {
  const tile = Math.floor(row / (h + gap)) * columns + Math.floor(column / (w + gap));
  return row % (h + gap) < h && column % (w + gap) < w && tile < n ? tile : null;
}

/**
 * @param {ArrayLike<number>} data @param {Grid} place
 * @param {(v: number) => number} code @param {(i: number) => number} scale @returns {Tensor}
 */
function spread(data, { n, h, w, gap, columns, rows }, code, scale) {
  const width = columns * (w + gap) - gap, height = rows * (h + gap) - gap;
  const field = new Float32Array(width * height).fill(NaN);
  for (let i = 0, p = 0; i < n; i++) {
    const from = Math.floor(i / columns) * (h + gap) * width + (i % columns) * (w + gap), k = scale(i);
    for (let r = 0; r < h; r++) {
      for (let c = 0, at = from + r * width; c < w; c++, p++, at++) field[at] = code(data[p]) * k;
    }
  }
  return { data: field, shape: [height, width] };
}

/** @type {Map<string, string[][]>} */
const fields = new Map(); // a network's layers have few shapes, and forty thousand cells

/** @param {Grid} place @param {number | null} within @param {string} thing */
function names(place, within, thing) {
  const key = JSON.stringify([place, within, thing]);
  let field = fields.get(key);
  if (field) return field;
  const { n, h, w, gap, columns, rows } = place;
  field = Array.from({ length: rows * (h + gap) - gap }, () => Array(columns * (w + gap) - gap).fill(""));
  for (let i = 0; i < n; i++) {
    const name = `${thing} ${Math.floor(i / (within ?? 1)) + 1}${within ? `, input map ${(i % within) + 1}` : ""}`;
    const [left, top] = corner(place, i);
    for (let r = 0; r < h; r++) for (let c = 0; c < w; c++) {
      field[top + r][left + c] = h * w === 1 ? name : `${name}, row ${r + 1}, column ${c + 1}`;
    }
  }
  if (fields.size > 20) fields.clear();
  fields.set(key, field);
  return field;
}
