"""The compiled loop is Keras's training: same weights after the same batches, whatever the spec asks for."""

from __future__ import annotations

import math
import warnings
from typing import Any, get_args

import keras
import numpy as np
import pytest
import tensorflow as tf

from nnviz.models.compiled_loop import HANDOVER, CompiledLoop, uses_xla
from nnviz.models.keras_network import build, loss_function
from nnviz.models.losses import targets
from nnviz.models.weights import initial_weights
from nnviz.spec import OPTIMIZERS, ONE_HOT_LOSSES, REGRESSION_LOSSES, Activation, Decay, Initializer, Loss, RunSpec

STEPS = 12
EXTRAS: dict[str, list[dict[str, Any]]] = {
    "sgd": [{}, {"momentum": 0.9}, {"momentum": 0.8, "nesterov": True}],
    "rmsprop": [{}, {"momentum": 0.5, "centered": True}, {"centered": True}],
    "adam": [{}, {"amsgrad": True}],
    "adamw": [{"weight_decay": 0.05}],
}


def keras_schedule(decay: Decay, rate: float) -> Any:
    s, n = keras.optimizers.schedules, decay.steps
    return {
        "none": lambda: rate,
        "exponential": lambda: s.ExponentialDecay(rate, n, decay.rate),
        "staircase": lambda: s.ExponentialDecay(rate, n, decay.rate, staircase=True),
        "inverse_time": lambda: s.InverseTimeDecay(rate, n, decay.rate),
        "cosine": lambda: s.CosineDecay(rate, n, alpha=decay.rate),
        "linear": lambda: s.PolynomialDecay(rate, n, end_learning_rate=decay.rate * rate, power=1.0),
    }[decay.name]()


def keras_trained(spec: RunSpec, weights: list[Any], x: Any, y: Any, batches: list[Any]) -> tuple[list[Any], list[float]]:
    """(weights, losses) after Keras's own `train_on_batch` on the batches."""
    model = build(spec, weights)
    settings = spec.training.optimizer.model_dump(exclude={"name", "learning_rate"})
    rate = keras_schedule(spec.training.decay, spec.training.optimizer.learning_rate)
    optimizer = type(spec.training.optimizer).__name__
    model.compile(getattr(keras.optimizers, optimizer)(rate, **settings), loss_function(spec))
    losses = []
    for rows in batches:
        model.reset_metrics()
        losses.append(float(model.train_on_batch(x[rows], y[rows])))
    return model.get_weights(), losses


def data(spec: RunSpec, n: int, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, *spec.input_shape)).astype(np.float32)
    labels = rng.standard_normal(n) if spec.problem == "regression" else rng.integers(0, spec.data.classes, n)
    return x, targets(spec, labels)


def check(spec: RunSpec, n: int = 35, xla: bool = False, tolerance: float = 2e-5) -> None:
    x, y = data(spec, n)
    start = initial_weights(spec)
    loop = CompiledLoop(spec, start, x, y, xla=False)
    batches = CompiledLoop(spec, start, x, y, xla=False).batches()
    if xla:
        loop = CompiledLoop(spec, start, x, y, xla=True)
        loop.run(0)
        loop._compiling.join()
        loop._plain = dict.fromkeys([loop.batch], loop._fast)
    chunk = loop.run(STEPS)
    assert chunk.bad is None
    assert chunk.steps == STEPS
    expected, _ = keras_trained(spec, start, x, y, [next(batches) for _ in range(STEPS)])
    for ours, theirs in zip(loop.weights, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


def spec_of(**parts: Any) -> RunSpec:
    return RunSpec.model_validate({"data": {"train": 35}, **parts})


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_optimizers_equal_keras(name: str) -> None:
    for i, extra in enumerate(EXTRAS.get(name, [{}])):
        optimizer = {"name": name, "learning_rate": 0.05, **extra}
        check(spec_of(training={"optimizer": optimizer, "batch_size": 10}, seed=i), xla=i == 0)
