"""Learning without a way back: the lecture's naive way, and finite differences, against the gradient.

What they cost is counted in ways through the network, forward or back: both take about as many products.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.backprop.network import gradient_of, loss_of
from nnviz.backprop.spec import Array, BackpropSpec

BUDGET = 600
"""Ways through the network that each racer may take."""
DIFFERENCE = 1e-5
"""ε of the racer that takes finite differences for its gradient."""
EPSILONS: Array = 10.0 ** -np.arange(0.5, 14.1, 0.5)
STEEPEST = 20
"""Weights, those with the largest gradient, of which the error of finite differences is measured."""

Gradient = Callable[[BackpropSpec, Array], tuple[int, Array]]


@dataclass(frozen=True)
class Racer:
    """passes: ways through the network so far, at each point; losses: there. once: passes for one change of all
    weights."""

    label: str
    once: int
    passes: list[int]
    losses: list[float]

    def within(self, share: float) -> int | None:
        """Ways through the network until the loss is this share of the first; None: not so far."""
        pairs = zip(self.passes, self.losses, strict=True)
        return next((spent for spent, loss in pairs if loss <= share * self.losses[0]), None)


def race(spec: BackpropSpec, epsilon: float) -> list[Racer]:
    """From the spec's start, all with its learning rate; `epsilon` is the naive way's step."""
    n, start = spec.parameters, spec.start
    kinds = (
        ("Gradient: one way forward, one back", 2, _descent(spec, start, by_back)),
        (f"Finite differences: {n} + 1 ways forward", n + 1, _descent(spec, start, by_differences)),
        (f"The naive way: 2·{n} ways forward", 2 * n, coordinate_search(spec, start, epsilon)),
    )
    found = []
    with np.errstate(all="ignore"):
        for label, once, course in kinds:
            passes, losses = [0], [loss_of(spec, start)]
            for spent, loss in course:
                if passes[-1] + spent > BUDGET or not np.isfinite(loss):
                    break
                passes.append(passes[-1] + spent)
                losses.append(float(loss))
            found.append(Racer(label, once, passes, losses))
    return found


def coordinate_search(spec: BackpropSpec, start: Array, epsilon: float) -> Iterator[tuple[int, float]]:
    """The naive way: all weights but one are frozen; of w − ε, w and w + ε the one with the least loss is kept; then
    the next weight. Yields (ways forward, loss) after each weight, without an end."""
    weights = start.copy()
    best = loss_of(spec, weights)
    while True:
        for i in range(len(weights)):
            old, kept = weights[i], weights[i]
            for tried in (old - epsilon, old + epsilon):
                weights[i] = tried
                loss = loss_of(spec, weights)
                if loss < best:
                    best, kept = loss, tried
            weights[i] = kept
            yield 2, best


def by_back(spec: BackpropSpec, weights: Array) -> tuple[int, Array]:
    """(ways through the network, gradient): one forward, one back."""
    return 2, gradient_of(spec, weights)[1]


def by_differences(spec: BackpropSpec, weights: Array) -> tuple[int, Array]:
    """(ways through the network, gradient): one forward as it is, one for each weight with ε more."""
    return len(weights) + 1, differences(spec, weights, DIFFERENCE, central=False)


def differences(
    spec: BackpropSpec, weights: Array, epsilon: float, central: bool, of: NDArray[np.intp] | None = None
) -> Array:
    """(L(w + ε) − L(w)) / ε for each weight, or (L(w + ε) − L(w − ε)) / 2ε. of: the weights' numbers; None: all."""
    base = 0.0 if central else loss_of(spec, weights)
    found = []
    for i in range(len(weights)) if of is None else of:
        more, less = weights.copy(), weights.copy()
        more[i] += epsilon
        less[i] -= epsilon
        if central:
            found.append((loss_of(spec, more) - loss_of(spec, less)) / (2 * epsilon))
        else:
            found.append((loss_of(spec, more) - base) / epsilon)
    return np.array(found)


def _descent(spec: BackpropSpec, start: Array, gradient: Gradient) -> Iterator[tuple[int, float]]:
    weights = start
    while True:
        spent, found = gradient(spec, weights)
        weights = weights - spec.learning_rate * found
        yield spent, loss_of(spec, weights)


def difference_errors(spec: BackpropSpec, weights: Array) -> dict[str, list[float]]:
    """epsilon, forward, central: the largest error of a finite difference, of the largest gradient's size, for each ε.

    A large ε leaves the tangent (an error of order ε, of ε² for the central one); a small one loses the digits of L (of
    order 10⁻¹⁶/ε)."""
    gradient = gradient_of(spec, weights)[1]
    steepest = np.argsort(-np.abs(gradient))[:STEEPEST]
    size = max(float(np.abs(gradient).max()), 1e-300)

    def errors(central: bool) -> list[float]:
        found = (differences(spec, weights, e, central, steepest) - gradient[steepest] for e in EPSILONS)
        return [max(float(np.abs(one).max()) / size, 1e-17) for one in found]

    return {"epsilon": EPSILONS.tolist(), "forward": errors(False), "central": errors(True)}
