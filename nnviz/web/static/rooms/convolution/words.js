// The convolution room's small parts: formulas with their numbers, what a screen reader hears, thumbnails, a colour
// scale.

import { signed } from "./pictures.js";
import { element, sign } from "../../kit/dom.js";
import { context2d } from "../../kit/pictures.js";
import { brief } from "../../kit/numbers.js";
import { css } from "../../kit/theme.js";

/** @typedef {import("./math.js").FeatureMap} FeatureMap */
/** @typedef {import("./math.js").Setting} Setting */

/**
 * ⌊(n + 2p − k) / s⌋ + 1 with its numbers; "same" may pad one side more than the other.
 * @param {FeatureMap} layer @param {Setting} setting
 */
export function formula(layer, setting) {
  const { rows } = layer;
  /** @param {import("./math.js").Side} side */
  const line = ({ n, total, k, stride, size }) => `⌊(${n} + ${total} − ${k}) / ${stride}⌋ + 1 = ${size}`;
  const padded = setting.padding === "valid" ? "" : rows.before === rows.after
    ? `; p = ${rows.before} zeros on each side` : `; ${rows.before} zeros before and ${rows.after} behind`;
  const other = layer.rows.n === layer.columns.n ? "" : ` and ${line(layer.columns)}`;
  return `Outputs a side: ⌊(n + 2p − k) / s⌋ + 1 = ${line(rows)}${other}${padded}`;
}

/** @param {FeatureMap} layer @param {number} q the window's size */
export function poolFormula(layer, q) {
  const line = (/** @type {number} */ n) => `⌊(${n} − ${q}) / ${q}⌋ + 1 = ${Math.floor((n - q) / q) + 1}`;
  return line(layer.height) + (layer.height === layer.width ? "" : `, ${line(layer.width)}`);
}

/** @param {Setting} setting @param {number[]} place @param {number} z @param {number} a */
export function sentence(setting, place, z, a) {
  const relu = setting.activation === "relu" ? ` After ReLU: ${brief(a)}.` : "";
  return `Output in row ${place[0] + 1}, column ${place[1] + 1}: the sum with the bias is ${brief(z)}.${relu}`;
}

/**
 * The colours of the map from its most negative to its most positive number.
 * @param {Theme} theme @param {number} most @param {boolean} positive
 */
export function scaleOf(theme, most, positive) {
  const stops = Array.from({ length: 9 }, (_, i) => css(signed(theme, positive ? i / 8 : i / 4 - 1, 1))).join(", ");
  const ends = positive ? [brief(0), brief(most)] : [brief(-most), brief(most)];
  return [
    element("span", {}, ends[0]), element("i", { style: `background:linear-gradient(90deg, ${stops})` }),
    element("span", {}, ends[1]),
  ];
}

/**
 * A digit to choose; its picture comes with the sheet.
 * @param {import("../../kit/digit_data.js").DigitData} digits @param {number} index @param {() => void} press
 */
export function thumbnail(digits, index, press) {
  const canvas = element("canvas", { width: 40, height: 40, "aria-hidden": "true" });
  digits.draw(context2d(canvas), index, 0, 0, 40);
  const button = sign("", `Test image ${index}, a ${digits.labels?.[index]}`, press);
  button.append(canvas);
  return button;
}

/**
 * A learned filter to choose, all on one colour scale.
 * @param {{weights: number[]}} filter
 * @param {{size: number, i: number, chosen: boolean, most: number, theme: Theme}} how @param {() => void} press
 */
export function filterButton(filter, { size, i, chosen, most, theme }, press) {
  const canvas = element("canvas", {
    width: size, height: size, style: "width:34px;height:34px;image-rendering:pixelated", "aria-hidden": "true",
  });
  const context = context2d(canvas);
  filter.weights.forEach((w, at) => {
    context.fillStyle = css(signed(theme, w, most));
    context.fillRect(at % size, Math.floor(at / size), 1, 1);
  });
  const button = sign("", `Learned filter ${i + 1}`, press, { "aria-pressed": String(chosen) });
  button.append(canvas);
  return button;
}
