"""Races: Keras's own optimisers take the same steps; who ends, and why."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from nnviz.optimizers import OPTIMIZERS, Decay
from nnviz.surfaces import SURFACES
from nnviz.surfaces.lineups import four_methods
from nnviz.surfaces.race import SHORT_STEPS, Path, race
from nnviz.surfaces.spec import DescentSpec
from tests.loops.test_compiled import keras_schedule

ALL: list[tuple[str, dict[str, Any]]] = [(name, {}) for name in OPTIMIZERS]
ALL += [("sgd", {"momentum": 0.9}), ("sgd", {"momentum": 0.8, "nesterov": True}), ("sgd", {"clipnorm": 0.5})]


def spec(**fields: Any) -> DescentSpec:
    return DescentSpec.model_validate(fields)


def alone(**fields: Any) -> Path:
    """The path of one racer; what is no field of a race is one of the optimiser."""
    own = {name: fields.pop(name) for name in set(fields) & DescentSpec.model_fields.keys()}
    racer = {name: fields.pop(name) for name in ("decay", "batch_size") if name in fields}
    (path,) = race(spec(**own, racers=[{"optimizer": fields, **racer}]))
    return path


def keras_path(name: str, settings: dict[str, Any], decay: Decay, rate: float, start: Any, steps: int) -> Any:
    """Keras's optimiser on Himmelblau's function, differentiated by TensorFlow."""
    kind = getattr(keras.optimizers, OPTIMIZERS[name].__name__)
    optimizer = kind(keras_schedule(decay, rate), **settings)
    w = keras.Variable(np.array(start, np.float32))
    places = [w.value.numpy()]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            x, y = w.value[0], w.value[1]
            height = (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2
        optimizer.apply([tape.gradient(height, w.value)], [w])
        places.append(w.value.numpy())
    return np.stack(places)


@pytest.mark.parametrize(("name", "extra"), ALL, ids=lambda v: str(v))
def test_every_optimiser_takes_the_steps_of_keras(name: str, extra: dict[str, Any]) -> None:
    rate, start = {"sgd": 0.002, "adadelta": 1.0}.get(name, 0.05), (-0.5, 1.5)
    path = alone(surface="himmelblau", start=start, steps=40, tolerance=0, name=name, learning_rate=rate, **extra)
    expected = keras_path(name, extra, Decay(), rate, start, 40)
    np.testing.assert_allclose(path.places, expected, rtol=3e-4, atol=3e-4)
    assert np.hypot(*(path.places[-1] - path.places[0])) > 0.03
    assert path.reason == "steps"


@pytest.mark.parametrize("decay", ["exponential", "linear"])
def test_decay_is_that_of_keras(decay: str) -> None:
    falling = Decay.model_validate({"name": decay, "rate": 0.5, "steps": 10})
    path = alone(
        surface="himmelblau", start=(-0.5, 1.5), steps=25, tolerance=0, name="sgd", learning_rate=0.005,
        decay=falling.model_dump(),
    )  # fmt: skip
    expected = keras_path("sgd", {}, falling, 0.005, (-0.5, 1.5), 25)
    np.testing.assert_allclose(path.places, expected, rtol=1e-4, atol=1e-4)


def test_plain_descent_on_the_bowl_by_hand() -> None:
    """w ← w − η·2w: each step multiplies the distance by 1 − 2η."""
    path = alone(surface="bowl", start=(1.0, -2.0), steps=10, tolerance=0, name="sgd", learning_rate=0.1)
    np.testing.assert_allclose(path.places, np.outer(0.8 ** np.arange(11), [1, -2]), rtol=1e-5)
    np.testing.assert_allclose(path.heights, 5 * 0.64 ** np.arange(11), rtol=1e-5)
    assert (path.steps, path.reason) == (10, "steps")


def test_too_large_a_rate_diverges_exactly_above_its_limit() -> None:
    """On x² + y² a step multiplies by 1 − 2η: from η = 1 on it does not shrink."""
    below = alone(surface="bowl", steps=300, tolerance=0, name="sgd", learning_rate=0.99)
    above = alone(surface="bowl", steps=600, tolerance=0, name="sgd", learning_rate=1.02)
    assert below.reason == "steps"
    assert below.heights[-1] < below.heights[0]
    assert above.reason == "diverged"
    assert above.steps == math.ceil(math.log(300 / 2.2) / math.log(1.04))  # 50 widths of 6 away
    assert np.isfinite(above.heights[:-1]).all()


def test_an_explosion_ends_in_words_not_warnings() -> None:
    path = alone(surface="rosenbrock", steps=50, name="sgd", learning_rate=1000)
    assert path.reason == "diverged"
    assert path.steps <= 2


def test_small_steps_end_a_race_but_a_turning_point_does_not() -> None:
    path = alone(surface="bowl", steps=2000, tolerance=1e-3, name="sgd", learning_rate=0.1)
    lengths = np.hypot(*np.diff(path.places, axis=0).T)
    assert path.reason == "tolerance"
    assert (lengths[-SHORT_STEPS:] < 1e-3).all()
    assert (lengths[:-SHORT_STEPS] >= 1e-3).all()
    assert alone(surface="bowl", steps=100, tolerance=0, name="sgd", learning_rate=0.1).reason == "steps"
    swing = {"surface": "bowl", "start": (1.0, 0.0), "name": "sgd", "learning_rate": 0.05, "momentum": 0.95}
    swinging = alone(**swing, steps=2000, tolerance=2e-2)
    turns = np.hypot(*np.diff(swinging.places, axis=0).T) < 2e-2
    assert turns[:-SHORT_STEPS].any()
    assert np.abs(swinging.places[-1]).max() < 0.1


def test_batch_mini_batch_and_stochastic_paths() -> None:
    """All samples: smooth and to the very minimum. One at a time: never at rest, but around it. The same seed, the same
    path."""
    fields = {"surface": "regression", "steps": 400, "tolerance": 0, "name": "sgd", "learning_rate": 0.1}
    whole, mini, single = (alone(**fields, batch_size=n) for n in (None, 6, 1))
    (minimum,) = SURFACES["regression"].minima
    ends = [np.abs(path.places[-100:] - (minimum.x, minimum.y)).max() for path in (whole, mini, single)]
    assert ends[0] < 0.02 < ends[1] < ends[2] < 1.5
    np.testing.assert_array_equal(alone(**fields, batch_size=6).places, mini.places)
    assert not np.array_equal(alone(**fields, batch_size=6, seed=1).places, mini.places)
    every = alone(**fields, batch_size=24)  # in another order of the sum
    np.testing.assert_allclose(every.places, whole.places, atol=1e-5)


@pytest.mark.parametrize("name", SURFACES)
def test_at_the_good_rates_plain_descent_gets_down_and_nobody_diverges(name: str) -> None:
    paths = race(spec(surface=name, racers=[r.model_dump() for r in four_methods(SURFACES[name])], steps=500))
    assert {path.reason for path in paths} <= {"steps", "tolerance"}
    for path in paths:
        assert path.heights[-1] < path.heights[0]


def test_momentum_finds_the_global_minimum_that_plain_descent_misses() -> None:
    """E4's network, from its start: w_A holds plain descent."""
    paths = race(spec(surface="network", racers=[r.model_dump() for r in four_methods(SURFACES["network"])], steps=600))
    w_b, w_a = SURFACES["network"].minima
    at = [min((w_a, w_b), key=lambda m: np.hypot(*(path.places[-1] - (m.x, m.y)))) for path in paths]
    assert at[0] is w_a
    assert w_b in at
