"""Gradient descent in nothing but NumPy: the lectures' network from scratch, batch by batch.

The same samples in the same order from the same seed as the compiled loop's, so both draw the same curve; that one is
faster, this one can be read, and it starts at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.data.dataset import floats
from nnviz.loops.checkpoint import Checkpoint, copies, same_shapes
from nnviz.loops.loop import LIMIT, Chunk, Loop, Samples
from nnviz.models.backward import add_penalty_gradient, descend
from nnviz.models.dense_pass import DensePass, fits
from nnviz.models.forward import predict
from nnviz.models.metrics import losses, penalty
from nnviz.models.network import network, without_input_gradient
from nnviz.models.weights import Array, views, weights_to_flat
from nnviz.optimizers import At, clip, decay_factor
from nnviz.spec import RunSpec

HELD = 300_000
"""Numbers of the inputs that are gathered at a time: as many as stay in the processor's cache."""


TOGETHER = 256
"""Steps that are judged at once, at most, where no epoch ends them: those around a fault are done again one by one."""


class ScratchLoop(Loop):
    """A `Loop` for the family "scratch", and for the first steps of small networks."""

    def __init__(self, spec: RunSpec, weights: list[Array], samples: Samples) -> None:
        super().__init__(spec, samples)
        self._x, self._y = samples.x, np.asarray(samples.y, np.float32)
        self._mean = samples.mean if samples.x.dtype == np.uint8 else None
        self._drawn_from = self._drawn_until = self._held_until = 0  # steps whose samples are drawn, and gathered
        self._epochs = min(self.order.epochs, spec.training.epochs)  # drawn at a time: a short run needs no more
        self._layers = without_input_gradient(network(spec))
        # All weights are one vector: an optimiser's update is a few operations however many layers.
        self._flat = weights_to_flat(spec, weights)
        self._weights = views(spec, self._flat)
        self._gradient = np.empty_like(self._flat)
        # What the optimiser remembers: float32 vectors of `weights_to_flat`'s order, or one number for all.
        self._memory: list[Any] = spec.training.optimizer.start(self._flat)
        self._sums = (0.0, 0.0)
        self._gradients = views(spec, self._gradient)
        self._dense = DensePass(spec, self._flat, self._gradient) if fits(spec) else None

    @property
    def weights(self) -> list[Array]:
        return [w.copy() for w in self._weights]

    @weights.setter
    def weights(self, arrays: list[Array]) -> None:
        self._flat[:] = weights_to_flat(self.spec, arrays)

    @property
    def sums(self) -> tuple[float, float]:
        return self._sums

    def checkpoint(self) -> Checkpoint:
        memory = [copies(self._memory)] if self._memory else []
        return Checkpoint(memory, [], self.order.position, self._drawn_from, self._sums)

    def restore(self, step: int, checkpoint: Checkpoint) -> None:
        self._drawn_from = self._drawn_until = self._restore_order(step, checkpoint)
        known = [np.asarray(m) for m in self._memory]
        if len(checkpoint.optimizer) == 1 and same_shapes(checkpoint.optimizer[0], known):
            self._memory = [m.copy() if m.shape else np.float32(m) for m in checkpoint.optimizer[0]]
        self._sums = checkpoint.sums

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
        """Inputs [k, batch, …] and targets [k, batch, outputs] of the next k steps, at most `steps`.

        Within one epoch where its sums are kept, and an epoch's last batch comes alone where it is smaller.
        """
        order, step = self.order, self.step
        while step >= self._drawn_until:
            self._drawn = order.draw(self._epochs)
            self._drawn_from, self._drawn_until = self._drawn_until, self._drawn_until + len(self._drawn)
        if step >= self._held_until:
            first = step - self._drawn_from
            rows = self._drawn[first : first + max(1, HELD // (order.batch * self._x[0].size))]
            # `take` copies row by row: two thirds of the time of an index.
            self._inputs, self._targets = floats(self._x.take(rows, axis=0)), self._y.take(rows, axis=0)
            if self._mean is not None:
                self._inputs -= self._mean
            self._held_until = step + len(rows)
        epochs = order.rest or self.samples.accuracy
        left = self.steps_per_epoch - step % self.steps_per_epoch if epochs else TOGETHER
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
        rate = np.float32(self.learning_rate * decay_factor(self.spec.training.decay, steps, np))
        rates: Array = np.broadcast_to(rate, len(x))
        o, logits, punished = self._updates(x, y, rates) if self._dense is None else self._dense_updates(x, y, rates)
        flat_y = y.reshape(-1, y.shape[-1])
        each = losses(self.spec, flat_y, o, logits).reshape(len(x), -1)
        loss = each.mean(1) + punished
        if np.abs(loss).max() < LIMIT and _within(self._flat):
            if self.samples.accuracy:
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

    def _updates(self, x: Array, y: Array, rates: Array) -> tuple[Array, Array, list[float]]:
        """A step for each batch: outputs and logits [k·batch, outputs] of the networks as they were before, and the
        penalties on them."""
        optimizer, punishes = self.spec.training.optimizer, self.regularization_rate
        outputs, logits, punished = [], [], []
        for inputs, targets, rate in zip(x, y, rates, strict=True):
            made = descend(self.spec, self._layers, self._weights, inputs, targets, punishes)
            punished.append(penalty(self.spec, self._weights, punishes))
            outputs.append(made.outputs)
            logits.append(made.logits)
            np.concatenate([g.ravel() for g in clip(optimizer, made.gradients, np)], out=self._gradient)
            self._apply(rate)
        return np.concatenate(outputs), np.concatenate(logits), punished

    def _dense_updates(self, x: Array, y: Array, rates: Array) -> tuple[Array, Array, list[float]]:
        """As `_updates`, for dense layers alone."""
        assert self._dense is not None
        x = x.reshape(*x.shape[:2], -1)
        outputs, logits = np.empty_like(y), np.empty_like(y)
        if self._plain:
            for inputs, targets, o, z, rate in zip(x, y, outputs, logits, rates.tolist(), strict=True):
                self._dense.step(inputs, targets, o, z, rate)
            self.step += len(x)
            return outputs.reshape(-1, y.shape[-1]), logits.reshape(-1, y.shape[-1]), [0.0]
        optimizer, punishes, punished = self.spec.training.optimizer, self.regularization_rate, []
        clipped = clip(optimizer, self._gradients, np) is not self._gradients
        for inputs, targets, o, z, rate in zip(x, y, outputs, logits, rates, strict=True):
            self._dense.gradients(inputs, targets, o, z)
            punished.append(penalty(self.spec, self._weights, punishes))
            add_penalty_gradient(self.spec, self._weights, self._gradients, punishes)
            if clipped:
                self._gradient[:] = np.concatenate([g.ravel() for g in clip(optimizer, self._gradients, np)])
            self._apply(rate)
        return outputs.reshape(-1, y.shape[-1]), logits.reshape(-1, y.shape[-1]), punished

    @property
    def _plain(self) -> bool:
        """Whether a step is w − rate · gradient and nothing else."""
        optimizer = self.spec.training.optimizer
        punishes = self.spec.network.regularizer.name != "none" and self.regularization_rate != 0
        return optimizer.name == "sgd" and not self._memory and not punishes and optimizer.limits == (None, None, None)

    def _apply(self, rate: Any) -> None:
        """The optimiser's step along `_gradient`."""
        at = At(rate, np.float32(self.step + 1), np)
        optimizer = self.spec.training.optimizer
        self._flat[:], self._memory = optimizer.update(self._flat, self._gradient, self._memory, at)
        self.step += 1


def _within(flat: Array) -> bool:
    """Whether all are below LIMIT. Their sum of squares tells most often, in a tenth of the time."""
    return bool(np.isfinite(flat @ flat)) or bool(np.abs(flat).max() < LIMIT)
