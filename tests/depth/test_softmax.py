"""Softmax: its derivatives against TensorFlow's tape and against the chain rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from nnviz.depth.softmax import MOST, Logits, answer


def test_the_derivatives_are_those_of_tensorflows_tape() -> None:
    import tensorflow as tf

    logits = Logits(z=(0.5, -1.0, 3.0, 2.0), target=3)
    found = answer(logits)
    z = tf.Variable(logits.z, dtype=tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.nn.softmax(z)
        loss = tf.nn.softmax_cross_entropy_with_logits(found["t"], z)
    np.testing.assert_allclose(found["y"], y, rtol=1e-12)
    np.testing.assert_allclose(np.transpose(found["jacobian"]), tape.jacobian(y, z), rtol=1e-9)
    np.testing.assert_allclose(found["gradient"], tape.gradient(loss, z), rtol=1e-9)
    assert found["loss"] == pytest.approx(float(loss))


@given(some.lists(some.floats(-MOST, MOST), min_size=2, max_size=6), some.integers(0, 5))
def test_the_chain_rule_comes_to_y_minus_t(z: list[float], target: int) -> None:
    found = answer(Logits(z=tuple(z), target=target))
    np.testing.assert_allclose(found["chain"], found["gradient"], atol=1e-7)
    assert sum(found["y"]) == pytest.approx(1)
    np.testing.assert_allclose(np.sum(found["jacobian"], 1), 0, atol=1e-12)
