"""What a `PerceptronSpec` means: its flowers, its start, its course, and the same by other means to compare with."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnviz.neuron.rosenblatt import Array, Ints, Rosenblatt, classify, targets
from nnviz.neuron.spec import PerceptronSpec
from nnviz.sets.drawing import stream
from nnviz.sets.iris import iris

LIBRARY_SEED = 42
"""The lecture's `random_state` of scikit-learn's perceptron."""
SPREAD = 0.01
"""Standard deviation of the weights at the start."""


@dataclass(frozen=True)
class Flowers:
    """x: float64 [n, 2] in cm, y: int64 [n], those to learn from first; n_train: how many these are."""

    x: Array
    y: Ints
    n_train: int

    @property
    def train(self) -> tuple[Array, Ints]:
        return self.x[: self.n_train], self.y[: self.n_train]

    @property
    def test(self) -> tuple[Array, Ints]:
        return self.x[self.n_train :], self.y[self.n_train :]


def flowers(spec: PerceptronSpec) -> Flowers:
    """The spec's samples: in the data set's order, or split as scikit-learn's `train_test_split` does."""
    x, y = iris(spec.species, spec.measures)
    if not spec.test:
        return Flowers(x, y, len(x))
    mixed, held = np.random.RandomState(spec.split_seed).permutation(len(x)), math.ceil(spec.test * len(x))
    rows = np.concatenate([mixed[held:], mixed[:held]])
    return Flowers(x[rows], y[rows], len(x) - held)


def learner(spec: PerceptronSpec) -> Rosenblatt:
    """At its start. The random numbers are those of the textbooks' listings: bias (−θ) first, then the weights."""
    start = np.zeros((spec.units, 3))
    if spec.initializer == "tiny_normal":
        start = np.random.RandomState(spec.seed).normal(0, SPREAD, start.shape)
    return Rosenblatt(start[:, 1:], -start[:, 0], spec.learning_rate)


def orders(spec: PerceptronSpec, n: int) -> Iterator[Ints] | None:
    """A new order of n samples for each pass, where the spec wants one."""
    rng = stream(spec.seed, 1)
    return (rng.permutation(n) for _ in range(spec.epochs)) if spec.shuffle else None


def wrong(neuron: Rosenblatt, x: Array, y: Ints, decision: str) -> int:
    """How many samples it puts into the wrong class."""
    return int((classify(neuron.net(x), decision) != y).sum())


def summary(spec: PerceptronSpec, neuron: Rosenblatt, data: Flowers) -> dict[str, Any]:
    """What is printed of a neuron: weights, thresholds, errors of each pass, misclassified flowers."""
    return {
        "weights": neuron.weights.tolist(), "thresholds": neuron.thresholds.tolist(), "passes": len(neuron.errors),
        "errors": neuron.errors, "wrong": wrong(neuron, *data.train, spec.decision), "n": data.n_train,
        "test_wrong": wrong(neuron, *data.test, spec.decision), "test_n": len(data.x) - data.n_train,
    }  # fmt: skip


def twin(spec: PerceptronSpec, data: Flowers) -> dict[str, Any]:
    """The same with another learning rate, 1 (0.1 where it is 1): from zeros only the scale differs."""
    other = spec.model_copy(update={"learning_rate": 0.1 if spec.learning_rate == 1 else 1.0})
    neuron, (x, y) = learner(other), data.train
    for _ in neuron.fit(x, targets(y, len(spec.species)), spec.epochs, orders(spec, len(x))):
        pass
    return {"learning_rate": other.learning_rate, **summary(other, neuron, data)}


def library(spec: PerceptronSpec, data: Flowers) -> dict[str, Any]:
    """scikit-learn's `Perceptron` on the same flowers, with its own start (zeros), order (shuffled) and stop."""
    from sklearn.linear_model import Perceptron

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it may not have converged: the errors tell
        fitted = Perceptron(eta0=spec.learning_rate, max_iter=spec.epochs, random_state=LIBRARY_SEED).fit(*data.train)
    neuron = Rosenblatt(fitted.coef_, -fitted.intercept_, spec.learning_rate)
    found = {**summary(spec, neuron, data), "passes": int(fitted.n_iter_), "errors": None}
    # One number less than a perceptron for each class: two classes have one, as here.
    found["wrong"], found["test_wrong"] = (
        int((fitted.predict(x) != y).sum()) if len(x) else 0 for x, y in (data.train, data.test)
    )
    return found
