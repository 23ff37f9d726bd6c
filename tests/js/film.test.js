// The film's controls, as far as they need no page: which picture is next, where a key goes, what is remembered.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { habits, nextPlace, placeOf } from "../../nnviz/web/static/kit/film.js";
import { PLAYBACK_SPEEDS, USUAL_SPEED } from "../../nnviz/web/static/schema.js";
import { browser } from "./fakes.js";

beforeEach(() => browser());

test("the film goes on picture by picture, a slow page leaves some out, never the last", () => {
  assert.deepEqual(nextPlace(3, 1, 10, false), [4, true]);
  assert.deepEqual(nextPlace(3, 4, 10, false), [7, true]);
  assert.deepEqual(nextPlace(8, 4, 10, false), [9, true]);
});

test("at its end it stands at now, or begins again", () => {
  assert.deepEqual(nextPlace(9, 1, 10, false), [10, false]);
  assert.deepEqual(nextPlace(9, 1, 10, true), [0, true]);
});

test("arrows, Home and End go to a place that there is", () => {
  const places = ["ArrowLeft", "ArrowRight", "Home", "End", "a"].map((key) => placeOf(key, 0, 10));
  assert.deepEqual(places, [0, 1, 0, 10, null]);
  assert.equal(placeOf("ArrowRight", 10, 10), 10);
});

test("speed and loop are this browser's, and what it cannot use is the usual", () => {
  assert.deepEqual(habits(), { speed: USUAL_SPEED, loop: false });
  localStorage.setItem("nnviz-film", JSON.stringify({ speed: "4", loop: true }));
  assert.deepEqual(habits(), { speed: "4", loop: true });
  for (const kept of ["{", "null", "7", JSON.stringify({ speed: "toString", loop: 1 })]) {
    localStorage.setItem("nnviz-film", kept);
    assert.deepEqual(habits(), { speed: USUAL_SPEED, loop: false }, kept);
  }
  assert.deepEqual(Object.keys(PLAYBACK_SPEEDS).map(Number).sort((a, b) => a - b), [0.25, 0.5, 1, 2, 4]);
});
