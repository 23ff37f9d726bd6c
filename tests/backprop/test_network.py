"""All gradients of one way forward and one way back, against TensorFlow's tape and the lecture's printed digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnviz.activations import ACTIVATIONS
from nnviz.backprop.learning import learn
from nnviz.backprop.network import gradient_of
from nnviz.backprop.spec import BackpropSpec, outputs_of
from nnviz.backprop.trace import trace
from nnviz.backprop.words import LOSS_WORDS
from nnviz.backprop.worked import PRINTED, is_worked
from nnviz.jobs.backprop import taped


def random_spec(seed: int, **fixed: Any) -> BackpropSpec:
    """Any network that the spec allows, with loss and activations at random where they are not `fixed`."""
    rng = np.random.default_rng(seed)
    layers = tuple(int(n) for n in rng.integers(1, 7, rng.integers(2, 6)))
    loss = fixed.get("loss", str(rng.choice(list(LOSS_WORDS))))
    if loss == "categorical_crossentropy":
        layers = (*layers[:-1], 3)
    hidden = fixed.get("hidden") or [name for name, one in ACTIVATIONS.items() if one.hidden]
    outputs = outputs_of(loss, layers[-1])
    names = (*(str(rng.choice(hidden)) for _ in layers[1:-1]), str(rng.choice(outputs)))
    targets = rng.integers(0, 2, layers[-1]).astype(float)
    if loss == "categorical_crossentropy":
        targets = np.eye(3)[rng.integers(3)]
    if "hinge" in loss:
        targets = targets * 2 - 1
    return BackpropSpec(
        layers=layers, activations=names, loss=loss, targets=tuple(targets), seed=seed,
        inputs=tuple(np.round(rng.normal(size=layers[0]), 2)),
    )  # fmt: skip


@pytest.mark.parametrize("loss", LOSS_WORDS)
def test_gradient_is_the_tapes_under_each_loss(loss: str) -> None:
    for seed in range(4):
        spec = random_spec(seed, loss=loss)
        value, gradient = gradient_of(spec, spec.start)
        found = taped(spec)
        expected, tape = found["loss"], found["gradient"]
        assert value == pytest.approx(expected, rel=2e-6, abs=2e-6)  # Keras cuts probabilities off at 1e-7
        np.testing.assert_allclose(gradient, tape, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", [name for name, one in ACTIVATIONS.items() if one.hidden])
def test_gradient_is_the_tapes_through_each_activation(name: str) -> None:
    for seed in (10, 11):
        spec = random_spec(seed, hidden=[name], loss="half_squared_error")
        _, gradient = gradient_of(spec, spec.start)
        np.testing.assert_allclose(gradient, taped(spec)["gradient"], rtol=1e-6, atol=1e-7)


def test_the_lectures_worked_example_has_its_printed_digits() -> None:
    assert is_worked(BackpropSpec())
    assert not is_worked(BackpropSpec(updates=1))
    values = trace(BackpropSpec()).values
    printed = {name: float(text) for name, text in PRINTED.items() if name != "a3.1"}
    places = {name: len(PRINTED[name].partition(".")[2]) for name in printed}
    assert {name: round(values[name], places[name]) for name in printed} == printed
    assert int(values["a3.1"] * 100) == -66  # −0.6658: cut off, not rounded


def test_every_operation_is_made_of_numbers_that_are_there() -> None:
    for seed in range(25):
        found = trace(random_spec(seed))
        known = set(found.given)
        for one in found.operations:
            assert known.issuperset(one.reads), one
            assert one.id not in known
            known.add(one.id)


def test_parameters_are_counted_as_the_lecture_counts_them() -> None:
    assert BackpropSpec(layers=(2, 5, 2)).parameters == 27


def test_updates_are_those_of_keras() -> None:
    import keras

    spec = random_spec(3, loss="half_squared_error")
    spec = spec.model_copy(update={"optimizer": "adam", "learning_rate": 0.05, "updates": 4})
    w = keras.Variable(spec.start, dtype="float64")
    optimizer = keras.optimizers.Adam(0.05)
    for _ in range(4):
        optimizer.apply([keras.ops.convert_to_tensor(gradient_of(spec, w.numpy())[1])], [w])
    found = learn(spec)
    np.testing.assert_allclose(found.weights, w.numpy(), rtol=1e-4, atol=1e-5)  # Keras counts its rates in float32
    assert len(found.losses) == 5


def test_a_run_that_diverges_stops_at_its_last_numbers() -> None:
    spec = BackpropSpec(layers=(1, 1, 1), activations=("linear",), learning_rate=10, updates=200)
    found = learn(spec)
    assert found.diverged is not None
    assert found.diverged <= 200
    assert np.isfinite(found.weights).all()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"layers": (2, 7, 1)}, "less than or equal to 6"),
        ({"layers": (2, 2, 2, 2, 2, 2)}, "at most 5"),
        ({"weights": (1, 2)}, "9 numbers"),
        ({"activations": ("softmax", "tanh", "tanh")}, "outputs only"),
        ({"loss": "binary_crossentropy"}, "takes outputs of sigmoid"),
        ({"inputs": (101,)}, "less than or equal to 100"),
    ],
)
def test_limits_are_told(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        BackpropSpec.model_validate(fields)
