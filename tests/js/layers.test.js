// Hands on the playground's list of layers: what is not named stays as it is and where it is.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addLayer, changeExtras, changeLayer, hiddenLayers, inWords, onInputs, removeLayer,
} from "../../nnviz/web/static/rooms/playground/layers.js";

const dense = (units, activation = null) => ({ kind: "dense", units, activation });
const norm = { kind: "batch_normalization" }, flat = { kind: "flatten" };
const drop = (rate) => ({ kind: "dropout", rate });
const LIST = [norm, dense(4), drop(0.2), norm, flat, dense(2, "relu")];

test("hidden layers with what follows them, and what works on the inputs", () => {
  assert.deepEqual(hiddenLayers(LIST).map(({ units, index, after }) => [units, index, after]), [
    [4, 1, [drop(0.2), norm, flat]], [2, 5, []],
  ]);
  assert.deepEqual(onInputs(LIST), [norm]);
  assert.deepEqual(onInputs([norm, drop(0.1)]), [norm, drop(0.1)]);
});

test("another layer is as wide as the last; the first is four wide", () => {
  assert.deepEqual(addLayer(LIST), [...LIST, dense(2)]);
  assert.deepEqual(addLayer([]), [dense(4)]);
});

test("a layer goes with what belongs to it", () => {
  assert.deepEqual(removeLayer([dense(3), dense(4), drop(0.2)]), [dense(3)]);
  assert.deepEqual(removeLayer([norm]), [norm]);
});

test("a layer that an earlier click has removed is not changed", () => {
  assert.deepEqual(changeLayer(LIST, 1, { units: 5 }), [...LIST.slice(0, 5), dense(5, "relu")]);
  assert.deepEqual(changeLayer(LIST, 7, { units: 5 }), LIST);
  assert.deepEqual(changeExtras(LIST, 7, { rate: 0.5, normalization: true }), LIST);
});

test("dropout and normalisation change in their places, and come in Keras's order where there were none", () => {
  const set = (k, rate, normalization, list = LIST) => changeExtras(list, k, { rate, normalization });
  assert.deepEqual(set(0, 0.5, true), [norm, dense(4), drop(0.5), norm, flat, LIST[5]]);
  assert.deepEqual(set(0, 0, false), [norm, dense(4), flat, LIST[5]]);
  assert.deepEqual(set(1, 0.3, true), [...LIST, norm, drop(0.3)]);
  assert.deepEqual(set(0, 0.1, false, [dense(1), drop(0.1), drop(0.2)]), [dense(1), drop(0.1)]);
});

test("in words", () => {
  assert.equal(inWords([norm, drop(0.125), flat]), "norm + drop 12.5 %");
  assert.equal(inWords([flat]), "");
});
