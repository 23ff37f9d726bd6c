"""What a recurrent network makes of a picture row by row, against Keras and TensorFlow's gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnviz.analysis.recurrence import is_recurrent, recurrence
from nnviz.data import load
from nnviz.models.predictor import NetworkPredictor
from nnviz.models.weights import initial_weights
from nnviz.spec import RunSpec

RNN: list[dict[str, Any]] = [{"kind": "simple_rnn", "units": 7}]
SQUARED = {"kind": "simple_rnn", "units": 6, "activation": "relu"}
CASES = {
    "rnn": RNN, "lstm": [{"kind": "lstm", "units": 5}],
    "deep": [SQUARED, {"kind": "dropout"}, {"kind": "lstm", "units": 4}, {"units": 6, "activation": "tanh"}],
    "convolved": [{"kind": "conv2d", "filters": 2, "kernel_size": 3}, {"kind": "lstm", "units": 4},
                  {"kind": "simple_rnn", "units": 3}],
}  # fmt: skip


def network(layers: list[dict[str, Any]], **training: Any) -> tuple[RunSpec, list[Any], Any]:
    """A spec, weights with biases that are not zero, and a picture as it is fed."""
    raw = {"data": {"name": "digits"}, "model": {"layers": layers, "bias_initializer": "random_normal"},
           "training": {"loss": "categorical_crossentropy", **training}, "seed": 3}  # fmt: skip
    spec = RunSpec.model_validate(raw)
    return spec, initial_weights(spec), load(spec.data).inputs("test")[4:5]


@pytest.mark.parametrize("kind", ["rnn", "lstm"])
def test_states_and_answers_are_keras(kind: str) -> None:
    import keras

    spec, weights, x = network(CASES[kind])
    units = CASES[kind][0]["units"]
    layer = (keras.layers.SimpleRNN if kind == "rnn" else keras.layers.LSTM)(units, return_sequences=True)
    model = keras.Sequential([keras.Input((8, 8)), layer, keras.layers.Dense(10, "softmax")])
    model.set_weights(weights)
    rows = x.reshape(1, 8, 8)
    found = recurrence(spec, weights, x, 6, 2, 40, 1.5)
    assert (found.view, found.step, found.meta["rows"], found.meta["units"]) == ("recurrence", 40, 8, units)
    np.testing.assert_allclose(found.arrays["states"], np.asarray(layer(rows))[0], atol=1e-5)
    np.testing.assert_allclose(found.arrays["probabilities"][1:], np.asarray(model(rows))[0], atol=1e-5)
    nothing = np.asarray(model.layers[-1](np.zeros((1, units), np.float32)))[0]
    np.testing.assert_allclose(found.arrays["probabilities"][0], nothing, atol=1e-5)
    assert found.meta["predicted"] == int(np.asarray(model(rows))[0, -1].argmax())


@pytest.mark.parametrize("kind", CASES)
def test_the_last_answer_is_the_networks(kind: str) -> None:
    spec, weights, x = network(CASES[kind])
    assert is_recurrent(spec)
    found = recurrence(spec, weights, x, None, 0, 0, 0.0)
    answer = NetworkPredictor(spec, weights).probabilities(x)[0]
    np.testing.assert_allclose(found.arrays["probabilities"][-1], answer, atol=1e-6)
    assert found.meta["of"] == found.meta["predicted"] == int(answer.argmax())
    assert found.meta["first"] is (len(CASES[kind]) == 1)


@pytest.mark.parametrize("kind", ["rnn", "lstm"])
def test_a_units_numbers_add_up_to_its_state(kind: str) -> None:
    spec, weights, x = network(CASES[kind])
    for unit in (0, 3):
        found = recurrence(spec, weights, x, 1, unit, 0, 0.0)
        z = found.arrays["terms"].sum(-1)
        np.testing.assert_allclose(found.arrays["driving"].sum(1), found.arrays["terms"][:, 0, 0], atol=1e-5)
        states = found.arrays["states"][:, unit]
        if kind == "rnn":
            np.testing.assert_allclose(np.tanh(z[:, 0]), states, atol=1e-5)
            continue
        i, f, o = (1 / (1 + np.exp(-z[:, gate])) for gate in (0, 1, 3))
        g, cells = np.tanh(z[:, 2]), found.arrays["cells"][:, unit]
        np.testing.assert_allclose(found.arrays["gates"][:, :, unit], [i, f, g, o], atol=1e-5)
        np.testing.assert_allclose(f * np.concatenate([[0], cells[:-1]]) + i * g, cells, atol=1e-5)
        np.testing.assert_allclose(o * np.tanh(cells), states, atol=1e-5)
    assert recurrence(spec, weights, x, 1, 511, 0, 0.0).meta["unit"] == CASES[kind][0]["units"] - 1


@pytest.mark.parametrize("kind", ["rnn", "lstm"])
@pytest.mark.parametrize("loss", ["categorical_crossentropy", "mean_squared_error"])
def test_gradients_through_time_are_tensorflows(kind: str, loss: str) -> None:
    import keras
    import tensorflow as tf

    spec, weights, x = network(CASES[kind], loss=loss)
    kernel, recurrent, bias, dense, offset = (tf.constant(w) for w in weights)
    rows = x.reshape(8, 8)
    states, cells = [], []
    with tf.GradientTape(persistent=True) as tape:
        h = c = tf.zeros((1, recurrent.shape[0]))
        tape.watch(h)
        tape.watch(c)
        for row in rows:
            z = row[None] @ kernel + h @ recurrent + bias
            if kind == "rnn":
                h = tf.tanh(z)
            else:
                i, f, g, o = tf.split(z, 4, axis=1)
                c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
                h = tf.sigmoid(o) * tf.tanh(c)
            states.append(h)
            cells.append(c)
        logits = h @ dense + offset
        answer = tf.nn.softmax(logits) if spec.output_activation == "softmax" else tf.tanh(logits)
        if spec.output_activation == "sigmoid":
            answer = tf.sigmoid(logits)
        no, yes = spec.targets
        target = np.full((1, 10), no, np.float32)
        target[0, 6] = yes
        total = keras.losses.get(loss)(target, answer)
    found = recurrence(spec, weights, x, 6, 0, 0, 0.0).arrays
    norms = [float(tf.norm(g)) for g in tape.gradient(total, states)]
    np.testing.assert_allclose(found["gradient_states"], norms, rtol=1e-3, atol=1e-7)
    if kind == "lstm":
        norms = [float(tf.norm(g)) for g in tape.gradient(total, cells)]
        np.testing.assert_allclose(found["gradient_cells"], norms, rtol=1e-3, atol=1e-7)
