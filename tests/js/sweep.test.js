// What the Sweep room says of a sweep that has ended.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ended } from "../../nnviz/web/static/rooms/sweep/panel.js";

test("what became of a sweep is told in whole words", () => {
  assert.equal(ended(1, 1, 0), "the run is done");
  assert.equal(ended(10, 10, 0), "all 10 runs are done");
  assert.equal(ended(3, 10, 0), "stopped: 3 of 10 runs");
  assert.equal(ended(9, 10, 1), "9 of 10 runs, 1 deleted");
  assert.equal(ended(3, 10, 2), "stopped: 3 of 10 runs, 2 deleted");
});
