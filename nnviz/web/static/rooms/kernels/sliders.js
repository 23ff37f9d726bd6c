// The numbers of a kernel SVM on lines, those that have no end in powers of ten, and in fields to be typed into.

import { element } from "../../kit/dom.js";

/**
 * @typedef {{label: string, title: string, low: number, high: number, step: number, tenfold: boolean,
 *   least: number, most: number}} Line low, high: of the line (exponents of ten); least, most: what may be typed
 */
/** @type {Record<string, Line>} */
export const LINES = {
  C: { label: "C", title: "what a sample on the wrong side costs: small is soft, large is hard", low: -2, high: 4,
    step: 0.05, tenfold: true, least: 1e-6, most: 1e6 },
  gamma: { label: "γ", title: "how near is near: small γ is a wide bump, large γ a narrow one", low: -3, high: 2,
    step: 0.05, tenfold: true, least: 1e-6, most: 1e6 },
  degree: { label: "degree d", title: "of the polynomial", low: 1, high: 10, step: 1, tenfold: false, least: 1,
    most: 10 },
  coef0: { label: "η", title: "the constant beside γ x·x′ (scikit-learn’s coef0)", low: -5, high: 5, step: 0.1,
    tenfold: false, least: -1000, most: 1000 },
};
/** Which of them each kernel has. @type {Record<string, string[]>} */
export const USED = {
  linear: ["C"], rbf: ["C", "gamma"], poly: ["C", "gamma", "degree", "coef0"], sigmoid: ["C", "gamma", "coef0"],
};

/** The number at a place of the line, three digits of it. @param {Line} line @param {number} at */
export const valueAt = ({ tenfold }, at) => Number((tenfold ? 10 ** at : at).toPrecision(3));

/** @param {Line} line @param {number} value */
export const placeOf = ({ tenfold }, value) => (tenfold ? Math.log10(value) : value);

/**
 * `changed`: while it moves; `done`: when it is let go.
 * @param {string} name @param {(value: number) => void} changed @param {(value: number) => void} done
 */
export function slider(name, changed, done) {
  const line = LINES[name];
  const range = element("input", {
    type: "range", min: line.low, max: line.high, step: line.step, "aria-label": line.label, "data-name": name,
    oninput: () => changed(valueAt(line, Number(range.value))),
    onchange: () => done(valueAt(line, Number(range.value))),
  });
  const field = element("input", {
    type: "number", min: line.least, max: line.most, step: name === "degree" ? 1 : "any",
    "aria-label": `${line.label}, as a number`,
    onchange: () => {
      const value = Number(field.value), good = field.value !== "" && field.checkValidity();
      field.setAttribute("aria-invalid", String(!good));
      const whole = name === "degree" ? ", whole numbers" : "";
      field.title = good ? "" : `allowed are ${line.least} to ${line.most}${whole}`;
      if (good) done(value);
    },
  });
  return {
    root: element("label", { class: "nnk-slider", title: line.title }, element("span", {}, line.label), range, field),
    show: (/** @type {number} */ value) => {
      const at = String(placeOf(line, value));
      if (document.activeElement !== range && range.value !== at) range.value = at;
      const shown = valueAt(line, Number(range.value)) === value;
      if (document.activeElement === range && !shown) range.value = at;
      if (document.activeElement !== field && field.value !== String(value)) field.value = String(value);
      range.setAttribute("aria-valuetext", String(value));
    },
  };
}
