// How numbers, shares and moments are written, for all who write them: so that two places that say the same say it
// alike.

const minus = (/** @type {string} */ text) => text.replace("-", "−");
const superscript = (/** @type {number} */ n) =>
  minus(String(n)).replace(/\d/g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(d)]).replace("−", "⁻");

/**
 * "0.42", "−1.30", with so many digits after the point; "7.6·10⁻⁴" where they would say nothing, "1.2·10⁵" where they
 * would say too much; "–" where nothing is known.
 * @param {number | null | undefined} v
 */
export function number(v, digits = 2) {
  if (v === null || v === undefined || Number.isNaN(v)) return "–";
  if (!Number.isFinite(v)) return v < 0 ? "−∞" : "∞";
  const size = Math.abs(v);
  if (size < 1e4 && (v === 0 || size >= 10 ** -digits)) return minus(v.toFixed(digits));
  const [mantissa, power] = v.toExponential(1).split("e");
  return `${minus(mantissa)}·10${superscript(Number(power))}`;
}

/** About three digits: of a map's pixel, a weight. @param {number} v */
export const short = (v) =>
  minus(Math.abs(v) >= 100 ? v.toFixed(0) : Math.abs(v) >= 10 ? v.toFixed(1) : v.toFixed(3));

/** As it can be typed: at most `places` decimals. @param {number} v */
export const typed = (v, places = 4) => minus(String(Number(v.toFixed(places)) + 0));

/** In a small cell: two decimals, or `places`; fewer from 10 on. `tight`: no leading zero, .98 @param {number} v */
export function brief(v, tight = false, places = 2) {
  const size = Math.abs(v), shown = size < 0.5 * 10 ** -places ? 0 : v;
  const text = minus(shown.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : places));
  return tight ? text.replace(/\.0+$/, "").replace(/^(−?)0\./, "$1.") : text;
}

/**
 * Digits after the point that tell places on an axis apart: 2 on the built-in planes, more where a table's column spans
 * little.
 * @param {number[]} range
 */
export const decimals = ([low, high]) => Math.max(0, Math.min(8, 3 - Math.floor(Math.log10(high - low || 1))));

const MOST_PLACES = 4;

/**
 * "96.4 %". Never rounded to 100 % or 0 % what is not: 9,999 of 10,000 are "99.99 %", and what more places do not tell
 * is "> 99.9999 %".
 * @param {number | null | undefined} v
 */
export function percent(v, places = 1) {
  if (v === null || v === undefined || !Number.isFinite(v)) return "–";
  const lost = (/** @type {number} */ p) => {
    const rounded = Number((100 * v).toFixed(p));
    return (rounded === 100 && v !== 1) || (rounded === 0 && v !== 0);
  };
  let p = places;
  while (p < MOST_PLACES && lost(p)) p++;
  if (lost(p)) return v > 0.5 ? `> ${(100 - 10 ** -p).toFixed(p)} %` : `< ${(10 ** -p).toFixed(p)} %`;
  return `${(100 * v).toFixed(p)} %`;
}

/** A probability that came as a whole number of 255ths: "97 %", "> 99 %", "< 1 %". @param {number} v */
export const roughly = (v) => (v > 0.99 ? "> 99 %" : v < 0.01 ? "< 1 %" : percent(v, 0));

/** How many: "10,000". `places`: at most so many after the point. @param {number} v */
export const count = (v, places = 0) => v.toLocaleString("en", { maximumFractionDigits: places });

const MOMENT = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };

/** "21 Nov, 19:05". @param {number | string} at seconds since 1970, or as JSON writes a date */
export function moment(at) {
  const date = new Date(typeof at === "number" ? at * 1000 : at);
  return date.toLocaleString("en-GB", /** @type {Intl.DateTimeFormatOptions} */ (MOMENT));
}

/** A whole number of epochs as it is, else with one place. @param {number} v */
export const epochs = (v) => (Number.isInteger(v) ? count(v) : v.toFixed(1));

/**
 * What an evaluation is of: "all 10,000 test digits, epoch 3.9", or "2,000 of 10,000 test digits, epoch 3.9".
 * @param {{meta: {n: number, of: number, split: string}, epoch: number}} evaluation
 */
export function scope({ meta: { n, of, split }, epoch }) {
  return `${n < of ? `${count(n)} of` : "all"} ${count(of)} ${split} digits, epoch ${epochs(epoch)}`;
}
