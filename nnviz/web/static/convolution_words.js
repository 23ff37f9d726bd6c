// The convolution room's small parts: formulas with their numbers, what a screen reader hears, thumbnails, a colour scale.

import { element } from "./editor.js";
import { number, signed } from "./convolution_pictures.js";
import { css } from "./theme.js";

/** ⌊(n + 2p − k) / s⌋ + 1 with its numbers; "same" may pad one side more than the other. */
export function formula(layer, setting) {
  const { rows } = layer;
  const line = ({ n, total, k, stride, size }) => `⌊(${n} + ${total} − ${k}) / ${stride}⌋ + 1 = ${size}`;
  const padded = setting.padding === "valid" ? "" : rows.before === rows.after ? `; p = ${rows.before} zeros on each side` : `; ${rows.before} zeros before and ${rows.after} behind`;
  const other = layer.rows.n === layer.columns.n ? "" : ` and ${line(layer.columns)}`;
  return `Outputs a side: ⌊(n + 2p − k) / s⌋ + 1 = ${line(rows)}${other}${padded}`;
}

export function poolFormula(layer, setting) {
  const q = setting.pool_size;
  const line = (n) => `⌊(${n} − ${q}) / ${q}⌋ + 1 = ${Math.floor((n - q) / q) + 1}`;
  return line(layer.height) + (layer.height === layer.width ? "" : `, ${line(layer.width)}`);
}

export function sentence(setting, place, z, a) {
  const relu = setting.activation === "relu" ? ` After ReLU: ${number(a)}.` : "";
  return `Output in row ${place[0] + 1}, column ${place[1] + 1}: the sum with the bias is ${number(z)}.${relu}`;
}

/** The colours of the map from its most negative to its most positive number. */
export function scaleOf(theme, most, positive) {
  const stops = Array.from({ length: 9 }, (_, i) => css(signed(theme, positive ? i / 8 : i / 4 - 1, 1))).join(", ");
  const ends = positive ? [number(0), number(most)] : [number(-most), number(most)];
  return [element("span", {}, ends[0]), element("i", { style: `background:linear-gradient(90deg, ${stops})` }), element("span", {}, ends[1])];
}

/** A digit to choose; its picture comes with the sheet. */
export function thumbnail(digits, index, press) {
  const canvas = element("canvas", { width: 40, height: 40 });
  digits.draw(canvas.getContext("2d"), index, 0, 0, 40);
  const label = `Test image ${index}, a ${digits.labels[index]}`;
  return element("button", { type: "button", "aria-label": label, title: label, onclick: press }, canvas);
}

/** A learned filter to choose, all on one colour scale. */
export function filterButton(filter, size, i, chosen, most, theme, press) {
  const canvas = element("canvas", { width: size, height: size, style: "width:34px;height:34px;image-rendering:pixelated" });
  const context = canvas.getContext("2d");
  filter.weights.forEach((w, at) => {
    context.fillStyle = css(signed(theme, w, most));
    context.fillRect(at % size, Math.floor(at / size), 1, 1);
  });
  const label = `Learned filter ${i + 1}`;
  return element("button", { type: "button", "aria-label": label, "aria-pressed": String(chosen), title: label, onclick: press }, canvas);
}
