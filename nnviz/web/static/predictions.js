// What a "predictions" frame says: which digits are wrong, how sure the model was, and how far the accuracy can be trusted. Pure.
// The frame knows what was predicted; what is true comes with the data, once: `judged` puts the two together.

/** Number of position `p` of the frame within its split: the frame may be a sample. */
export const digitAt = (frame, p) => frame.arrays.index?.data[p] ?? p;

/** The frame with `truth`, the true class of each of its digits; null before the labels (of the whole split) are there. */
export function judged(frame, labels) {
  if (!frame || !labels) return null;
  if (frame.labels !== labels) Object.assign(frame, { labels, truth: Uint8Array.from(frame.arrays.predicted.data, (_, p) => labels[digitAt(frame, p)]) });
  return frame;
}

/** Positions of the digits that the model takes for something else. */
export function mistakes(frame) {
  const predicted = frame.arrays.predicted.data, { truth } = frame, found = [];
  for (let p = 0; p < truth.length; p++) if (predicted[p] !== truth[p]) found.push(p);
  return found;
}

/** Uint32Array [classes · classes]: row true, column predicted. */
export function confusion(frame, classes) {
  const counts = new Uint32Array(classes * classes), predicted = frame.arrays.predicted.data, { truth } = frame;
  for (let p = 0; p < truth.length; p++) counts[truth[p] * classes + predicted[p]] += 1;
  return counts;
}

/** The one digit at a position, as the gallery shows it: what is sure is the probability of the predicted class. */
export function digitOf(frame, p) {
  const { predicted, sure } = frame.arrays;
  return { index: digitAt(frame, p), predicted: predicted.data[p], truth: frame.truth[p], sure: sure.data[p] / 255 };
}

const BY = {
  confidence: (a, b) => b.sure - a.sure || a.index - b.index,
  doubt: (a, b) => a.sure - b.sure || a.index - b.index,
  true: (a, b) => a.truth - b.truth || a.predicted - b.predicted || b.sure - a.sure || a.index - b.index,
  predicted: (a, b) => a.predicted - b.predicted || a.truth - b.truth || b.sure - a.sure || a.index - b.index,
  index: (a, b) => a.index - b.index,
};

/** The wrong digits, those of a true and a predicted class where these are given, in the wanted order. */
export function gallery(frame, { sort = "confidence", truth = null, predicted = null } = {}) {
  const rows = mistakes(frame).map((p) => digitOf(frame, p));
  return rows.filter((r) => (truth === null || r.truth === truth) && (predicted === null || r.predicted === predicted)).sort(BY[sort] ?? BY.confidence);
}

/** Wilson's score interval of a share of n: where the true accuracy lies in 95 of 100 cases (E. B. Wilson, 1927). */
export function wilson(share, n, z = 1.959964) {
  if (!n || share === null || share === undefined) return [0, 1];
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** "96.4 %"; near the ends as many places as tell it from 0 and 100 %. */
export function percent(v, places = 1) {
  return v === null || v === undefined || !Number.isFinite(v) ? "–" : `${(100 * v).toFixed(places)} %`;
}

/** Which digits have newly gone wrong, newest first. Feed it every frame in turn. */
export class Newcomers {
  constructor() {
    this.since = new Map(); // digit → number of the frame in which it went wrong
    this.count = 0;
  }

  /** Digits that are wrong now, as of `digitOf`: the newest mistakes first, the surest of the same frame before the others. */
  take(frame) {
    if (frame === this.frame) return this.rows;
    if (frame.run !== this.frame?.run || frame.step < this.frame.step) this.since.clear();
    this.frame = frame;
    this.count += 1;
    const rows = mistakes(frame).map((p) => digitOf(frame, p)), since = new Map();
    for (const r of rows) since.set(r.index, this.since.get(r.index) ?? this.count);
    this.since = since;
    this.rows = rows.sort((a, b) => since.get(b.index) - since.get(a.index) || b.sure - a.sure);
    return this.rows;
  }
}
