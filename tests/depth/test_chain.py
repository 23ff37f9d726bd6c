"""The chain of four neurons: its gradients against TensorFlow's tape, and the lecture's bound."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from nnviz.depth.chain import MOST, NEURONS, Chain, answer, centred
from nnviz.depth.verdict import state

WEIGHT = some.floats(-1, 1)


def four(numbers: some.SearchStrategy[float]) -> some.SearchStrategy[list[float]]:
    return some.lists(numbers, min_size=NEURONS, max_size=NEURONS)


@pytest.mark.parametrize("function", ["sigmoid", "tanh", "relu", "softplus"])
def test_the_gradients_are_those_of_tensorflows_tape(function: str) -> None:
    import tensorflow as tf

    rng = np.random.default_rng(3)
    for _ in range(5):
        w, b = rng.normal(0, 1, NEURONS), rng.normal(0, 1, NEURONS)
        found = answer(Chain(w=tuple(w), b=tuple(b), x=0.7, t=0.3, function=function))
        weights, biases = tf.Variable(w), tf.Variable(b)
        with tf.GradientTape() as tape:
            a = tf.constant(0.7, tf.float64)
            for i in range(NEURONS):
                a = tf.keras.activations.get(function)(weights[i] * a + biases[i])
            loss = 0.5 * (a - 0.3) ** 2
        dw, db = tape.gradient(loss, [weights, biases])
        np.testing.assert_allclose(found["loss"], loss, rtol=1e-6)
        np.testing.assert_allclose(found["gradients"], tf.convert_to_tensor(db), rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(found["weights"], tf.convert_to_tensor(dw), rtol=1e-6, atol=1e-12)
        for row, gradient in zip(found["rows"], found["gradients"], strict=True):
            assert len(row) == len(found["names"]) == 2 * NEURONS
            assert math.prod(v for v in row if v is not None) == pytest.approx(gradient, rel=1e-9)


@given(four(WEIGHT), four(some.floats(-MOST, MOST)), WEIGHT)
def test_the_lectures_bound_holds_where_no_weight_is_beyond_one(w: list[float], b: list[float], x: float) -> None:
    found = answer(Chain(w=tuple(w), b=tuple(b), x=x, t=0))
    assert abs(found["gradients"][0]) <= 0.015625 * abs(found["gradients"][-1])
    assert all(abs(g) <= most * (1 + 1e-9) for g, most in zip(found["gradients"], found["most"], strict=True))
    assert found["bound"] <= 1 / 64


def test_the_bound_is_reached_where_every_sigmoid_is_steepest() -> None:
    found = answer(centred(1.0))
    assert found["slopes"] == [0.25] * NEURONS
    assert found["ratio"] == pytest.approx(0.25**3)
    assert "below (1/4)³ = 0.0156" in found["words"]


def test_large_weights_explode_and_say_so() -> None:
    found = answer(centred(10.0))
    assert found["ratio"] == pytest.approx(2.5**3)
    assert (found["state"], found["words"][:41]) == ("exploding", "Exploding: ∂L/∂b₁ is 15.6 of ∂L/∂b₄, more")


def test_a_dead_relu_has_no_gradient() -> None:
    found = answer(Chain(b=(0, 0, 0, -9), function="relu"))
    assert found["ratio"] is None
    assert (found["state"], found["words"][:18]) == ("none", "No gradient at all")


def test_the_states_and_their_limits() -> None:
    assert state(1 / 64, 1) == "healthy"
    assert state(0.0156, 1) == "vanishing"
    assert state(-10, 1) == "healthy"
    assert state(10.1, -1) == "exploding"
    assert state(math.inf, 1) == state(1, math.nan) == "diverged"
