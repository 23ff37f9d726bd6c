"""Gradient descent in nothing but NumPy: the lectures' network from scratch, batch by batch.

The same samples in the same order from the same seed as the compiled loop's, so both draw the same curve; that one is
faster, this one can be read.
"""

from __future__ import annotations

import numpy as np

from nnviz.data.dataset import UInt8, floats
from nnviz.models.backward import step
from nnviz.models.forward import predict
from nnviz.models.loop import LIMIT, Chunk
from nnviz.models.network import network, without_input_gradient
from nnviz.models.optimizers import RULES, decay_factor
from nnviz.models.sampling import Indices, Order
from nnviz.models.weights import Array, check_weights
from nnviz.spec import RunSpec


class ScratchLoop:
    """A `Loop` for the family "scratch". `accuracy` counts correct answers, for the running means."""

    handover = 0

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
        check_weights(spec, weights)
        order = Order(spec, len(x))
        self.spec = spec
        self.step = 0
        self.steps_per_epoch = order.steps_per_epoch
        self.learning_rate = spec.training.optimizer.learning_rate
        self.regularization_rate = spec.network.regularizer.rate
        self._x, self._y, self._mean = x, np.asarray(y, np.float32), mean if x.dtype == np.uint8 else None
        self._batches = order.batches()
        self._rule = RULES[spec.training.optimizer.name]
        self._layers = without_input_gradient(network(spec))
        self._weights = [np.array(w) for w in weights]
        starts = self._rule.memory(spec.training.optimizer)
        self._memory = [[np.full_like(w, start) for start in starts] for w in weights]
        self._count_correct = accuracy
        self._sums = np.zeros(3)

    @property
    def epoch(self) -> float:
        """Whole passes over the training samples; fractional within one."""
        return self.step / self.steps_per_epoch

    @property
    def rate(self) -> float:
        """The learning rate of the next step, decay included."""
        return float(self.learning_rate * decay_factor(self.spec.training.decay, self.step, np))

    @property
    def weights(self) -> list[Array]:
        """Copies in `get_weights` order."""
        return [w.copy() for w in self._weights]

    @weights.setter
    def weights(self, arrays: list[Array]) -> None:
        check_weights(self.spec, arrays)
        self._weights = [np.array(w, np.float32) for w in arrays]

    @property
    def running(self) -> tuple[float, float]:
        """(loss, accuracy), the means over this epoch's steps so far; needs `accuracy`."""
        loss, correct, samples = self._sums
        return float(loss / samples), float(correct / samples)

    def busy(self) -> bool:
        """Never: nothing is compiled."""
        return False

    def warming_up(self) -> bool:
        """Never: nothing is compiled."""
        return False

    def run(self, steps: int) -> Chunk:
        """Do `steps` updates, or fewer when a number stops being finite."""
        with np.errstate(over="ignore", invalid="ignore"):
            for done in range(steps):
                bad = self._update()
                if bad is not None:
                    return Chunk(done, bad, self.step + 1)
        return Chunk(steps)

    def predict(self, x: Array) -> tuple[Array, Array]:
        """(outputs, logits), both float32 [n, outputs], of the network as it is now."""
        return predict(self.spec, self._weights, x)

    def _inputs(self, rows: Indices) -> Array:
        inputs = floats(self._x[rows])
        return inputs if self._mean is None else inputs - self._mean

    def _update(self) -> list[Array] | None:
        """One step; None, or the weights that it would have made where these or the loss are no finite numbers."""
        rows = next(self._batches)
        y = self._y[rows]
        made = step(self.spec, self._layers, self._weights, self._inputs(rows), y, self.regularization_rate)
        rate, optimizer = np.float32(self.rate), self.spec.training.optimizer
        updated = [
            self._rule.update(optimizer, w, g, m, rate, None)
            for w, g, m in zip(self._weights, made.gradients, self._memory, strict=True)
        ]
        weights = [w for w, _ in updated]
        if not (abs(made.loss) < LIMIT and all(_within(w) for w in weights)):
            return weights
        self._weights, self._memory = weights, [m for _, m in updated]
        if self._count_correct:
            correct = (made.outputs.argmax(-1) == y.argmax(-1)).sum()
            goes_on = self.step % self.steps_per_epoch > 0
            self._sums = goes_on * self._sums + (made.loss * len(rows), correct, len(rows))
        self.step += 1
        return None


def _within(w: Array) -> bool:
    """Whether all are below LIMIT. Their sum of squares tells most often, in a tenth of the time."""
    flat = w.ravel()
    return bool(np.isfinite(flat @ flat)) or bool(np.abs(w).max() < LIMIT)
