// The run before beside the one that is drawn: which of its lines are taken, and how far they go.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pale } from "../../nnviz/web/static/figures/reference.js";

const line = (x, y, more = {}) => ({ type: "scatter", mode: "lines", x, y, line: { width: 2 }, ...more });
const REFERENCE = { run: "r", label: "before: learning rate 0.1 → 0.01", values: {}, legend: true };

test("its lines alone, pale, without hover, and named once", () => {
  const band = line([1, 2], [1, 1], { fill: "toself" }), edge = line([1, 2], [1, 1], { line: { width: 0 } });
  const marks = { type: "scatter", mode: "markers", x: [1], y: [1] }, map = { type: "heatmap", z: [[1]] };
  const all = [band, edge, line([1, 2], [3, 4], { name: "training", text: ["a", "b"] }), marks, map,
    line([1, 2], [5, 6], { mode: "lines+markers" }), line([], []), line([1], [1])];
  const found = pale(all, [], REFERENCE);
  assert.deepEqual(found.map(({ y }) => y), [[3, 4], [5, 6]]);
  assert.deepEqual(found.map(({ showlegend }) => showlegend), [true, false]);
  for (const one of found) {
    assert.deepEqual([one.name, one.mode, one.hoverinfo, "text" in one], [REFERENCE.label, "lines", "skip", false]);
    assert.ok(one.opacity < 0.5);
  }
  assert.equal(pale(all, [], { ...REFERENCE, legend: false })[0].showlegend, false);
});

test("a long run does not press a short one together, and a curve without places is whole", () => {
  const long = line([0, 1, 2, 3, 4], [5, 4, 3, 2, 1]);
  assert.deepEqual(pale([long], [line([0, 2], [9, 8])], REFERENCE)[0].x, [0, 1, 2]);
  assert.deepEqual(pale([long], [line([], [])], REFERENCE)[0].x, [0, 1, 2, 3, 4]);
  const { x: _, ...bare } = long;
  assert.deepEqual(pale([bare], [bare], REFERENCE)[0].y, [5, 4, 3, 2, 1]);
});
