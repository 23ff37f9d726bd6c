// Two classifiers on the same digits: who is right where the other is wrong, and whether the difference may be chance. Pure.

import { digitAt } from "./predictions.js";

const OTHER = "These two runs were tested on different data, so they cannot be compared digit by digit.";

/**
 * Sort the digits that both frames know by who is right: {both, onlyA, onlyB, neither}, lists of {index, truth, a, b}.
 * labels: the true class of every digit of the split on the screen. A frame does not say which data it is about, but how many it got
 * right: where these labels give another number, they are not its own. Throws then, with words.
 */
export function sides(frameA, frameB, labels) {
  if (frameA.meta.split !== frameB.meta.split || frameA.meta.of !== frameB.meta.of) throw new Error(OTHER);
  const answers = new Map(), found = { both: [], onlyA: [], onlyB: [], neither: [] };
  let right = 0;
  frameB.arrays.predicted.data.forEach((b, p) => {
    const index = digitAt(frameB, p);
    answers.set(index, b);
    right += b === labels[index];
  });
  if (right !== frameB.meta.correct) throw new Error(OTHER);
  frameA.arrays.predicted.data.forEach((a, p) => {
    const index = digitAt(frameA, p), b = answers.get(index), truth = labels[index];
    if (b !== undefined) found[a === truth ? (b === truth ? "both" : "onlyA") : b === truth ? "onlyB" : "neither"].push({ index, truth, a, b });
  });
  return found;
}

/**
 * McNemar's exact test, two-sided: if both were equally good, each of the n = b + c digits on which exactly one is right would be
 * A's or B's like the throw of a coin; p is the chance of a split at least this uneven (Q. McNemar, 1947).
 */
export function mcnemar(b, c) {
  const n = b + c, least = Math.min(b, c);
  if (n === 0) return 1;
  let log = -n * Math.LN2, sum = 0; // log of C(n, k) / 2ⁿ, from k = 0 on
  for (let k = 0; k <= least; k++) {
    sum += Math.exp(log);
    log += Math.log((n - k) / (k + 1));
  }
  return Math.min(1, 2 * sum);
}

/** p and what it means, in a sentence. */
export function verdict(b, c, nameA = "A", nameB = "B") {
  if (b + c === 0) return "Both make exactly the same mistakes.";
  const p = mcnemar(b, c), written = p < 0.0001 ? "p < 0.0001" : `p = ${p < 0.01 ? p.toFixed(4) : p.toFixed(2)}`;
  const better = b > c ? nameA : nameB;
  if (p < 0.05) return `${better} is better, and hardly by chance: were both equally good, a split as uneven as ${Math.max(b, c)} to ${Math.min(b, c)} would come up in fewer than 1 of ${p < 0.0001 ? "10,000" : Math.floor(1 / p).toLocaleString("en")} tests (${written}).`;
  return `The difference can well be chance: equally good networks split ${b + c} digits at least as unevenly as ${Math.max(b, c)} to ${Math.min(b, c)} in ${(100 * p).toFixed(0)} of 100 tests (${written}).`;
}
