"""A run on samples in the plane, as the playground shows it: all that is shown is recomputed at every frame."""

from __future__ import annotations

import time
from collections.abc import Iterator

from nnviz.control import Control, Edit
from nnviz.data import Dataset
from nnviz.data.dataset import Split
from nnviz.events import Event, Frame, Metrics, Status
from nnviz.models.losses import evaluate, penalty
from nnviz.models.weights import Array, of_layers
from nnviz.probes import NetworkProbe, data_frame
from nnviz.spec import RunSpec
from nnviz.stopping import evaluation
from nnviz.training.run import Run, Said

Score = tuple[float, float | None]
CHEAP = 4e9
"""Multiply-adds that an evaluation may cost where a visitor waits for it."""


class PointRun(Run):
    def __init__(self, spec: RunSpec, control: Control | None, data: Dataset, weights: list[Array]) -> None:
        super().__init__(spec, control, data, weights)
        self.probe = NetworkProbe(spec, data) if control is not None else None
        self.frame_step = 0

    def _untrained(self) -> Said:
        if self.probe is not None:
            yield data_frame(self.spec, self.data)
            yield self.probe.frame(self.weights, 0, 0.0)
        rate, rows = self.spec.network.regularizer.rate, max(1, int(CHEAP / self.spec.parameters))
        loss, accuracy = self._evaluate("train", self.weights, rate, rows)
        val_loss, val_accuracy = None, None
        if self.data.n_validation:
            val_loss, val_accuracy = self._evaluate("validation", self.weights, rate, rows)
        self.row = Metrics(
            epoch=0.0, step=0, loss=loss, accuracy=accuracy, val_loss=val_loss, val_accuracy=val_accuracy,
            penalty=penalty(self.spec, self.weights, rate), learning_rate=self.spec.training.optimizer.learning_rate,
            seconds=0.0, epoch_end=False,
        )  # fmt: skip
        yield self.row

    def _due(self) -> Said:
        if self.frame_left <= 0 if self._paced else self._until_frame() <= 0.1 * self._interval:
            self.frame_time = time.perf_counter()
            yield from self._picture()
            self.frame_cost = time.perf_counter() - self.frame_time
        elif self._epoch_ended and self.loop.steps_per_epoch > self.chunk:
            yield self._tell()  # a slow epoch's end is always a row; of quick ones, those where a frame is due
        elif self._epoch_ended and self.rules.any:
            self._measure()

    def _rest(self) -> Said:
        return self._picture(sure=True)

    def _picture(self, again: bool = False, sure: bool = False) -> Said:
        """The network as it is, a row of metrics and a frame, if this step has not been told yet (or `again`).

        `sure`: the run rests here, and who comes later is shown this frame; so it is made though nobody looks now.
        """
        if again or self.told != self.loop.step:
            yield self._tell()
        if again or self.frame_step != self.loop.step:
            yield from self._frame(sure or again)

    def _frame(self, sure: bool) -> Iterator[Frame]:
        if self.probe is not None and self.control is not None and (sure or self.control.wants_frames()):
            self.frame_step = self.loop.step
            yield self.probe.frame(self.loop.weights, self.loop.step, self.loop.epoch)

    def _last_pictures(self) -> Said:
        return self._frame(sure=True)

    def _end(self, reason: str) -> Iterator[Event | Frame]:
        """The result on the whole sets; after a stop, where that would take long, the newest figures."""
        yield from self._picture(sure=True)
        rate, weights = self.loop.regularization_rate, self.loop.weights
        dear = self.spec.parameters * (self.data.n_train + self.data.n_test) > CHEAP
        if reason == "stopped" and dear:
            loss, accuracy, test = self.row.loss, self.row.accuracy, None
        else:
            loss, accuracy = self._evaluate("train", weights, rate)
            test = None
            if self.data.n_test:
                test = evaluation(*self._evaluate("test", weights, rate), self.data.n_test)
        yield self._result(reason, {"loss": loss, "accuracy": accuracy}, test)

    def _edit(self, command: Edit) -> Said:
        weights = self.loop.weights
        dense = -1
        for layer, arrays in of_layers(self.spec, weights):
            dense += layer.kind == "dense"
            if layer.kind != "dense" or dense != command.layer:
                continue
            kernel, bias = arrays
            if command.column < layer.units and (command.what == "bias" or command.row < layer.inputs):
                if command.what == "bias":
                    bias[command.column] = command.value
                else:
                    kernel[command.row, command.column] = command.value
                self.loop.weights = weights
                yield from self._picture(again=True)
                return
            shape = (layer.inputs, layer.units)
            yield Status(self._status, {"error": f"edit: the {layer.name}'s kernel has (rows, columns) {shape}"})
            return
        yield Status(self._status, {"error": f"edit.layer: allowed are 0 to {dense}"})

    def _measure(self) -> Metrics:
        rate, weights = self.loop.regularization_rate, self.loop.weights
        loss, accuracy = self._evaluate("train", weights, rate)
        val_loss, val_accuracy = None, None
        if self.data.n_validation:
            val_loss, val_accuracy = self._evaluate("validation", weights, rate)
        self.row = Metrics(
            epoch=self.loop.epoch, step=self.loop.step, loss=loss, accuracy=accuracy, val_loss=val_loss,
            val_accuracy=val_accuracy, penalty=penalty(self.spec, weights, rate), learning_rate=self.loop.rate,
            seconds=self.seconds, epoch_end=self._epoch_ended,
        )  # fmt: skip
        return self.row

    def _evaluate(self, split: Split, weights: list[Array], rate: float, rows: int | None = None) -> Score:
        return evaluate(self.spec, weights, self._input(split)[:rows], self.data.labels(split)[:rows], rate)
