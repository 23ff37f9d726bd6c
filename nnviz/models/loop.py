"""What trains a network step by step: NumPy, the compiled loop on Keras's layers, or one after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from nnviz.data.dataset import UInt8
from nnviz.models.optimizers import decay_factor
from nnviz.models.sampling import Order
from nnviz.models.weights import Array
from nnviz.spec import RunSpec

LIMIT = 1e30
"""A loss or a weight beyond it will not come back: as good as infinite."""


class Chunk(NamedTuple):
    """What came of a `run`: the steps done.

    `bad` is None, or the first weights that were not finite (or that follow a loss that was not), after the update
    number `bad_step`; the loop itself then stands before that update.
    """

    steps: int
    bad: list[Array] | None = None
    bad_step: int = 0


class Loop(ABC):
    """Trains the network of `spec` on inputs float32 [n, …] and targets float32 [n, outputs], `run` by `run`.

    `learning_rate` (before decay) and `regularization_rate` may be set at any time; `weights` too, which leaves the
    optimiser's memory as it is. With `accuracy` correct answers are counted (one output per class).
    """

    handover = 0
    """No step before this one has to wait for a compiler."""

    def __init__(self, spec: RunSpec, samples: int, accuracy: bool) -> None:
        self.spec = spec
        self.step = 0
        self.order = Order(spec, samples)
        self.steps_per_epoch = self.order.steps_per_epoch
        self.learning_rate = spec.training.optimizer.learning_rate
        self.regularization_rate = spec.network.regularizer.rate
        self.accuracy = accuracy

    @property
    def epoch(self) -> float:
        """Whole passes over the training samples; fractional within one."""
        return self.step / self.steps_per_epoch

    @property
    def rate(self) -> float:
        """The learning rate of the next step, decay included."""
        return float(self.learning_rate * decay_factor(self.spec.training.decay, self.step, np))

    @property
    @abstractmethod
    def weights(self) -> list[Array]:
        """Copies in `get_weights` order."""

    @weights.setter
    @abstractmethod
    def weights(self, arrays: list[Array]) -> None: ...

    @property
    @abstractmethod
    def sums(self) -> tuple[float, float]:
        """Of this epoch's samples so far: their losses together, and how many were answered correctly."""

    @property
    def running(self) -> tuple[float, float]:
        """(loss, accuracy), the means over this epoch's steps so far that Keras's fit reports; needs `accuracy`."""
        steps = (self.step - 1) % self.steps_per_epoch + 1
        samples = min(steps * self.order.batch, self.order.samples)
        loss, correct = self.sums
        return loss / samples, correct / samples

    def busy(self) -> bool:
        """Whether `run` would block, as a compiler is still at work."""
        return False

    def warming_up(self) -> bool:
        """Whether something has yet to be compiled while slower code does the steps."""
        return False

    @abstractmethod
    def run(self, steps: int) -> Chunk:
        """Do `steps` updates, or fewer when a number stops being finite."""

    @abstractmethod
    def predict(self, x: Array) -> tuple[Array, Array]:
        """(outputs, logits), both float32 [n, outputs], of the network as it is now, in inference mode."""


def useful_threads(spec: RunSpec, cores: int) -> int:
    """How many threads its training can use: steps that XLA compiles whole are too small to be shared; with one thread
    2-8-8-1 is a sixth faster, and the other cores are free."""
    from nnviz.models.handover_loop import uses_xla

    return 1 if not spec.is_network or uses_xla(spec) else cores


def training_loop(
    spec: RunSpec,
    weights: list[Array],
    x: Array | UInt8,
    y: Array,
    *,
    mean: Array | None = None,
    accuracy: bool = False,
) -> Loop:
    """The quickest loop of the spec's family, from `weights`.

    x: inputs, or images as uint8, which are inputs × 255; these lose `mean` when they are floats.

    `accuracy`: correct answers are counted (one output per class).
    """
    from nnviz.models.compiled_loop import CompiledLoop
    from nnviz.models.handover_loop import HandoverLoop, uses_xla
    from nnviz.models.scratch_loop import ScratchLoop

    how: dict[str, Any] = {"mean": mean, "accuracy": accuracy}
    if spec.network.family == "scratch":
        return ScratchLoop(spec, weights, x, y, **how)
    if not uses_xla(spec):
        return CompiledLoop(spec, weights, x, y, **how)
    compiled = partial(CompiledLoop, spec, weights, x, y, **how, xla=True)
    return HandoverLoop(ScratchLoop(spec, weights, x, y, **how), compiled)
