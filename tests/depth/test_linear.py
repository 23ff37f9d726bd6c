"""Linear layers: their product against Keras's stack, and the speed of a descent against theory."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.depth.linear import STEPS, Stack, answer, descend, regression, scaled, weights


@pytest.mark.parametrize("layers", [1, 3, 6])
def test_a_stack_without_activations_is_one_layer(layers: int) -> None:
    import keras

    stack = Stack(layers=layers, seed=4)
    found = answer(stack)
    assert found["same"]
    assert found["apart"] < 1e-9
    model = keras.Sequential([keras.Input((2,)), *(keras.layers.Dense(2) for _ in range(layers))])
    model.set_weights([array for pair in weights(stack) for array in pair])
    x = np.random.default_rng(1).normal(size=(20, 2))
    ours = x @ found["product"]["w"] + found["product"]["b"]
    np.testing.assert_allclose(model.predict(x, verbose=0), ours, rtol=1e-4, atol=1e-4)


def test_with_an_activation_it_is_none() -> None:
    found = answer(Stack(layers=3, function="tanh"))
    assert not found["same"]
    assert np.abs(np.diff(found["stacked"], 2)).max() > 1e-4
    assert np.abs(np.diff(found["single"], 2)).max() < 1e-9
    assert "With Tanh between the layers" in found["about"]
    assert answer(Stack(layers=1, function="tanh"))["same"]  # nothing stands behind the last layer


def test_unscaled_inputs_are_learned_as_slowly_as_their_condition_says() -> None:
    x, y = regression(20.0)
    losses, condition = descend(x, y)
    assert condition == pytest.approx(np.linalg.cond(x.T @ x), rel=1e-6)
    assert 200 < condition < 800
    late = losses[-1] / losses[-2]
    assert late == pytest.approx((1 - 1 / condition) ** 2, rel=1e-3)
    even, good = descend(scaled(x), y - y.mean())
    assert good < 1.5
    assert even[STEPS] < 1e-12 * even[0]
