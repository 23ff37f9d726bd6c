"""Gradient descent in nothing but NumPy: the lectures' network from scratch, batch by batch.

The same samples in the same order from the same seed as the compiled loop's, so both draw the same curve; that one is
faster, this one can be read, and it starts at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nnviz.data.dataset import UInt8, floats
from nnviz.models.backward import step
from nnviz.models.forward import predict
from nnviz.models.loop import LIMIT, Chunk, Loop
from nnviz.models.network import network, without_input_gradient
from nnviz.models.optimizers import RULES, At, clip
from nnviz.models.weights import Array, flat_to_weights, views, weights_to_flat
from nnviz.spec import RunSpec

TAKEN = 300_000
"""Numbers of the inputs that are gathered at a time: as many as stay in the processor's cache."""


class ScratchLoop(Loop):
    """A `Loop` for the family "scratch", and for the first steps of small networks."""

    def __init__(
        self,
        spec: RunSpec,
        weights: list[Array],
        x: Array | UInt8,
        y: Array,
        *,
        mean: Array | None = None,
        accuracy: bool = False,
    ) -> None:
        super().__init__(spec, len(x), accuracy)
        self._x, self._y, self._mean = x, np.asarray(y, np.float32), mean if x.dtype == np.uint8 else None
        self._batches = self._gathered()
        self._layers = without_input_gradient(network(spec))
        # All weights are one vector: an optimiser's update is a few operations however many layers.
        self._flat = weights_to_flat(spec, weights)
        self._weights = views(spec, self._flat)
        self._gradient = np.empty_like(self._flat)
        self._rule = RULES[spec.training.optimizer.name]
        starts = self._rule.memory(spec.training.optimizer)
        self._memory: list[Any] = [np.float32(1) if s == "scalar" else np.full_like(self._flat, s) for s in starts]
        self._sums = (0.0, 0.0)

    @property
    def weights(self) -> list[Array]:
        return [w.copy() for w in self._weights]

    @weights.setter
    def weights(self, arrays: list[Array]) -> None:
        self._flat[:] = weights_to_flat(self.spec, arrays)

    @property
    def memory(self) -> list[Any]:
        """What the optimiser remembers: float32 vectors of `weights_to_flat`'s order, or one number for all."""
        return self._memory

    @property
    def sums(self) -> tuple[float, float]:
        return self._sums

    def run(self, steps: int) -> Chunk:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for done in range(steps):
                bad = self._update()
                if bad is not None:
                    return Chunk(done, bad, self.step + 1)
        return Chunk(steps)

    def predict(self, x: Array) -> tuple[Array, Array]:
        return predict(self.spec, self._weights, x)

    def _gathered(self) -> Iterator[tuple[Array, Array]]:
        """(inputs, targets) of each step, without end; gathered for many steps at a time, which is quicker."""
        order = self.order
        many = max(1, TAKEN // (order.batch * self._x[0].size))
        step = 0
        while True:
            drawn = order.draw()
            for first in range(0, len(drawn), many):
                rows = drawn[first : first + many]
                inputs, y = floats(self._x[rows]), self._y[rows]
                if self._mean is not None:
                    inputs -= self._mean
                for i in range(len(rows)):
                    step += 1
                    short = order.rest and step % self.steps_per_epoch == 0
                    yield (inputs[i, : order.rest], y[i, : order.rest]) if short else (inputs[i], y[i])

    def _update(self) -> list[Array] | None:
        """One step; None, or the weights that it would have made where these or the loss are no finite numbers."""
        x, y = next(self._batches)
        made = step(self.spec, self._layers, self._weights, x, y, self.regularization_rate)
        optimizer = self.spec.training.optimizer
        np.concatenate([g.ravel() for g in clip(optimizer, made.gradients, np)], out=self._gradient)
        at = At(np.float32(self.rate), np.float32(self.step + 1), np)
        flat, memory = self._rule.update(optimizer, self._flat, self._gradient, self._memory, at)
        if not (abs(made.loss) < LIMIT and _within(flat)):
            return flat_to_weights(self.spec, flat)
        self._flat[:] = flat
        self._memory = memory
        if self._count_correct:
            loss, correct = self._sums if self.step % self.steps_per_epoch else (0.0, 0.0)
            right = np.count_nonzero(made.outputs.argmax(-1) == y.argmax(-1))
            self._sums = (loss + made.loss * len(x), correct + right)
        self.step += 1
        return None


def _within(flat: Array) -> bool:
    """Whether all are below LIMIT. Their sum of squares tells most often, in a tenth of the time."""
    return bool(np.isfinite(flat @ flat)) or bool(np.abs(flat).max() < LIMIT)
