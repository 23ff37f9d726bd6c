// Pictures with words below them: the grid, and what stands at each. The same as in nnviz/figures/tiles.py, where it is
// explained; a test compares both.

import { roughly } from "../kit/numbers.js";
import { corner } from "./mosaic.js";
import { plain } from "./series.js";

/** @typedef {import("./mosaic.js").Grid} Grid */

const LARGEST = 9;

/**
 * @param {{n: number, h: number, w: number, box: number[], size: number, lines?: number,
 *   columns?: number | null}} given
 * @returns {Grid}
 */
export function album({ n, h, w, box, size, lines = 1, columns = null }) {
  const under = (1.45 * lines + 0.4) * size, across = (lines === 1 ? 5.6 : 7) * size;
  let side = 0, found = 1;
  for (let k = columns ?? 1; k <= (columns ?? n); k++) {
    const along = box[0] / k, down = box[1] / Math.ceil(n / k);
    const wide = Math.max(1, w / h) * Math.min(down - under, LARGEST * size);
    const largest = along >= across || columns ? Math.min(along - 6, wide) : 0;
    if (largest > side) [side, found] = [largest, k];
  }
  side = Math.max(side, 12);
  const room = (columns ? 1.4 : 1) * across - side;
  const gap = Math.min(Math.max(0.5 * size, room), Math.max(6, box[0] / found - side));
  const cell = side / Math.max(h, w);
  const place = { n, h, w, gap: Math.ceil(gap / cell), drop: Math.ceil(under / cell) };
  return { ...place, columns: found, rows: Math.ceil(n / found) };
}

/**
 * The pictures of an album as one, each of `parts` side by side: a data URL.
 * @param {HTMLCanvasElement} paper @param {Grid} place @param {{data: ArrayLike<number>, shape: number[]}} pixels uint8
 *   [n, parts, h, w] or [n, h, w]
 */
export function paste(paper, place, { data, shape }) {
  const [h, w] = shape.slice(-2), [n, parts] = [shape[0], shape.length === 4 ? shape[1] : 1];
  const context = /** @type {CanvasRenderingContext2D} */ (paper.getContext("2d"));
  Object.assign(paper, { width: place.columns * (place.w + place.gap), height: place.rows * (place.h + place.drop) });
  for (let k = 0; k < n * parts; k++) {
    const image = new ImageData(w, h), [left, top] = corner(place, Math.floor(k / parts));
    for (let p = 0; p < h * w; p++) image.data.set([...Array(3).fill(data[k * h * w + p]), 255], 4 * p);
    context.putImageData(image, left + (k % parts) * (w + 1), top);
  }
  return paper.toDataURL();
}

/** @param {{rows: any[], names: string[], place: Grid, color: string}} given */
export function captions({ rows, names, place, color }) {
  const lines = Math.max(1, ...names.map((name) => plain(name).length)) > 2;
  const found = rows.map(({ index, truth, predicted, sure, right }) => {
    const often = roughly(sure), [true_, taken] = [truth, predicted].map((k) => plain(names[k], lines ? 11 : 4));
    const wrong = `${true_}${lines ? "<br>" : " "}→ <b><span style="color:${color}">${taken}</span></b> ${often}`;
    const [is, said_] = [truth, predicted].map((k) => plain(names[k]));
    const said = right ? `${is}, recognised` : `true ${is}, taken for ${said_}`;
    return { index, text: right ? `${true_} ${often}` : wrong, words: `digit ${index}: ${said}, ${often} sure`,
      wrong: !right };
  });
  return placed({ rows: found, place });
}

/**
 * @typedef {{index: number, text: string, words: string, wrong: boolean}} Tile
 * @param {{rows: Tile[], place: Grid}} given
 */
export function placed({ rows, place }) {
  const at = rows.map((_, i) => corner(place, i));
  return {
    x: at.map(([left]) => left + (place.w - 1) / 2), y: at.map(([, top]) => top + (place.h - 1) / 2),
    below: at.map(([, top]) => top + place.h + 0.1 * place.drop), text: rows.map((row) => row.text),
    words: rows.map((row) => row.words), index: rows.map((row) => row.index),
    wrong: rows.flatMap((row, i) => (row.wrong ? [i] : [])),
  };
}
