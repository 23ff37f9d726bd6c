// What the places of a figure may do with a frame's arrays before they are drawn, by name: the same as
// nnviz/figures/operations.py, where it is explained; a test gives both the same arrays. An array of a frame is
// {data, shape}.

import { count, percent } from "../kit/numbers.js";
import { wilson } from "../kit/predictions.js";
import { captions, placed } from "./album.js";
import { flowers, passErrors } from "./flowers.js";
import { mosaic, outlines, ranges } from "./mosaic.js";
import { axisTitle, samples } from "./plane.js";
import { accuracyRange, learningSeries, overlaySeries, plain } from "./series.js";

/** @typedef {import("./bind.js").Tensor} Tensor */

const BOX = [640, 420];

/** @param {{of: Tensor, at: number}} given @returns {Tensor} */
function part({ of: { data, shape }, at }) {
  const [n, ...inner] = shape, size = data.length / n, from = Math.min(at, n - 1) * size;
  return { data: data.subarray(from, from + size), shape: inner };
}

/** @param {{of: Tensor, at: number}} given @returns {Tensor} */
function column({ of: { data, shape: [n, m] }, at }) {
  const k = Math.min(at, m - 1);
  return { data: Float32Array.from({ length: n }, (_, i) => data[i * m + k]), shape: [n] };
}

/** @param {{of: Tensor}} given @returns {Tensor} */
function transposed({ of: { data, shape: [n, m] } }) {
  const turned = new Float32Array(n * m);
  for (let i = 0, p = 0; i < n; i++) for (let j = 0; j < m; j++, p++) turned[j * n + i] = data[p];
  return { data: turned, shape: [m, n] };
}

/** @param {{of: Tensor}} given */
function decades({ of }) {
  let low = Infinity, high = 0;
  for (const v of /** @type {any} */ (of.data)) {
    if (v > 0 && v < Infinity) [low, high] = [Math.min(low, v), Math.max(high, v)];
  }
  return high ? { dtick: 1, range: [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high) + 1e-9)] } : {};
}

/** @param {{range: Tensor | number[], n: number}} given */
function centres({ range, n }) {
  const [low, high] = /** @type {number[]} */ (/** @type {any} */ (range).data ?? range);
  return Float64Array.from({ length: n }, (_, i) => low + ((high - low) * (i + 0.5)) / n);
}

/** @param {{truth: Tensor, predicted: Tensor, names: string[]}} given */
function confusion({ truth, predicted, names }) {
  const k = names.length, { data: real } = truth, said = predicted.data;
  const labels = names.map((name) => plain(name)), each = [...labels.keys()];
  const counts = each.map(() => Array(k).fill(0));
  for (let p = 0; p < real.length; p++) counts[real[p]][said[p]] += 1;
  const rows = counts.map((row) => row.reduce((a, b) => a + b, 0));
  const worst = Math.log1p(Math.max(1, ...counts.flatMap((row, i) => row.filter((_, j) => i !== j))));
  const strength = (/** @type {number} */ n, /** @type {boolean} */ right, /** @type {number} */ row) => {
    if (right) return row ? -(0.12 + (0.55 * n) / row) : 0;
    return n ? 0.15 + (0.85 * Math.log1p(n)) / worst : 0;
  };
  const words = (/** @type {number} */ n, /** @type {number} */ i, /** @type {number} */ j) => {
    const share = rows[i] ? ` (${percent(n / rows[i])} of the ${count(rows[i])})` : "";
    return `true ${labels[i]}, taken for ${labels[j]}: ${count(n)}${share}`;
  };
  return {
    counts, places: each, labels, range: [-0.5, k - 0.5],
    text: counts.map((row) => row.map((n) => (n ? String(n) : ""))),
    strength: counts.map((row, i) => row.map((n, j) => strength(n, i === j, rows[i]))),
    words: counts.map((row, i) => row.map((n, j) => words(n, i, j))), down: [k - 0.5, -0.5],
  };
}

/** @param {{scores: {name: string, accuracy: number, loss: number, n: number}[], what: "accuracy" | "loss"}} given */
function scorePoints({ scores, what }) {
  const known = scores.filter((score) => typeof score[what] === "number");
  const edges = known.map((score) => wilson(score.accuracy, score.n));
  const low = Math.min(1, ...edges.map((edge) => edge[0]));
  return {
    x: known.map(({ name, n }) => `${name}<br>${count(n)} images`),
    y: known.map((score) => score[what]),
    text: known.map(({ [what]: v }) => (what === "accuracy" ? percent(v) : String(Number(v.toPrecision(3))))),
    names: known.map((score) => score.name), empty: !known.length,
    above: known.map((score, i) => edges[i][1] - score.accuracy),
    below: known.map((score, i) => score.accuracy - edges[i][0]),
    range: [Math.max(0, low - 0.1 * (1.02 - low)), 1.01], across: [-0.5, Math.max(1, known.length) - 0.25],
  };
}

/** @type {Record<string, (given: any) => any>} */
export const OPERATIONS = {
  part, column, transposed, decades, centres, confusion, mosaic, outlines,
  captions, placed, samples, flowers,
  pass_errors: passErrors,
  score_points: scorePoints,
  axis_title: axisTitle,
  members: ({ of, name }) => of.map((/** @type {any} */ member) => member[name]),
  pick_each: ({ of, at }) => at.map((/** @type {string} */ name) => of[name]),
  join: ({ of }) => of.join(""),
  ranges: ({ place, box, last }) => ranges(place, box ?? BOX, last),
  learning_series: learningSeries,
  accuracy_range: accuracyRange,
  overlay_series: overlaySeries,
  pick: ({ of, at }) => (Array.isArray(of) ? of[at % of.length] : of?.[at]) ?? null,
  decoded: ({ codes: { data, shape }, peak }) =>
    ({ data: Float32Array.from(data, (v) => ((v - 128) / 127) * peak), shape }),
  finite: ({ of, positive }) => Array.from(of.data, (v) => (Number.isFinite(v) && (v > 0 || !positive) ? v : null)),
  by_threshold: ({ of, threshold, colors }) =>
    Array.from(of.data, (v) => colors[v > threshold ? "for" : v < -threshold ? "against" : "neither"]),
  sum: ({ a, b }) => a + b,
  minus: ({ of }) => -of,
  largest: ({ of }) => Math.max(...of.data),
  size: ({ of, axis }) => of.shape[axis],
  any: ({ of }) => of.some((/** @type {any} */ v) => v !== null),
  line_mode: ({ of }) => (of.length > 2 ? "lines" : "lines+markers"),
  count_from_one: ({ of }) => Array.from(of.data, (_, i) => i + 1),
  within: ({ box, right }) => [(box ?? BOX)[0] - right, (box ?? BOX)[1]],
};
