// The binder: puts arrays of a frame into the marked places of a figure. nnviz/figures/binding.py says what the places
// mean and is the same in Python; a test gives both the same arrays. Pure: no page, no Plotly.

import { OPERATIONS } from "./operations.js";

/**
 * @typedef {{data: ArrayLike<number> & {subarray(from: number, to: number): any}, shape: number[]}} Tensor of a frame
 * @typedef {Record<string, any>} Values what is known by name: columns, tensors, words
 * @typedef {{let?: Record<string, any>, data: any[], layout: Record<string, any>}} Figure Plotly's JSON with places
 */

const LEFT_OUT = Symbol("left out");

/** @param {any} value @returns {value is Tensor} */
const isTensor = (value) => ArrayBuffer.isView(value?.data) && Array.isArray(value.shape);

/**
 * The figure with `values` in its places: {data, layout} for Plotly, and all that is known by name, `let` included.
 * @param {Figure} figure @param {Values} values
 */
export function bind(figure, values) {
  const known = { ...values };
  for (const [name, node] of Object.entries(figure.let ?? {})) known[name] = resolve(node, known);
  return { data: drawn(resolve(figure.data, known)), layout: drawn(resolve(figure.layout, known)), known };
}

/** @param {any} node @param {Values} values @returns {any} */
function resolve(node, values) {
  if (Array.isArray(node)) return node.flatMap((part) => elements(part, values)).filter((bound) => bound !== LEFT_OUT);
  if (node === null || typeof node !== "object") return node;
  if ("if" in node && !truth(resolve(node.if, values))) return LEFT_OUT;
  if ("bind" in node) return find(node.bind, values);
  /** @type {Record<string, any>} */
  const made = {};
  for (const [name, part] of Object.entries(node)) {
    if (name === "if" || name === "do" || name === "with") continue;
    const bound = resolve(part, values);
    if (bound !== LEFT_OUT) made[name] = bound;
  }
  if ("do" in node) return OPERATIONS[node.do](made);
  return "with" in node ? Object.assign(made, resolve(node.with, values)) : made;
}

/** @param {any} part @param {Values} values @returns {any[]} */
function elements(part, values) {
  if (part === null || typeof part !== "object" || !("each" in part)) return [resolve(part, values)];
  const found = resolve(part.each, values) ?? [];
  return Array.from(found, (item, index) => resolve(part.item, { ...values, item, index }));
}

/** @param {string} name @param {any} values @returns {any} */
function find(name, values) {
  for (const step of name.split(".")) values = values?.[step];
  return values ?? null;
}

/** Something empty is nothing. @param {any} value */
function truth(value) {
  if (value === null || typeof value !== "object") return Boolean(value);
  return isTensor(value) ? value.data.length > 0 : (Array.isArray(value) ? value : Object.keys(value)).length > 0;
}

/** Tensors as Plotly wants them: rows that are views, no copies. @param {any} value @returns {any} */
function drawn(value) {
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  if (isTensor(value)) return rows(value);
  if (Array.isArray(value)) return typeof value[0] === "object" ? value.map(drawn) : value;
  for (const name of Object.keys(value)) value[name] = drawn(value[name]);
  return value;
}

/** @param {Tensor} tensor */
function rows({ data, shape }) {
  if (shape.length < 2) return data;
  const [n, width] = shape;
  return Array.from({ length: n }, (_, i) => data.subarray(i * width, (i + 1) * width));
}
