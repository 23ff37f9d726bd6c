// Places on the axis of several runs: which step lies there, and what was known by then.

import assert from "node:assert/strict";
import { test } from "node:test";

import { stepAt, valueAt } from "../../nnviz/web/static/rooms/runs/places.js";

const HISTORY = {
  step: [0, 100, 200], epoch: [0, 1, 2], seconds: [0, 0.5, 2], loss: [1, 0.5, 0.25], val_loss: [1.1, null, 0.3],
};

test("a place between two rows is the step between them, on every axis", () => {
  assert.equal(stepAt(HISTORY, "epoch", 1.5, null), 150);
  assert.equal(stepAt(HISTORY, "step", 37, null), 37);
  assert.equal(stepAt(HISTORY, "seconds", 0.25, null), 50);
  assert.equal(stepAt(HISTORY, "seconds", 1.25, null), 150);
  assert.equal(stepAt(HISTORY, "work", 3000, 2000), 150);
});

test("beyond the end of a shorter run is its last step, before its first row its start", () => {
  assert.equal(stepAt(HISTORY, "epoch", 9, null), 200);
  assert.equal(stepAt({ ...HISTORY, epoch: [1, 2, 3] }, "epoch", 0, null), 0);
  assert.equal(stepAt({ step: [], epoch: [] }, "epoch", 1, null), 0);
});

test("a value is the last that was measured by then", () => {
  assert.equal(valueAt(HISTORY, "epoch", 1.9, null, "loss"), 0.5);
  assert.equal(valueAt(HISTORY, "epoch", 1.9, null, "val_loss"), 1.1);
  assert.equal(valueAt(HISTORY, "epoch", 2, null, "val_loss"), 0.3);
  assert.equal(valueAt(HISTORY, "epoch", -1, null, "loss"), null);
  assert.equal(valueAt(HISTORY, "epoch", 1, null, "val_accuracy"), null);
  assert.equal(valueAt(HISTORY, "work", Infinity, 2000), 4000);
});
