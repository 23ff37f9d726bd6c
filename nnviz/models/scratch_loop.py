"""Gradient descent in nothing but NumPy: the lectures' network from scratch, batch by batch.

The same samples in the same order from the same seed as the compiled loop's, so both draw the same curve; that one is
faster, this one can be read, and it starts at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.data.dataset import UInt8, floats
from nnviz.models.backward import descend
from nnviz.models.forward import predict
from nnviz.models.loop import LIMIT, Chunk, Loop
from nnviz.models.losses import losses, penalty
from nnviz.models.network import network, without_input_gradient
from nnviz.models.optimizers import RULES, At, clip, decay_factor
from nnviz.models.weights import Array, views, weights_to_flat
from nnviz.spec import RunSpec

HELD = 300_000
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
        self._drawn_until = self._held_until = 0  # steps whose samples are drawn, and gathered
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
        done = 0
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            while done < steps:
                good, bad = self._do(*self._samples(steps - done))
                done += good
                if bad is not None:
                    return Chunk(done, bad, self.step + 1)
        return Chunk(done)

    def predict(self, x: Array) -> tuple[Array, Array]:
        return predict(self.spec, self._weights, x)

    def _samples(self, steps: int) -> tuple[Array, Array]:
        """Inputs [k, batch, …] and targets [k, batch, outputs] of the next k steps, at most `steps`, within one epoch.

        An epoch's last batch comes alone where it is smaller.
        """
        order, step = self.order, self.step
        while step >= self._drawn_until:
            self._drawn = order.draw()
            self._drawn_until += order.steps
        if step >= self._held_until:
            first = step + order.steps - self._drawn_until
            rows = self._drawn[first : first + max(1, HELD // (order.batch * self._x[0].size))]
            self._inputs, self._targets = floats(self._x[rows]), self._y[rows]
            if self._mean is not None:
                self._inputs -= self._mean
            self._held_until = step + len(rows)
        left = self.steps_per_epoch - step % self.steps_per_epoch
        size, most = (order.rest, 1) if order.rest and left == 1 else (order.batch, left - (order.rest > 0))
        first = step + len(self._inputs) - self._held_until
        part = slice(first, first + min(most, steps))
        return self._inputs[part, :size], self._targets[part, :size]

    def _do(self, x: Array, y: Array) -> tuple[int, list[Array] | None]:
        """The steps of these batches. (steps done, None), or how many leave every number finite, and the first weights
        that are not, or that follow a loss that was not.

        Whether all went well is looked at once, at their end. Where it did not, they are done again one by one.
        """
        before, memory, first = self._flat.copy(), self._memory, self.step
        steps = np.arange(first, first + len(x))
        rates = np.float32(self.learning_rate * decay_factor(self.spec.training.decay, steps, np))
        said = [self._update(*batch) for batch in zip(x, y, np.broadcast_to(rates, len(x)), strict=True)]
        outputs, logits, punished = zip(*said, strict=True)
        flat_y, o = y.reshape(-1, y.shape[-1]), np.concatenate(outputs)
        each = losses(self.spec, flat_y, o, np.concatenate(logits)).reshape(len(x), -1)
        loss = each.mean(1) + punished
        if np.abs(loss).max() < LIMIT and _within(self._flat):
            if self.accuracy:
                total, correct = self._sums if first % self.steps_per_epoch else (0.0, 0.0)
                right = np.count_nonzero(o.argmax(-1) == flat_y.argmax(-1))
                self._sums = (total + float(loss.sum()) * x.shape[1], correct + right)
            return len(x), None
        bad = self.weights
        self._flat[:], self._memory, self.step = before, memory, first
        if len(x) == 1:
            return 0, bad
        for i in range(len(x)):
            good, found = self._do(x[i : i + 1], y[i : i + 1])
            if not good:
                return i, found
        return len(x), None

    def _update(self, x: Array, y: Array, rate: Any) -> tuple[Array, Array, float]:
        """One step: outputs and logits [batch, outputs] of the network as it was before, and the penalty on it."""
        optimizer, punishes = self.spec.training.optimizer, self.regularization_rate
        made = descend(self.spec, self._layers, self._weights, x, y, punishes)
        punished = penalty(self.spec, self._weights, punishes)
        np.concatenate([g.ravel() for g in clip(optimizer, made.gradients, np)], out=self._gradient)
        at = At(rate, np.float32(self.step + 1), np)
        self._flat[:], self._memory = self._rule.update(optimizer, self._flat, self._gradient, self._memory, at)
        self.step += 1
        return made.outputs, made.logits, punished


def _within(flat: Array) -> bool:
    """Whether all are below LIMIT. Their sum of squares tells most often, in a tenth of the time."""
    return bool(np.isfinite(flat @ flat)) or bool(np.abs(flat).max() < LIMIT)
