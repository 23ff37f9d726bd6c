// Who is where at a step of a race, as the Descent room tells it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { atStart, racerAt } from "../../nnviz/web/static/rooms/descent/race.js";

const DOMAIN = { x: [-1, 1], y: [-2, 2] };
const NAN = Number.NaN;
/** Two racers, four places: the second one ends after two steps. */
const RACE = {
  meta: {
    steps: 3,
    racers: [
      { label: "SGD 0.1", steps: 3, reason: "steps", words: "still on its way after all 3 steps" },
      { label: "SGD 9", steps: 2, reason: "diverged", words: "diverged: beyond all bounds at step 2" },
    ],
  },
  arrays: Object.fromEntries(Object.entries({
    x: [0, 0.5, 1.5, 0.25, 0, 3, 900, NAN], y: [0, 1, 0, 0, 0, -5, 4000, NAN], height: [8, 4, 2, 1, 8, 50, 1e6, NAN],
    drawn: [1, 0.5, 0.25, 0.1, 1, 1.3, 1.3, NAN], above: [7, 3, 1, 0.5, 7, 49, 1e6, NAN],
    distance: [2, 1, 0.5, 0.1, 2, 9, 5000, NAN],
  }).map(([name, data]) => [name, { data: Float32Array.from(data), shape: [2, 4] }])),
};

test("a path ends where the racer is", () => {
  const racer = racerAt(RACE, 0, 1, DOMAIN);
  assert.deepEqual([...racer.x], [0, 0.5]);
  assert.deepEqual(racer.place, [0.5, 1]);
  assert.deepEqual([racer.above, racer.distance, racer.height], [3, 1, 4]);
  assert.deepEqual([racer.state, racer.said, racer.symbol], ["going", "on its way", "circle"]);
  assert.equal(racerAt(RACE, 0, 3, DOMAIN).said, "still on its way after all 3 steps");
});

test("who has left the map is pointed to at its edge, and may come back", () => {
  const gone = racerAt(RACE, 0, 2, DOMAIN);
  assert.deepEqual([gone.state, gone.symbol, gone.head.x, gone.head.y], ["outside", "triangle-right", 1, 0]);
  assert.equal(racerAt(RACE, 0, 3, DOMAIN).symbol, "circle");
  assert.equal(racerAt(RACE, 1, 1, DOMAIN).symbol, "triangle-down");
});

test("who has ended stays where it ended", () => {
  const ended = racerAt(RACE, 1, 3, DOMAIN);
  assert.deepEqual([ended.state, ended.symbol], ["diverged", "x"]);
  assert.deepEqual(ended.place, [900, 4000]);
  assert.equal(ended.x.length, 3);
  assert.equal(ended.said, "diverged: beyond all bounds at step 2");
});

test("before a race all are at the start", () => {
  const [racer] = atStart(["Adam 0.1"], { x: 1, y: 2, height: 5, drawn: 0.4 });
  assert.deepEqual([racer.state, racer.place, racer.height, racer.x.length], ["start", [1, 2], 5, 0]);
});
