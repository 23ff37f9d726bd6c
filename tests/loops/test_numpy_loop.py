"""The NumPy loop is the compiled loop, step for step, and learns in its own right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from nnviz.loops.choice import training_loop
from nnviz.loops.compiled import CompiledLoop
from nnviz.loops.loop import LIMIT, Samples
from nnviz.loops.numpy_loop import ScratchLoop
from nnviz.losses import LOSSES
from nnviz.models import evaluate, initial_weights, targets
from nnviz.spec import RunSpec

DIGITS = load_digits()
X = (DIGITS.images[..., None] / 16).astype(np.float32)
CONV: dict[str, Any] = {"kind": "conv2d", "filters": 3, "kernel_size": 3}
NETWORKS: dict[str, list[dict[str, Any]]] = {
    "softmax regression": [],
    "dense": [{"units": 9, "activation": "sigmoid"}, {"units": 7, "activation": "mish"}],
    "max": [CONV, {"kind": "max_pooling2d"}, {"units": 8}],
    "average": [{**CONV, "padding": "same", "strides": 2}, {"kind": "average_pooling2d", "padding": "same"}],
    "l2": [CONV, {"kind": "l2_pooling2d", "strides": 1}, {"kind": "flatten"}],
}


def spec_of(layers: list[dict[str, Any]], n: int = 57, **parts: Any) -> RunSpec:
    model = {"family": "scratch", "layers": layers, "initializer": "glorot_uniform", **parts.pop("model", {})}
    optimizer = {"learning_rate": 0.1, **parts.pop("optimizer", {})}
    training = {"loss": "categorical_crossentropy", "batch_size": 10, "optimizer": optimizer, **parts}
    return RunSpec.model_validate({"data": {"name": "digits", "train": n}, "model": model, "training": training})


def both(spec: RunSpec) -> tuple[ScratchLoop, CompiledLoop]:
    n = spec.data.train
    data = initial_weights(spec), Samples(X[:n], targets(spec, DIGITS.target[:n]), accuracy=True)
    return ScratchLoop(spec, *data), CompiledLoop(spec, *data, xla=False)


def check(spec: RunSpec, steps: int = 15) -> None:
    scratch, compiled = both(spec)
    for _ in range(steps):
        assert scratch.run(1) == compiled.run(1)
        assert (scratch.step, scratch.epoch, scratch.rate) == (compiled.step, compiled.epoch, compiled.rate)
        assert scratch.running == pytest.approx(compiled.running, rel=1e-4)
    for a, b in zip(scratch.weights, compiled.weights, strict=True):
        assert a.dtype == np.float32
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=2e-5)
    for ours, theirs in zip(scratch.predict(X[:99]), compiled.predict(X[:99]), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_equals_the_compiled_loop(name: str) -> None:
    check(spec_of(NETWORKS[name]))


@pytest.mark.parametrize("loss", [name for name, loss in LOSSES.items() if loss.derived])
def test_every_loss_equals_the_compiled_loop(loss: str) -> None:
    check(spec_of(NETWORKS["dense"], loss=loss))


@pytest.mark.parametrize("optimizer", [{"momentum": 0.9}, {"momentum": 0.8, "nesterov": True}])
def test_momentum_equals_the_compiled_loop(optimizer: dict[str, Any]) -> None:
    decay = {"name": "exponential", "rate": 0.5, "steps": 5}
    check(spec_of(NETWORKS["max"], optimizer={"learning_rate": 0.02, **optimizer}, decay=decay, shuffle=False))


@pytest.mark.parametrize("on", ["all", "output", 1])
@pytest.mark.parametrize("regularizer", ["l1", "l2"])
def test_penalties_equal_the_compiled_loop(regularizer: str, on: str | int) -> None:
    check(spec_of(NETWORKS["max"], model={"regularizer": {"name": regularizer, "rate": 0.01, "on": on}}))


def test_steps_of_several_epochs_at_once_are_those_one_by_one() -> None:
    spec = spec_of([{"units": 9}], n=40, epochs=3)
    data = Samples(X[:40], targets(spec, DIGITS.target[:40]))  # without sums of an epoch's own
    at_once, one_by_one, left = (ScratchLoop(spec, initial_weights(spec), data) for _ in range(3))
    assert at_once.run(30).steps == 30  # more than the three epochs of four steps whose order is drawn at a time
    left.run(17)
    for _ in range(30):
        one_by_one.run(1)
    resumed = ScratchLoop(spec, left.weights, data)
    resumed.restore(17, left.checkpoint())
    resumed.run(13)
    for whole, single, later in zip(at_once.weights, one_by_one.weights, resumed.weights, strict=True):
        np.testing.assert_array_equal(whole, single)
        np.testing.assert_array_equal(whole, later)


def test_rates_and_weights_change_live() -> None:
    spec = spec_of(NETWORKS["dense"], model={"regularizer": {"name": "l2", "rate": 0.0}}, optimizer={"momentum": 0.5})
    scratch, compiled = both(spec)
    for loop in (scratch, compiled):
        loop.run(7)
        loop.learning_rate, loop.regularization_rate = 0.3, 0.01
        loop.weights = [1.1 * w for w in loop.weights]
        loop.run(7)
    for a, b in zip(scratch.weights, compiled.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=2e-5)
    copies = scratch.weights
    copies[0][:] = 0
    assert scratch.weights[0].any()


def test_the_step_that_breaks_is_found() -> None:
    spec = spec_of([{"units": 8, "activation": "relu"}], loss="half_squared_error",
                   model={"output_activation": "linear"}, optimizer={"learning_rate": 100.0})  # fmt: skip
    scratch, compiled = both(spec)
    ours, theirs = scratch.run(500), compiled.run(500)
    assert ours.bad is not None
    assert ours.steps == scratch.step == ours.bad_step - 1
    assert abs(ours.steps - theirs.steps) <= 1, "the last digits of a float32 decide about the very step"
    assert max(np.abs(w).max() for w in scratch.weights) < LIMIT


def test_it_learns_the_digits() -> None:
    spec = spec_of([{"units": 30, "activation": "sigmoid"}], n=1347, optimizer={"learning_rate": 1.0})
    samples = Samples(X[:1347], targets(spec, DIGITS.target[:1347]), accuracy=True)
    loop = training_loop(spec, initial_weights(spec), samples)
    assert isinstance(loop, ScratchLoop)
    assert not loop.busy()
    loop.run(20 * loop.steps_per_epoch)
    assert loop.running[1] > 0.97
    _, accuracy = evaluate(spec, loop.weights, X[1347:], DIGITS.target[1347:], 0.0)
    assert accuracy is not None
    assert accuracy > 0.88


def test_other_families_are_compiled() -> None:
    spec = RunSpec.model_validate({"data": {"name": "digits", "train": 20}, "model": {"layers": [CONV]}})
    loop = training_loop(spec, initial_weights(spec), Samples(X[:20], targets(spec, DIGITS.target[:20])))
    assert isinstance(loop, CompiledLoop)
