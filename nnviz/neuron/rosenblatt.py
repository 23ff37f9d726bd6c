"""Rosenblatt's perceptron and its learning rule (Rosenblatt, 1958), written to be read; labels are −1 and 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Update:
    """One sample at which at least one perceptron was wrong. passes: how many are behind it, with fractions; net, y, d:
    float64 [units], before the update; before: weights [units, inputs] and thresholds [units] until then."""

    passes: float
    sample: int
    net: Array
    y: Array
    d: Array
    before: tuple[Array, Array]


@dataclass(frozen=True)
class PassEnd:
    """All samples have been seen once more. errors: how many each perceptron had to learn from, [units]."""

    passes: float
    errors: list[int]


class Rosenblatt:
    """One perceptron for two classes; for more, one against all others for each class.

    weights: float64 [units, inputs]; thresholds: float64 [units]; errors: for each pass that has begun, how many
    samples each perceptron had to learn from.
    """

    def __init__(self, weights: Array, thresholds: Array, learning_rate: float) -> None:
        self.weights, self.thresholds, self.learning_rate = weights.copy(), thresholds.copy(), learning_rate
        self.errors: list[list[int]] = []
        self.updates = 0

    def net(self, x: Array) -> Array:
        """u = Σ w·x − θ: float64 [..., units] of x [..., inputs]."""
        found: Array = x @ self.weights.T - self.thresholds
        return found

    def learn(self, x: Array, d: Array) -> NDArray[np.bool_]:
        """Show one sample x [inputs] with the wanted answers d [units]; which perceptrons were wrong, bool [units].

        w ← w − η (y − d) x and θ ← θ − η (y − d) (−1), where y = 1 for u ≥ 0, else −1: nothing changes where y = d.
        """
        wrong = answers(self.net(x)) - d
        self.weights -= self.learning_rate * wrong[:, None] * x
        self.thresholds += self.learning_rate * wrong
        changed: NDArray[np.bool_] = wrong != 0
        return changed

    def fit(self, x: Array, d: Array, passes: int, order: Iterator[Ints] | None = None) -> Iterator[Update | PassEnd]:
        """Every update and every end of so many passes over x [n, inputs], d [n, units]; a pass without an error is the
        last. order: for each pass the samples' numbers as they come, or always the same."""
        for done in range(passes):
            self.errors.append([0] * len(self.weights))
            for place, sample in enumerate(range(len(x)) if order is None else next(order)):
                net, before = self.net(x[sample]), (self.weights.copy(), self.thresholds.copy())
                wrong = self.learn(x[sample], d[sample])
                if wrong.any():
                    self.updates += 1
                    self.errors[-1] = [count + int(one) for count, one in zip(self.errors[-1], wrong, strict=True)]
                    yield Update(done + (place + 1) / len(x), int(sample), net, answers(net), d[sample], before)
            yield PassEnd(done + 1, self.errors[-1])
            if not any(self.errors[-1]):
                return


def answers(net: Array) -> Array:
    """1 where u ≥ 0, else −1."""
    return np.where(net >= 0, 1.0, -1.0)


def targets(labels: Ints, classes: int) -> Array:
    """d: float64 [n, units]. Two classes: one perceptron, −1 for class 0; more: one a class, 1 for its own samples."""
    chosen = [1] if classes == 2 else range(classes)
    return np.where(labels[:, None] == np.array(list(chosen)), 1.0, -1.0)


def classify(net: Array, decision: str = "largest") -> Ints:
    """The class of each row of net inputs [..., units]: of one perceptron 1 where u ≥ 0; of several the one with the
    `largest` net input, or, as the lecture has it, the `largest_absolute`: then a perceptron that is very sure that a
    sample is not of its class may win it."""
    if net.shape[-1] == 1:
        return (net[..., 0] >= 0).astype(np.int64)
    found: Ints = (np.abs(net) if decision == "largest_absolute" else net).argmax(-1)
    return found
