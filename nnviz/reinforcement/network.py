"""Small dense networks by hand, one for each agent, all of one shape: their arrays have the agents as first axis."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.optimizers.adam import Adam
from nnviz.optimizers.base import At

Array = NDArray[np.float32]
Arrays = list[Array]


def initial(sizes: Sequence[int], chances: Sequence[np.random.Generator]) -> Arrays:
    """Kernels [agents, inputs, outputs] and biases [agents, outputs], layer by layer. Glorot's uniform numbers, each
    agent's from its own generator; biases 0."""
    found: Arrays = []
    for a, b in pairwise(sizes):
        edge = np.sqrt(6 / (a + b))
        found.append(np.stack([chance.uniform(-edge, edge, (a, b)) for chance in chances]).astype(np.float32))
        found.append(np.zeros((len(chances), b), np.float32))
    return found


def forward(weights: Arrays, x: Array) -> Arrays:
    """Inputs [agents, n, features] → what each layer says, the inputs first, the outputs [agents, n, outputs] last.
    ReLU between layers, none behind the last."""
    said = [x]
    for i in range(0, len(weights), 2):
        z = said[-1] @ weights[i] + weights[i + 1][:, None]
        said.append(z if i + 2 == len(weights) else np.maximum(z, 0))
    return said


def backward(weights: Arrays, said: Arrays, slope: Array) -> Arrays:
    """Gradients of all weights, from ∂L/∂outputs [agents, n, outputs] and what `forward` gave."""
    found: Arrays = []
    for i in range(len(weights) - 2, -1, -2):
        before = said[i // 2]
        found[:0] = [before.swapaxes(1, 2) @ slope, slope.sum(1)]
        if i:
            slope = (slope @ weights[i].swapaxes(1, 2)) * (before > 0)
    return found


class Learner:
    """The networks of all agents and Adam's memory of them; each agent counts its own updates. All numbers of an agent
    lie in one row, so that an update is few operations on long arrays; `weights` are views of it, layer by layer."""

    def __init__(self, sizes: Sequence[int], chances: Sequence[np.random.Generator]) -> None:
        drawn = initial(sizes, chances)
        self._all = _rows(drawn)
        self.weights: Arrays = []
        at = 0
        for w in drawn:
            size = w[0].size
            self.weights.append(self._all[:, at : at + size].reshape(w.shape))
            at += size
        self._adam = Adam()
        self._memory = self._adam.start(self._all)
        self.updates = np.zeros(len(chances), np.int64)

    def of(self, who: NDArray[np.int64]) -> Arrays:
        """The weights of these agents, in their order."""
        return self.weights if len(who) == len(self.updates) else [w[who] for w in self.weights]

    def update(self, who: NDArray[np.int64], gradients: Arrays, rate: float) -> None:
        """One step of Adam for these agents, in place."""
        self.updates[who] += 1
        which: Any = slice(None) if len(who) == len(self.updates) else who
        at = At(np.float32(rate), self.updates[which, None].astype(np.float32), np)
        w, memory = self._adam.update(self._all[which], _rows(gradients), [m[which] for m in self._memory], at)
        for old, new in zip((self._all, *self._memory), (w, *memory), strict=True):
            old[which] = new


def _rows(arrays: Arrays) -> Array:
    """All numbers of each agent behind each other, [agents, n]."""
    return np.concatenate([array.reshape(len(array), -1) for array in arrays], axis=1)
