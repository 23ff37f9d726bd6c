// A number that is set on a line or typed into a field.

import { element } from "../../kit/dom.js";

/** @typedef {{root: HTMLElement, show: (v: number) => void}} Slider */

/** Of a weight. */
export const MOST = 10;

/**
 * @param {string} name @param {number} most @param {number} step @param {(v: number) => void} changed
 * @param {() => void} done @returns {Slider}
 */
export function slider(name, most, step, changed, done) {
  const range = element("input", {
    type: "range", min: -most, max: most, step, "aria-label": name, oninput: () => changed(Number(range.value)),
    onchange: done,
  });
  const field = element("input", {
    type: "number", min: -MOST, max: MOST, step, "aria-label": `${name}, as a number`,
    onchange: () => {
      const value = Number(field.value), good = field.value !== "" && Math.abs(value) <= MOST;
      field.setAttribute("aria-invalid", String(!good));
      field.title = good ? "" : `allowed are −${MOST} to ${MOST}`;
      if (!good) return;
      changed(value);
      done();
    },
  });
  return {
    root: element("label", { class: "nnn-slider" }, element("span", {}, name), range, field),
    show: (v) => {
      if (document.activeElement !== range || Number(range.value) !== v) range.value = String(v);
      if (document.activeElement !== field) field.value = String(Math.round(v * 1000) / 1000);
    },
  };
}
