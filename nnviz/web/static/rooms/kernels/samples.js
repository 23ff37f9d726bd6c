// What the figures of the kernels' room draw of a frame of view "kernel": pure, no page.

import { number } from "../../kit/numbers.js";

/** @typedef {{x: number[], y: number[]}} Places */
/** @typedef {Places & {text: string[], name: string, color: number, symbol: string, size: number, edge: number,
 *   samples: number[]}} Group */

const KINDS = [
  { name: "sample", symbol: "circle", size: 5.5, edge: 0 },
  { name: "support vector on its margin", symbol: "circle", size: 9.5, edge: 1.8 },
  { name: "support vector with α = C", symbol: "square", size: 9, edge: 1.8 },
];

/** The training samples by class and by what part they have in the sum. @param {Frame} frame @returns {Group[]} */
export function groups({ arrays: { x, y, weight, held }, meta: { classes } }) {
  const n = y.data.length;
  return [0, 1].flatMap((color) => KINDS.map((kind, k) => {
    /** @type {number[]} */
    const samples = [];
    for (let i = 0; i < n; i++) {
      if (y.data[i] === color && (weight.data[i] === 0 ? 0 : 1 + held.data[i]) === k) samples.push(i);
    }
    const part = (/** @type {number} */ i) => (k ? `<br>y·α = ${number(weight.data[i], 3)}` : "<br>no part in the sum");
    return {
      ...kind, color, samples, ...places(x, samples),
      text: samples.map((i) => `class ${classes[color]}, ${kind.name}${part(i)}`),
    };
  }));
}

/** Those that are told wrongly. @param {Frame} frame @returns {Places} */
export function wrong({ arrays: { x, wrong: told } }) {
  return places(x, Array.from(told.data.keys()).filter((i) => told.data[i]));
}

/** @param {Tensor} x [2, n] @param {number[]} samples @returns {Places} */
function places({ data, shape: [, n] }, samples) {
  return { x: samples.map((i) => data[i]), y: samples.map((i) => data[n + i]) };
}

/**
 * The curves of the cut, those of a class as one line with gaps.
 * @param {Frame} frame @returns {{x: (number | null)[], y: (number | null)[], color: number, name: string}[]}
 */
export function curves({ arrays: { cut_x: { data: x }, cut, cut_class: of }, meta: { classes } }) {
  const [n, width] = cut.shape;
  return [0, 1].map((color) => {
    /** @type {(number | null)[]} */
    const xs = [];
    /** @type {(number | null)[]} */
    const ys = [];
    for (let i = 0; i < n; i++) {
      if (of.data[i] !== color) continue;
      xs.push(...x, null);
      ys.push(...cut.data.subarray(i * width, (i + 1) * width), null);
    }
    return { x: xs, y: ys, color, name: `bumps of class ${classes[color]}` };
  });
}

/** The largest size in an array, at least `least`. @param {Numbers} data @param {number} least */
export function largest(data, least) {
  let most = least;
  for (const v of data) most = Math.max(most, Math.abs(v));
  return most;
}
