// Numbers are written to be read.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  brief, decimals, epochs, number, percent, roughly, scope, short, typed,
} from "../../nnviz/web/static/kit/numbers.js";

const written = (write, values) => values.map((v) => write(v));

test("a number has so many digits after the point, or a power of ten", () => {
  const values = [0, 0.4172, -1.3, -7.6e-4, 123456, 1e-12, 9999.5, -2e30, null, NaN, Infinity, -Infinity];
  assert.deepEqual(written(number, values), [
    "0.00", "0.42", "−1.30", "−7.6·10⁻⁴", "1.2·10⁵", "1.0·10⁻¹²", "9999.50", "−2.0·10³⁰", "–", "–", "∞", "−∞",
  ]);
});

test("what is not all is never rounded to 100 %, and what is not nothing never to 0 %", () => {
  const values = [1, 0, 0.9987, 0.9999, 0.999999, 0.9999999, 1e-9, 0.5, null];
  assert.deepEqual(written(percent, values), [
    "100.0 %", "0.0 %", "99.9 %", "99.99 %", "99.9999 %", "> 99.9999 %", "< 0.0001 %", "50.0 %", "–",
  ]);
});

test("a probability that came as a whole number of 255ths says no more than it knows", () => {
  assert.deepEqual(written(roughly, [1, 0.995, 0.97, 0.004]), ["> 99 %", "> 99 %", "97 %", "< 1 %"]);
});

test("weights, cells and fields", () => {
  assert.deepEqual(written(short, [0.12345, -12.34, 123.4]), ["0.123", "−12.3", "123"]);
  assert.deepEqual(written(typed, [0.123456, -2, -0]), ["0.1235", "−2", "0"]);
  assert.deepEqual(written((v) => brief(v, true), [-0.98, 0.001, 12.34]), ["−.98", "0", "12.3"]);
});

test("places of an axis are told apart", () => {
  assert.deepEqual([[-6, 6], [0, 0.01], [5, 5], [0, 1e9]].map(decimals), [2, 5, 3, 0]);
});

test("epochs, and what an evaluation is of", () => {
  assert.deepEqual(written(epochs, [1200, 3.94]), ["1,200", "3.9"]);
  const said = (n, of, epoch) => scope({ epoch, meta: { n, of, split: "test" } });
  assert.equal(said(2000, 10000, 3.9), "2,000 of 10,000 test digits, epoch 3.9");
  assert.equal(said(450, 450, 2), "all 450 test digits, epoch 2");
});
