// Data painted by hand, before the setting hears of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { longer, textOf } from "../../nnviz/web/static/rooms/gan/pen.js";

test("a stroke leaves points that are apart, inside, and not too many", () => {
  /** @type {[number, number][]} */
  const one = [[0, 0]];
  assert.deepEqual(longer(one, [0.05, 0]), one);
  assert.deepEqual(longer(one, [3.2, 0]), one);
  assert.deepEqual(longer(one, [0.5, -1]), [[0, 0], [0.5, -1]]);
  /** @type {[number, number][]} */
  let many = [];
  for (let i = 0; i < 300; i++) many = longer(many, [-3 + (i % 20) * 0.3, -3 + Math.floor(i / 20) * 0.3]);
  assert.equal(many.length, 100);
});

test("points are written as the link has them", () => {
  assert.equal(textOf([[0.123456, -0.001], [2, -1.5]]), "0.12,0,2,-1.5");
});
