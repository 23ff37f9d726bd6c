// What a "predictions" frame says: which digits are wrong, how sure the model was, and how far the accuracy can be
// trusted. Pure. The frame knows what was predicted; what is true comes with the data, once: `judged` puts the two
// together.

/** @typedef {{index: number, predicted: number, truth: number, sure: number}} Digit as the gallery shows it */
/** @typedef {Frame & {truth: Uint8Array, labels: Uint8Array}} Judged */

/**
 * Number of position `p` of the frame within its split: the frame may be a sample.
 * @param {Frame} frame @param {number} p
 */
export const digitAt = (frame, p) => frame.arrays.index?.data[p] ?? p;

/**
 * The frame with `truth`, the true class of each of its digits; null before the labels (of the whole split) are there.
 * @param {(Frame & {labels?: Uint8Array}) | null} frame @param {Uint8Array | null} labels @returns {Judged | null}
 */
export function judged(frame, labels) {
  if (!frame || !labels) return null;
  if (frame.labels !== labels) {
    const truth = Uint8Array.from(frame.arrays.predicted.data, (_, p) => labels[digitAt(frame, p)]);
    Object.assign(frame, { labels, truth });
  }
  return /** @type {Judged} */ (frame);
}

/** Positions of the digits that the model takes for something else. @param {Judged} frame @returns {number[]} */
export function mistakes(frame) {
  const predicted = frame.arrays.predicted.data, { truth } = frame, found = [];
  for (let p = 0; p < truth.length; p++) if (predicted[p] !== truth[p]) found.push(p);
  return found;
}

/** Uint32Array [classes · classes]: row true, column predicted. @param {Judged} frame @param {number} classes */
export function confusion(frame, classes) {
  const counts = new Uint32Array(classes * classes), predicted = frame.arrays.predicted.data, { truth } = frame;
  for (let p = 0; p < truth.length; p++) counts[truth[p] * classes + predicted[p]] += 1;
  return counts;
}

/**
 * The one digit at a position, as the gallery shows it: what is sure is the probability of the predicted class.
 * @param {Judged} frame @param {number} p @returns {Digit}
 */
export function digitOf(frame, p) {
  const { predicted, sure } = frame.arrays;
  return { index: digitAt(frame, p), predicted: predicted.data[p], truth: frame.truth[p], sure: sure.data[p] / 255 };
}

/** @type {Record<string, (a: Digit, b: Digit) => number>} */
const BY = {
  confidence: (a, b) => b.sure - a.sure || a.index - b.index,
  doubt: (a, b) => a.sure - b.sure || a.index - b.index,
  true: (a, b) => a.truth - b.truth || a.predicted - b.predicted || b.sure - a.sure || a.index - b.index,
  predicted: (a, b) => a.predicted - b.predicted || a.truth - b.truth || b.sure - a.sure || a.index - b.index,
  index: (a, b) => a.index - b.index,
};

/**
 * The wrong digits, those of a true and a predicted class where these are given, in the wanted order.
 * @param {Judged} frame @param {{sort?: string, truth?: number | null, predicted?: number | null}} [wanted]
 */
export function gallery(frame, { sort = "confidence", truth = null, predicted = null } = {}) {
  const rows = mistakes(frame).map((p) => digitOf(frame, p));
  const wanted = (/** @type {Digit} */ r) =>
    (truth === null || r.truth === truth) && (predicted === null || r.predicted === predicted);
  return rows.filter(wanted).sort(BY[sort] ?? BY.confidence);
}

/**
 * Wilson's score interval of a share of n: where the true accuracy lies in 95 of 100 cases (E. B. Wilson, 1927).
 * @param {number | null | undefined} share @param {number} n
 */
export function wilson(share, n, z = 1.959964) {
  if (!n || share === null || share === undefined) return [0, 1];
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return [share > 0 ? middle - half : 0, share < 1 ? middle + half : 1]; // exact, where rounding is not
}

/** Which digits have newly gone wrong, newest first. Feed it every frame in turn. */
export class Newcomers {
  constructor() {
    /** @type {Map<number, number>} digit → number of the frame in which it went wrong */
    this.since = new Map();
    this.count = 0;
    /** @type {Judged | null} */
    this.frame = null;
    /** @type {Digit[]} */
    this.rows = [];
  }

  /**
   * Digits that are wrong now: the newest mistakes first, the surest of the same frame before the others.
   * @param {Judged} frame
   */
  take(frame) {
    if (frame === this.frame) return this.rows;
    if (frame.run !== this.frame?.run || frame.step < this.frame.step) this.since.clear();
    this.frame = frame;
    this.count += 1;
    const rows = mistakes(frame).map((p) => digitOf(frame, p));
    this.since = new Map(rows.map((r) => [r.index, this.since.get(r.index) ?? this.count]));
    const age = (/** @type {Digit} */ r) => this.since.get(r.index) ?? 0;
    this.rows = rows.sort((a, b) => age(b) - age(a) || b.sure - a.sure);
    return this.rows;
  }
}
