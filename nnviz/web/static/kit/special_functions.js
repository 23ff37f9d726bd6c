// Functions of one number that JavaScript has not, for the formulas of schema.js.

export const sigmoid = (/** @type {number} */ z) => 1 / (1 + Math.exp(-z));

/** log(1 + eᶻ), without overflow. @param {number} z */
export const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** Abramowitz & Stegun 7.1.26, |error| < 1.5e-7: below what is ever shown. @param {number} x */
export function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = (((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592;
  const y = 1 - series * t * Math.exp(-x * x);
  return x < 0 ? -y : y;
}
