// Number fields of a setting.

import { element } from "../../kit/dom.js";

/** What is being typed stays. @param {HTMLInputElement} input @param {number} v */
export function show(input, v) {
  const text = String(v);
  if (input === document.activeElement && input.dataset.shown === text) return;
  if (input.value !== text) input.value = text;
  input.dataset.shown = text;
}

/**
 * @param {string} label @param {number | string} min @param {number | string} max @param {string} step
 * @param {(v: number) => void} act
 */
export function numberField(label, min, max, step, act) {
  const input = element("input", { type: "number", min, max, step, "aria-label": label,
    onchange: () => { if (input.value !== "") act(Number(input.value)); } });
  return input;
}
