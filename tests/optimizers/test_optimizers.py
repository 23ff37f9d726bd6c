"""What every optimiser of the registry owes: settings that a page can show, and steps equal to Keras's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnviz.optimizers import DECAYS, OPTIMIZERS, Decay, decay_factor
from nnviz.part import Part

MORE: dict[str, list[dict[str, Any]]] = {
    "sgd": [{"momentum": 0.9}, {"momentum": 0.8, "nesterov": True}],
    "rmsprop": [{"centered": True, "momentum": 0.5}],
    "adam": [{"amsgrad": True}, {"beta_1": 0.0}],
}
"""Settings that change the rule."""
CASES = [(name, more) for name in OPTIMIZERS for more in [{}, *MORE.get(name, [])]]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_entry_is_whole(name: str) -> None:
    kind = OPTIMIZERS[name]
    one = kind()
    assert issubclass(kind, Part)
    assert one.name == name
    assert kind.label
    assert all(0 < rate <= 1000 for rate in kind.rates)
    assert {"clipnorm", "clipvalue", "global_clipnorm"} <= kind.settings().keys()
    own = kind.model_fields.keys() - {"name", "learning_rate"}
    assert kind.settings().keys() == own, "a field without a title has no control"
    assert all(field.description for field in kind.settings().values())


@pytest.mark.parametrize(("name", "more"), CASES)
def test_a_step_in_numpy_equals_keras(name: str, more: dict[str, Any]) -> None:
    """On the way down Rosenbrock's valley, in two dimensions and in a shape of three."""
    import keras

    clip = {"clipnorm": 5.0}
    theirs = getattr(keras.optimizers, OPTIMIZERS[name].__name__)(0.01, **more, **clip)
    ours = OPTIMIZERS[name](learning_rate=0.01, **more, **clip)
    w = np.array([-1.2, 1.0], np.float32)
    variable = keras.Variable(w)
    memory = ours.start(w)
    for t in range(1, 31):
        g = rosenbrock(w)
        variable.assign(w)
        theirs.apply([keras.ops.convert_to_tensor(g)], [variable])
        before = w
        w, memory = ours.step(w, g, memory, t)
        assert w.dtype == np.float32
        np.testing.assert_allclose(w - before, variable.value.numpy() - before, rtol=2e-4, atol=1e-6)
    cube = np.zeros((2, 3, 4))
    moved, memory = ours.step(cube, np.ones_like(cube), ours.start(cube), 1)
    assert moved.shape == cube.shape
    assert moved.dtype == np.float64
    assert (moved < 0).all()


def rosenbrock(w: Any) -> Any:
    """The gradient of (1 − x)² + 100·(y − x²)²."""
    x, y = w
    return np.array([2 * (x - 1) - 400 * x * (y - x * x), 200 * (y - x * x)], np.float32)


@pytest.mark.parametrize("name", DECAYS)
def test_a_step_takes_the_decayed_rate(name: str) -> None:
    decay = Decay(name=name, rate=0.3, steps=4)
    one = OPTIMIZERS["sgd"](learning_rate=0.5)
    for t in range(1, 9):
        w, _ = one.step(np.zeros(3), np.ones(3), [], t, decay)
        np.testing.assert_allclose(w, -0.5 * decay_factor(decay, t - 1, np))
