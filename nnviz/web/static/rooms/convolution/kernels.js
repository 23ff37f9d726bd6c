// Kernels worth sliding over a digit, each for every odd size, in numbers that can be read aloud.

/** @typedef {(row: number, column: number) => number} Weight at a place, counted from the middle */
/** @typedef {{title: string, says: string, make: (k: number) => number[]}} Preset */

const reach = (/** @type {number} */ k) => (k - 1) / 2;
/** Rows of f(row, column), counted from the middle; + 0 turns −0 into 0. @param {number} k @param {Weight} f */
const grid = (k, f) => Array.from({ length: k * k }, (_, i) => f(Math.floor(i / k) - reach(k), (i % k) - reach(k)) + 0);
/** @type {Weight} */
const middle = (r, c) => Number(r === 0 && c === 0);
/**
 * A row of Pascal's triangle, 1 2 1 or 1 4 6 4 1: a Gaussian in whole numbers.
 * @param {number} k @returns {number[]}
 */
const binomial = (k) => (k < 2 ? [1] : [...binomial(k - 1), 0].map((v, i, row) => v + (row[i - 1] ?? 0)));

/**
 * A difference along the columns, smoothed along the rows; scaled to the ±2 of the 3×3.
 * @param {number} k @returns {Weight}
 */
function sobel(k) {
  const smooth = binomial(k), inner = [...binomial(k - 2), 0, 0];
  const slope = inner.map((v, i) => (inner[i - 2] ?? 0) - v);
  const largest = Math.max(...smooth) * Math.max(...slope);
  return (r, c) => (2 * smooth[r + reach(k)] * slope[c + reach(k)]) / largest;
}

/**
 * The middle against a diamond of neighbours, nearer ones counting more; sums to nothing. 4 and 16 in the middle.
 * @param {number} k
 */
function laplacian(k) {
  /** @type {Weight} */
  const ring = (r, c) => (middle(r, c) ? 0 : Math.max(0, reach(k) + 1 - Math.abs(r) - Math.abs(c)));
  const sum = grid(k, ring).reduce((a, b) => a + b);
  /** @type {Weight} */
  const f = (r, c) => (middle(r, c) ? sum : -ring(r, c));
  return { sum, f };
}

/** Title, what it finds in words, and its weights for an odd size of 3 or more. @type {Record<string, Preset>} */
export const PRESETS = {
  identity: {
    title: "identity", says: "Copies the picture: only the middle weight is 1.", make: (k) => grid(k, middle),
  },
  vertical: {
    title: "vertical edges", says: "Right minus left: positive where ink begins, negative where it ends.",
    make: (k) => grid(k, (_, c) => Math.sign(c)),
  },
  horizontal: {
    title: "horizontal edges", says: "Below minus above: positive where ink begins, negative where it ends.",
    make: (k) => grid(k, (r) => Math.sign(r)),
  },
  sobel_x: {
    title: "Sobel, vertical edges", says: "Right minus left, the middle row counting most.",
    make: (k) => grid(k, sobel(k)),
  },
  sobel_y: {
    title: "Sobel, horizontal edges", says: "Below minus above, the middle column counting most.",
    make: (k) => grid(k, (r, c) => sobel(k)(c, r)),
  },
  laplacian: {
    title: "Laplacian",
    says: "The middle against its neighbours: nothing on plain ground, both sides of every outline.",
    make: (k) => grid(k, laplacian(k).f),
  },
  sharpen: {
    title: "sharpen", says: "The picture and its outlines together.",
    make: (k) => grid(k, (r, c) => middle(r, c) + (4 * laplacian(k).f(r, c)) / laplacian(k).sum),
  },
  box: { title: "blur, box", says: "The mean of the window.", make: (k) => grid(k, () => 1 / (k * k)) },
  gaussian: {
    title: "blur, Gaussian", says: "A mean that counts the middle most.",
    make: (k) => grid(k, (r, c) => (binomial(k)[r + reach(k)] * binomial(k)[c + reach(k)]) / 4 ** (k - 1)),
  },
  emboss: {
    title: "emboss", says: "Light from the upper left: a relief.",
    make: (k) => grid(k, (r, c) => middle(r, c) || (r + c) / reach(k)),
  },
  corner: {
    title: "corner", says: "Positive where ink has its upper left corner: nothing above it, nothing to its left.",
    make: (k) => {
      const inside = (reach(k) + 1) ** 2;
      return grid(k, (r, c) => (r < 0 || c < 0 ? -inside / (k * k - inside) : 1));
    },
  },
};
