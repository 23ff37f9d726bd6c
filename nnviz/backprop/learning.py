"""Update after update with the spec's sample: what the optimiser makes of the weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.backprop.network import gradient_of, loss_of
from nnviz.backprop.spec import Array, BackpropSpec


@dataclass(frozen=True)
class Learned:
    """losses: before the first update, after each. weights: now, and after one update more. diverged: the update whose
    numbers ran away, where one did; the weights are those before it."""

    losses: list[float]
    weights: Array
    next: Array
    diverged: int | None


def learn(spec: BackpropSpec) -> Learned:
    """The spec's updates from its weights at the start."""
    with np.errstate(all="ignore"):
        return _learn(spec)


def _learn(spec: BackpropSpec) -> Learned:
    method, weights = spec.method, spec.start
    memory = method.start(weights)
    losses = [loss_of(spec, weights)]
    for number in range(1, spec.updates + 2):
        _, gradient = gradient_of(spec, weights)
        moved, memory = method.step(weights, gradient, memory, number)
        loss = loss_of(spec, moved)
        if not (np.isfinite(moved).all() and np.isfinite(loss)) or np.abs(moved).max() > 1e12:
            return Learned(losses, weights, weights, number)
        if number > spec.updates:
            return Learned(losses, weights, moved, None)
        weights = moved
        losses.append(loss)
    raise AssertionError("the last update returns")
