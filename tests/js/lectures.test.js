// The Lectures room's words and numbers: guesses beside what came out, small pictures, what is opened, how long.

import assert from "node:assert/strict";
import { test } from "node:test";

import { POINTS, apart, compared, fits, level, moved, told } from "../../nnviz/web/static/rooms/lectures/guess.js";
import { mark, opened } from "../../nnviz/web/static/rooms/lectures/kept.js";
import { duration } from "../../nnviz/web/static/rooms/lectures/list.js";
import { lasts, left, sized } from "../../nnviz/web/static/rooms/lectures/panel.js";
import { bars, paths } from "../../nnviz/web/static/rooms/lectures/small.js";

const NUMBER = { kind: "number", question: "How many?", low: 0, high: 500, step: 10, unit: "" };
const CHOICE = { kind: "choice", question: "Which?", options: ["sigmoid", "ReLU"] };
const CURVE = { kind: "curve", question: "How?", epochs: 20, low: 0, high: 1, label: "training loss", share: false };

test("a guess is told beside what came out", () => {
  assert.equal(compared(NUMBER, 300, 126), "You said 300, it was 126.");
  assert.equal(compared(NUMBER, 120, 126), "You said 120, it was 126: well guessed.");
  assert.equal(compared(NUMBER, undefined, 126), "It was 126.");
  assert.equal(compared({ ...NUMBER, unit: "%", high: 1, step: 0.01 }, 0.9, 0.9874), "You said 90.0 %, it was 98.7 %.");
  assert.equal(compared(CHOICE, 0, 1), "You said “sigmoid”, it was “ReLU”.");
  assert.equal(compared(CHOICE, 1, 1), "You said “ReLU”, and so it was.");
  assert.equal(compared(NUMBER, 3, null), "Nothing came out to hold it against.");
  assert.equal(told(NUMBER, 12345), "12,345");
});

test("a guess that is none of this question’s is not taken", () => {
  assert.ok(fits(NUMBER, 0) && fits(NUMBER, 500) && !fits(NUMBER, 501) && !fits(NUMBER, undefined));
  assert.ok(fits(CHOICE, 1) && !fits(CHOICE, 2) && !fits(CHOICE, 0.5));
  assert.ok(fits(CURVE, level(CURVE)) && !fits(CURVE, { x: [0], y: [1] }) && !fits(CURVE, null) && !fits(CURVE, 3));
});

test("a drawn curve moves where the hand was, without gaps", () => {
  const first = moved(CURVE, level(CURVE), 0, 1, null), second = moved(CURVE, first.line, 10, 0, first);
  assert.equal(second.at, (POINTS - 1) / 2);
  assert.deepEqual(second.line.y.slice(0, 11), Array.from({ length: 11 }, (_, i) => 1 - i / 10));
  assert.equal(second.line.y[11], 0.5);
  assert.equal(moved(CURVE, level(CURVE), -5, 9, null).line.y[0], 1);
  assert.equal(apart(level(CURVE), { x: [0, 20], y: [0.5, 0.5] }), 0);
  assert.ok(Math.abs(apart(level(CURVE), { x: [0, 10], y: [0, 1] }) - 3 / 11) < 0.01);
  assert.match(compared(CURVE, level(CURVE), [[0, 20], [0.25, 0.25]]), /0\.250 beside/);
});

test("small pictures stay in their frame", () => {
  const [one] = paths([{ case: 0, x: [0, 1, 2], y: [5, 5, 5] }]);
  assert.match(one, /^M3\.0 41\.0L42\.0 41\.0L81\.0 41\.0$/);
  const found = bars([{ bars: [2, 1] }, { bars: [null, 1] }, { bars: [0, 0] }]);
  assert.equal(found.length, 4);
  assert.ok(found.every(({ x, width, height }) => x >= 0 && x + width <= 84 && height >= 1 && height <= 38));
});

test("what is opened, marked and waited for", () => {
  const recipes = [{ id: "A1" }, { id: "A2" }, { id: "B16" }];
  assert.equal(opened(recipes, {}).id, "B16");
  assert.equal(opened(recipes, { A1: { verdict: "better" } }).id, "A2");
  assert.equal(opened(recipes.slice(0, 1), { A1: { verdict: "better" } }).id, "A1");
  assert.deepEqual(["reproduced", "better", "not reproduced", undefined].map(mark), ["✓", "★", "✗", "–"]);
  assert.equal(sized({ smaller: true, seconds: 60 }, "auto"), "quick");
  assert.equal(sized({ smaller: true, seconds: 6 }, "auto"), "full");
  assert.equal(sized({ smaller: false, seconds: 600 }, "quick"), "full");
  assert.equal(lasts({ runs: 6, single: 2, seconds: 360 }, "full", true), "about 2 min");
  assert.equal(duration(0.2), "at once");
  assert.equal(left([{ t: 0, share: 0.1 }]), null);
  assert.ok(Math.abs((left([{ t: 0, share: 0 }, { t: 10, share: 0.5 }]) ?? 0) - 10) < 1e-9);
});
