// The numbers of a network by their ids, and the places of its operations, as the Backpropagation room has them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Trace, digitsOf, parts } from "../../nnviz/web/static/rooms/backpropagation/trace.js";

const PLAIN = {
  layers: [1, 2, 1], functions: ["tanh", "tanh"], parameters: 7, weights: [1, 2, 3, 4, 5, 6, 7],
  inputs: [8], targets: [9],
  given: { "a0.1": 8, "t.1": 9, "b1.1": 1, "w1.1.1": 2, "w2.1.2": 7 },
  operations: [["z1.1", "forward", 1, 1, 17, ["b1.1", "w1.1.1", "a0.1"]], ["a1.1", "forward", 1, 1, 1, ["z1.1"]],
    ["L", "loss", 0, 0, null, ["a1.1"]], ["d1.1", "back", 1, 1, 0.5, ["L"]]],
  losses: [1], diverged: null, updates: 3, printed: null,
};

test("an id is a kind and its places", () => {
  assert.deepEqual(parts("gw2.1.3"), { kind: "gw", at: [2, 1, 3] });
  assert.deepEqual(parts("L"), { kind: "L", at: [] });
  assert.deepEqual([digitsOf("d1.1"), digitsOf("w1.1.1")], [3, 2]);
});

test("what is given is always known, what is computed after its operation", () => {
  const trace = new Trace(/** @type {any} */ (PLAIN));
  assert.ok(trace.known("b1.1", 0));
  assert.deepEqual([trace.known("a1.1", 1), trace.known("a1.1", 2)], [false, true]);
  assert.deepEqual([trace.value("z1.1"), trace.value("L"), trace.value("w2.1.2")], [17, null, 7]);
});

test("phases are walked forth and back", () => {
  const trace = new Trace(/** @type {any} */ (PLAIN));
  assert.deepEqual(trace.phases, [["forward", 2], ["loss", 3], ["back", 4]]);
  assert.deepEqual([0, 1, 2, 3, 4].map((at) => trace.phaseEnd(at, 1)), [2, 2, 3, 4, 4]);
  assert.deepEqual([0, 1, 2, 3, 4].map((at) => trace.phaseEnd(at, -1)), [0, 0, 0, 2, 3]);
});

test("a changed weight finds its place in the setting, and the updates begin anew", () => {
  const trace = new Trace(/** @type {any} */ (PLAIN));
  assert.deepEqual(trace.changed("w2.1.2", 0.5), { weights: [1, 2, 3, 4, 5, 6, 0.5], updates: 0 });
  assert.deepEqual(trace.changed("w1.2.1", 0.5).weights, [1, 2, 3, 0.5, 5, 6, 7]);
  assert.deepEqual(trace.changed("a0.1", -1), { inputs: [-1], weights: PLAIN.weights, updates: 0 });
  assert.deepEqual(trace.changed("z1.1", 1), {});
});
