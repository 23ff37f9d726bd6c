// The curves of a run as series of points: which there are, smoothed, thinned, with their intervals. The same as
// nnviz/figures/series.py, where the members are explained; a test compares both.

import { wilson } from "../kit/predictions.js";
import { count, percent } from "../kit/numbers.js";

const DASHES = ["solid", "dot", "dash"];
const MOST = 1200, LONGEST = 60, LEAST_ERROR = 1e-5;

/**
 * @typedef {(number | null)[]} Column
 * @typedef {Record<string, Column>} Columns
 */

/** A name without what Plotly would take for markup. @param {unknown} name */
export function plain(name, most = 18) {
  const clean = String(name).replace(/[<>&]/g, " ");
  return clean.length <= most ? clean : `${clean.slice(0, most - 1)}…`;
}

/**
 * Exponential moving average with the start's bias taken out.
 * @param {Column} ys @param {number} beta @returns {Column}
 */
export function smooth(ys, beta) {
  if (!beta) return ys;
  let s = 0, power = 1;
  return ys.map((y) => {
    if (y === null || !Number.isFinite(y)) return y;
    s = beta * s + (1 - beta) * y;
    power *= beta;
    return s / (1 - power);
  });
}

/**
 * At most `most` points, keeping in every bucket the lowest and the highest: no spike is lost.
 * @param {number[]} xs @param {number[]} ys
 */
export function thin(xs, ys, most = MOST) {
  if (xs.length <= most) return [xs.slice(), ys.slice()]; // copies: Plotly.react takes the same array for the same data
  const n = xs.length, buckets = Math.floor(most / 2), x = [], y = [];
  for (let k = 0; k < buckets; k++) {
    const a = Math.floor((k * n) / buckets), b = Math.floor(((k + 1) * n) / buckets);
    let low = a, high = a;
    for (let i = a; i < b; i++) {
      if (ys[i] < ys[low]) low = i;
      if (ys[i] > ys[high]) high = i;
    }
    for (const i of low === high ? [low] : low < high ? [low, high] : [high, low]) {
      x.push(xs[i]);
      y.push(ys[i]);
    }
  }
  return [x, y];
}

/** @param {any} given {history, what, axis, smoothing, error, tested, validation} */
export function learningSeries({ history, what, axis, smoothing, error, tested, validation }) {
  const x = history[axis]?.length ? axis : "epoch", split = tested?.split ?? "test", told = tested?.history;
  const how = { what, smoothing, rate: what === "accuracy" && error };
  const samples = tested?.train?.samples, own = [];
  const note = samples ? ` (mean of the last ${count(samples)} samples)` : "";
  own.push(series("training", "training", history[x], newest(history, what), null, note, how));
  if (told?.val_n) own.push(series("validation", "validation", told[x], told[`val_${what}`], told.val_n, "", how));
  else if (split !== "validation") {
    const held = history[`val_${what}`];
    own.push(series("validation", "validation", history[x], held, held.map(() => validation ?? null), "", how));
  }
  if (told) {
    const [role, name] = split === "train" ? ["training", "training sample"] : [split, split];
    own.push(series(role, name, told[x], told[what], told.n, "", how));
  }
  return { own: own.filter(Boolean), empty: !history.step.length };
}

/** @param {any} given {runs, what, splits, axis, smoothing, error} */
export function overlaySeries({ runs, what, splits, axis, smoothing, error }) {
  const how = { what, smoothing, rate: what === "accuracy" && error };
  /** @type {any[]} */
  const curves = [];
  for (const { run, name, color, history, tested, work } of runs) {
    let first = true;
    for (const [place, split] of splits.entries()) {
      const told = split !== "training" && split !== "validation" && tested?.split === split ? tested.history : null;
      const y = split === "training" ? newest(history, what) : split === "validation" ? history[`val_${what}`]
        : told?.[what] ?? [];
      const found = series(split, plain(name, LONGEST), along(told ?? history, axis, work), y, null, "", how);
      if (!found) continue;
      const dash = DASHES[place % DASHES.length];
      curves.push({ ...found, run, color, dash, first, hover: `${found.hover} ${split}` });
      first = false;
    }
  }
  return { curves, empty: !curves.length };
}

/** @param {Columns} columns @param {string} axis @param {number | null} work @returns {Column} */
const along = (columns, axis, work) =>
  (axis === "work" ? columns.epoch.map((epoch) => (epoch === null ? null : epoch * (work ?? 0))) : columns[axis]);

/** @param {any} given {series} */
export function accuracyRange({ series: curves }) {
  const floor = curves.length ? Math.min(...curves.map((/** @type {any} */ curve) => curve.lowest)) : 0;
  return floor > 0.5 ? [floor - 0.02, 1.005] : [0, 1.02];
}

/**
 * The mean over the last steps where it was recorded; else the one since the epoch began.
 * @param {Columns} history @param {string} what
 */
const newest = (history, what) => history[what].map((mean, i) => history[`recent_${what}`]?.[i] ?? mean);

/**
 * @param {string} role @param {string} name @param {Column} x @param {Column} y @param {Column | null} n
 * @param {string} note @param {{what: string, smoothing: number, rate: boolean}} how
 */
function series(role, name, x, y, n, note, { what, smoothing, rate }) {
  const known = [...y.keys()].filter((i) => y[i] !== null && y[i] !== undefined);
  if (!known.length) return null;
  const xs = /** @type {number[]} */ (known.map((i) => x[i]));
  const ys = /** @type {number[]} */ (smooth(known.map((i) => y[i]), smoothing)), share = what === "accuracy";
  const [dx, dy] = thin(xs, rate ? ys.map(errorRate) : ys), last = /** @type {number} */ (xs.at(-1));
  const images = n && known.map((i) => n[i]);
  return {
    role, name, x: dx, y: dy, mode: dx.length < 3 ? "lines+markers" : "lines",
    text: share ? dy.map((v) => percent(v, 2)) : null, hover: (share ? "%{text}" : "%{y:.4g}") + note,
    lowest: share ? Math.min(1, ...ys.filter((_, i) => xs[i] >= last / 6)) : null,
    band: share && images?.[0]
      ? { ...band(xs, ys, /** @type {number[]} */ (images), rate), name: `${name} 95 %` } : null,
  };
}

const errorRate = (/** @type {number} */ accuracy) => Math.max(LEAST_ERROR, 1 - accuracy);

/**
 * Wilson's interval, there along the lower edge, back along the upper one.
 * @param {number[]} xs @param {number[]} ys @param {number[]} n @param {boolean} rate
 */
function band(xs, ys, n, rate) {
  const edges = ys.map((y, i) => wilson(y, n[i]).map((v) => (rate ? errorRate(v) : v)));
  return { x: [...xs, ...xs.toReversed()], y: [...edges.map((e) => e[0]), ...edges.map((e) => e[1]).toReversed()] };
}
