// Two classifiers on the same digits: who is right where the other is wrong. Pure.

import { digitAt } from "../../kit/predictions.js";

const OTHER = "These two runs were tested on different data, so they cannot be compared digit by digit.";

/** @typedef {{index: number, truth: number, a: number, b: number}} Answered a digit, and what both say of it */
/** @typedef {Record<"both" | "onlyA" | "onlyB" | "neither", Answered[]>} Sides by who is right */

/**
 * Sort the digits that both frames know by who is right: {both, onlyA, onlyB, neither}, lists of {index, truth, a, b}.
 * labels: the true class of every digit of the split on the screen. A frame does not say which data it is about, but
 * how many it got right: where these labels give another number, they are not its own. Throws then, with words.
 * @param {Frame} frameA @param {Frame} frameB @param {Uint8Array} labels
 */
export function sides(frameA, frameB, labels) {
  if (frameA.meta.split !== frameB.meta.split || frameA.meta.of !== frameB.meta.of) throw new Error(OTHER);
  /** @type {Map<number, number>} */
  const answers = new Map();
  /** @type {Sides} */
  const found = { both: [], onlyA: [], onlyB: [], neither: [] };
  let right = 0;
  frameB.arrays.predicted.data.forEach((b, p) => {
    const index = digitAt(frameB, p);
    answers.set(index, b);
    right += Number(b === labels[index]);
  });
  if (right !== frameB.meta.correct) throw new Error(OTHER);
  frameA.arrays.predicted.data.forEach((a, p) => {
    const index = digitAt(frameA, p), b = answers.get(index), truth = labels[index];
    const who = a === truth ? (b === truth ? "both" : "onlyA") : b === truth ? "onlyB" : "neither";
    if (b !== undefined) found[who].push({ index, truth, a, b });
  });
  return found;
}
