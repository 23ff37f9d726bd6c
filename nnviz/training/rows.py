"""The rows of metrics that a training emits, and the result at its end: how good the network is, in numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from nnviz.data.dataset import Split
from nnviz.events import Metrics
from nnviz.models.metrics import Score, evaluate, penalty
from nnviz.training.learner import Learner

Result = dict[Split, Any]
"""What `Finished` tells of each split; None of one without samples, or without time for them."""


class Rows(ABC):
    """row: the newest. emitted: the step of the newest that was emitted."""

    row: Metrics
    cheap: ClassVar[float]
    """Multiply-adds that the untrained network's evaluation may cost: of the first samples, where there are many."""

    def __init__(self, learner: Learner) -> None:
        self.learner = learner
        self.emitted = 0

    def untrained(self) -> Metrics:
        """Of the start weights, without TensorFlow."""
        spec, data, start = self.learner.spec, self.learner.data, self.learner.start
        few, rate = max(1, int(self.cheap / spec.multiply_adds)), spec.network.regularizer.rate

        def score(split: Split) -> Score:
            return evaluate(spec, start, data.inputs(split, slice(few)), data.labels(split)[:few], rate)

        loss, accuracy = score("train")
        val_loss, val_accuracy = score("validation") if data.n_validation else (None, None)
        self.row = Metrics(
            epoch=0.0, step=0, loss=loss, accuracy=accuracy, val_loss=val_loss, val_accuracy=val_accuracy,
            penalty=penalty(spec, start, rate), learning_rate=spec.training.optimizer.learning_rate,
            seconds=0.0, epoch_end=False,
        )  # fmt: skip
        return self.row

    def tell(self, validate: bool | None = None) -> Metrics:
        """The row of this step, to be emitted; with the validation set, unless said at an epoch's end."""
        self.emitted = self.learner.loop.step
        return self.measure(validate)

    def measure(self, validate: bool | None = None) -> Metrics:
        """The same, for those who only want to know it."""
        learner, loop = self.learner, self.learner.loop
        (loss, accuracy), more = self.train()
        val_loss, val_accuracy = None, None
        if learner.data.n_validation and (self.validates() if validate is None else validate):
            val_loss, val_accuracy = self.score("validation")
        self.row = Metrics(
            epoch=loop.epoch, step=loop.step, loss=loss, accuracy=accuracy, val_loss=val_loss,
            val_accuracy=val_accuracy, penalty=learner.penalty, learning_rate=loop.rate, seconds=learner.seconds,
            epoch_end=learner.epoch_ended, **more,
        )  # fmt: skip
        return self.row

    @property
    def whole(self) -> bool:
        """Whether the newest row is of this step, with the validation set."""
        row = self.row
        return row.step == self.learner.loop.step and (row.val_loss is not None or not self.learner.data.n_validation)

    @abstractmethod
    def validates(self) -> bool:
        """Whether a row of this step has the validation set, unless said."""

    @abstractmethod
    def train(self) -> tuple[Score, dict[str, Any]]:
        """Loss with penalty and accuracy on the training set, now; and other fields of `Metrics`."""

    @abstractmethod
    def score(self, split: Split) -> Score:
        """Loss with penalty and accuracy on a whole split, now."""

    @abstractmethod
    def result(self, given_up: Callable[[], bool]) -> Result:
        """On the whole sets; where that takes long and `given_up` says so, what is known already."""
