"""A run on images: pictures of the network, its mistakes and its layers, each made as often as its credit allows.

Ten thousand test images or a large network's weights cost more than a playground's frame. So the pictures are made
one by one between chunks of steps, on a share of the training's time (nnviz/probes/schedule.py); where the run rests
they are all made, complete.
"""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from nnviz.control import Control, Edit
from nnviz.data import Dataset
from nnviz.data.dataset import Split
from nnviz.events import Frame, Metrics, Status
from nnviz.models.forward import predict
from nnviz.models.losses import decisions, losses, penalty, targets
from nnviz.models.weights import Array
from nnviz.probes import Predictions, Statistics, filters_frame, judge, weights_frame
from nnviz.probes.schedule import Job, Schedule
from nnviz.probes.weights import weights_interval
from nnviz.spec import RunSpec
from nnviz.stopping import evaluation
from nnviz.training.run import CHUNK_SECONDS, Run, Said

VIEWS = ("filters", "predictions", "statistics", "weights")
CHEAP = 1e9
"""Multiply-adds that the untrained network's evaluation in NumPy may cost: 0.05 s."""
SLICE, LONGEST_SLICE = 0.003, 0.02
"""Seconds of evaluating predictions, at least and at most, for a frame while training goes on."""
OFTEN, SELDOM = 0.1, 0.4
"""Seconds between two frames of a view that is watched like a film, and of one that is a curve."""
PATIENCE = 1.0
"""Seconds after a stop in which the last predictions are completed."""
BLOCK = 8192
"""Training images that the result's evaluation takes at a time: a stop waits no longer."""


