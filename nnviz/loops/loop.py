"""What trains a network step by step: NumPy, the compiled loop on Keras's layers, or one after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np

from nnviz.data.dataset import UInt8
from nnviz.loops.checkpoint import Checkpoint
from nnviz.models.sampling import Order
from nnviz.models.weights import Array
from nnviz.optimizers import decay_factor
from nnviz.spec import RunSpec

LIMIT = 1e30
"""A loss or a weight beyond it will not come back: as good as infinite."""


class Samples(NamedTuple):
    """What a loop trains on.

    x: inputs float32 [n, …], or images as uint8, which are inputs × 255 and lose `mean` when they become floats, batch
    by batch: large sets are there sooner and take a quarter of the memory. y: targets float32 [n, outputs]. accuracy:
    correct answers are counted (one output per class).
    """

    x: Array | UInt8
    y: Array
    mean: Array | None = None
    accuracy: bool = False


class Chunk(NamedTuple):
    """What came of a `run`: the steps done.

    `bad` is None, or the first weights that were not finite (or that follow a loss that was not), after the update
    number `bad_step`; the loop itself then stands before that update.
    """

    steps: int
    bad: list[Array] | None = None
    bad_step: int = 0


class Standing(NamedTuple):
    """Where a loop has come to: what another one needs to go on from there."""

    step: int
    weights: list[Array]
    checkpoint: Checkpoint


class Loop(ABC):
    """Trains the network of `spec` on samples, `run` by `run`.

    `learning_rate` (before decay) and `regularization_rate` may be set at any time; `weights` too, which leaves the
    optimiser's memory as it is.
    """

    handover = 0
    """No step before this one has to wait for a compiler."""

    def __init__(self, spec: RunSpec, samples: Samples) -> None:
        self.spec = spec
        self.step = 0
        self.order = Order(spec, len(samples.x))
        self.steps_per_epoch = self.order.steps_per_epoch
        self.learning_rate = spec.training.optimizer.learning_rate
        self.regularization_rate = spec.network.regularizer.rate
        self.samples = samples
        self.last = spec.training.epochs * self.steps_per_epoch
        """The step at which the run is thought to end; whoever goes on beyond it says so, and no compiler is late."""

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
        """(loss, accuracy), the means over this epoch's steps so far that Keras's fit reports; the samples count
        `accuracy`."""
        steps = (self.step - 1) % self.steps_per_epoch + 1
        samples = min(steps * self.order.batch, self.order.samples)
        loss, correct = self.sums
        return loss / samples, correct / samples

    @abstractmethod
    def checkpoint(self) -> Checkpoint:
        """What `restore` needs, beside the weights, to go on from this step."""

    @abstractmethod
    def restore(self, step: int, checkpoint: Checkpoint) -> None:
        """Go on after `step` updates of another loop of the same run, whose weights this one was made with. What does
        not fit starts anew, as an optimiser's memory of another version."""

    def _restore_order(self, step: int, checkpoint: Checkpoint) -> int:
        """Stand at `step`; from which step on the next draw's samples are. Without a position all are drawn again."""
        self.step = step
        if checkpoint.order is None:
            return 0
        self.order.go_to(checkpoint.order)
        return checkpoint.drawn_from

    def busy(self) -> bool:
        """Whether `run` would block, as a compiler is still at work."""
        return False

    @abstractmethod
    def run(self, steps: int) -> Chunk:
        """Do `steps` updates, or fewer when a number stops being finite."""

    @abstractmethod
    def predict(self, x: Array) -> tuple[Array, Array]:
        """(outputs, logits), both float32 [n, outputs], of the network as it is now, in inference mode."""