class ImageRun(Run):
    def __init__(self, spec: RunSpec, control: Control | None, data: Dataset, weights: list[Array]) -> None:
        super().__init__(spec, control, data, weights)
        self.network_judge = judge(spec, lambda x: self.loop.predict(x))
        self._shown = dict.fromkeys(VIEWS, 0)  # step of the newest frame
        self._between_weights = weights_interval(weights)  # seconds
        self.schedule = Schedule({
            "filters": Job(OFTEN),
            "predictions": Job(OFTEN, cost=SLICE, most=LONGEST_SLICE),
            "statistics": Job(SELDOM),
            "validation": Job(SELDOM, cost=data.n_validation * spec.multiply_adds / CHEAP * CHUNK_SECONDS),
            "weights": Job(max(OFTEN, self._between_weights)),
        })  # fmt: skip
        self._copied: tuple[int, list[Array]] = (0, weights)
        self._row_time = 0.0
        self._earned = 0.0  # seconds of training that the schedule knows of
        self._warm = False
        if control is not None:
            self.predictions = Predictions(spec, data)
            self.statistics = Statistics(spec, data)

    # ------------------------------------------------------------------ what is shown, and when

    def _untrained(self) -> Said:
        few = max(1, int(CHEAP / self.spec.multiply_adds))
        rate = self.spec.network.regularizer.rate
        punished = penalty(self.spec, self.weights, rate)
        if self.control is not None:
            by_numpy = judge(self.spec, lambda x: predict(self.spec, self.weights, x))
            self.predictions.advance(by_numpy, 0, images=max(few // 2, 50))
            yield self.predictions.frame(0, 0.0, 0.0, punished)
            self.statistics.add(self.weights, 0, 0.0, rate)
            yield self.statistics.frame()

        def score(split: Split) -> tuple[float, float]:
            x = self.data.inputs(split, slice(few))
            return self._score(split, *predict(self.spec, self.weights, x), punished)

        loss, accuracy = score("train")
        val_loss, val_accuracy = score("validation") if self.data.n_validation else (None, None)
        self.row = Metrics(
            epoch=0.0, step=0, loss=loss, accuracy=accuracy, val_loss=val_loss, val_accuracy=val_accuracy,
            penalty=punished, learning_rate=self.spec.training.optimizer.learning_rate,
            seconds=0.0, epoch_end=False,
        )  # fmt: skip
        yield self.row

    def _due(self) -> Said:
        self.schedule.earn(self.seconds - self._earned)
        self._earned = self.seconds
        if not self._paced:
            yield from self._serve()
        elif self.frame_left <= 0:
            self.frame_time = time.perf_counter()
            yield from self._pictures(min(CHUNK_SECONDS, self._interval / 2))
        if self._slow_epoch_ended and self.told != self.loop.step:
            yield self._tell()
        elif self._epoch_ended and self.rules.any:
            self._measure()

    def _serve(self) -> Said:
        """A row at every frame's time, and what is due and paid for."""
        assert self.control is not None
        now, interval = time.perf_counter(), max(1 / self.speed.fps, CHUNK_SECONDS)
        if now - self._row_time >= interval:
            self._row_time = now
            yield self._tell(validate=self._slow_epoch_ended)
        if self.data.n_validation and self.schedule.jobs["validation"].cost <= CHUNK_SECONDS:
            self.schedule.wish("validation")
        if self.control.wants_frames():
            self._warm_up()
            self.schedule.wish(*VIEWS)
            self.schedule.jobs["predictions"].cost = max(SLICE, self.predictions.least)
            now = time.perf_counter()
        while (name := self.schedule.next(now, interval)) is not None:
            began = time.perf_counter()
            if name == "validation":
                yield self._tell(validate=True)
            else:
                yield self._frame(name, self.schedule.jobs[name].credit)
            self.schedule.done(name, time.perf_counter() - began, now)

    def _frame(self, view: str, seconds: float) -> Frame:
        """One view, now; of predictions as many as are thought to take so many seconds."""
        step, epoch = self.loop.step, self.loop.epoch
        self._shown[view] = step
        if view == "predictions":
            self.predictions.advance(self.network_judge, step, seconds=seconds)
            return self.predictions.frame(step, epoch, self.seconds, self._penalty())
        if view == "statistics":
            self.statistics.add(self._now(), step, epoch, self.loop.regularization_rate)
            return self.statistics.frame()
        return (filters_frame if view == "filters" else weights_frame)(self.spec, self._now(), step, epoch)

    def _pictures(self, seconds: float, sure: bool = False) -> Said:
        """A row and every picture of this step that has not been shown. `sure`: though nobody looks now."""
        unvalidated = sure and self._epoch_ended and self.data.n_validation > 0 and self.row.val_loss is None
        if self.told != self.loop.step or unvalidated:
            yield self._tell()
        if self.control is None or not (sure or self.control.wants_frames()):
            return
        self._warm_up()
        now = time.perf_counter()
        for view in VIEWS:
            shown = self._complete if view == "predictions" else self._shown[view] == self.loop.step
            job = self.schedule.jobs[view]
            early = view == "weights" and not sure and now - job.last < job.interval
            if not shown and not early:
                yield self._frame(view, seconds)
                self.schedule.made(view, now)

    def _rest(self) -> Said:
        return self._pictures(CHUNK_SECONDS, sure=True)

    @property
    def _complete(self) -> bool:
        return self.control is None or self.predictions.stale(self.loop.step) == 0

    def _more(self) -> Said:
        yield self._frame("predictions", CHUNK_SECONDS)

    def _warm_up(self) -> None:
        """What the first call of `predict` costs goes on nobody's account."""
        if not self._warm:
            self.predictions.warm_up(self.network_judge)
            self._warm = True

    # ------------------------------------------------------------------ numbers

    @property
    def _slow_epoch_ended(self) -> bool:
        """Its end is always a row, with the validation set; quick epochs have these where they are due."""
        return self._epoch_ended and self.loop.steps_per_epoch > self.chunk

    def _tell(self, validate: bool | None = None) -> Metrics:
        self.told = self.loop.step
        return self._measure(validate)

    def _measure(self, validate: bool | None = None) -> Metrics:
        """Running means of the epoch, as Keras's fit reports them; and the validation set, unless said at its end."""
        loss, accuracy = self.loop.running if self.loop.step > 0 else (self.row.loss, self.row.accuracy)
        val_loss, val_accuracy = None, None
        if self.data.n_validation and (self._epoch_ended if validate is None else validate):
            val_loss, val_accuracy = self._evaluate("validation")
        self.row = Metrics(
            epoch=self.loop.epoch, step=self.loop.step, loss=loss, accuracy=accuracy, val_loss=val_loss,
            val_accuracy=val_accuracy, penalty=self._penalty(), learning_rate=self.loop.rate, seconds=self.seconds,
            epoch_end=self._epoch_ended,
        )  # fmt: skip
        return self.row

    def _evaluate(self, split: Split) -> tuple[float, float]:
        return self._score(split, *self.loop.predict(self._input(split)), self._penalty())

    def _score(self, split: Split, outputs: Array, logits: Array, punished: float) -> tuple[float, float]:
        """(mean loss with penalty, accuracy) of a split's first images, of which these are outputs and logits."""
        labels = self.data.labels(split)[: len(outputs)]
        loss = float(losses(self.spec, targets(self.spec, labels), outputs, logits).mean())
        accuracy = float((decisions(self.spec, outputs) == labels).mean())
        return loss + punished, accuracy

    def _penalty(self) -> float:
        if self.spec.network.regularizer.name == "none":
            return 0.0
        return penalty(self.spec, self._now(), self.loop.regularization_rate)

    def _now(self) -> list[Array]:
        """The weights of this step, copied once for all that look at them."""
        if self._copied[0] != self.loop.step:
            self._copied = (self.loop.step, self.loop.weights)
        return self._copied[1]

    # ------------------------------------------------------------------ commands and ends

    def _edit(self, command: Edit) -> Said:  # noqa: ARG002  (the signature that all runs share)
        yield Status(self._status, {"error": "edit: only a playground's network can be changed weight by weight"})

    def _last_pictures(self) -> Said:
        yield from self._rest()
        yield from self._complete_predictions(PATIENCE)

    def _end(self, reason: str) -> Said:
        """All pictures, complete; the result on the whole sets, or, after a stop, what is known already."""
        yield from self._rest()
        yield from self._complete_predictions(PATIENCE if self.stopped else math.inf)
        test = self._tested()
        loss, accuracy = self._trained()
        yield self._result(reason, {"loss": loss, "accuracy": accuracy}, test)

    def _complete_predictions(self, patience: float) -> Said:
        end = time.perf_counter() + patience
        while not self._complete and time.perf_counter() < end:
            yield from self._more()
            if self._given_up():
                end = min(end, time.perf_counter() + PATIENCE)

    def _given_up(self) -> bool:
        """Whether a stop has come, if only after the last step: what is left to be evaluated is left."""
        if self.control is not None and any(command.get("do") == "stop" for command in self.control.poll()):
            self.stopped = True
        return self.stopped

    def _tested(self) -> dict[str, Any] | None:
        """What the result says of the test set; None where there is none, or no time for it."""
        if not self.data.n_test:
            return None
        if self.control is None or (not self.stopped and not self.predictions.whole):
            return evaluation(*self._evaluate("test"), self.data.n_test)
        if self.predictions.split != "test" or not (self._complete and self.predictions.whole):
            return None
        loss, accuracy, _ = self.predictions.score()
        return evaluation(loss + self._penalty(), accuracy, self.data.n_test)

    def _trained(self) -> tuple[float, float]:
        """(loss, accuracy) on all training images; the newest running means after a stop, where they are many."""
        n, found = self.data.n_train, []
        if self.stopped and n * self.spec.multiply_adds > 2 * CHEAP:
            return self.row.loss, self.row.accuracy or 0.0
        for start in range(0, n, BLOCK):
            found.append(self.loop.predict(self.data.inputs("train", slice(start, start + BLOCK))))
            if start + BLOCK < n and self._given_up():
                return self.row.loss, self.row.accuracy or 0.0
        outputs, logits = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return self._score("train", outputs, logits, self._penalty())
