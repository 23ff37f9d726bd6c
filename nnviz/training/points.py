"""A training on samples in the plane, as the playground shows it: all that is shown is recomputed at every frame."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from nnviz.course import Course, Emitted
from nnviz.data.dataset import Split
from nnviz.models.metrics import Score, evaluate
from nnviz.probes import NetworkProbe, data_frame
from nnviz.stopping import evaluation
from nnviz.training.chunks import Chunks
from nnviz.training.pictures import Pictures
from nnviz.training.resume import Resume
from nnviz.training.rows import Result, Rows


class PointRows(Rows):
    """Of the network as it is, on all samples."""

    cheap = 4e9

    def validates(self) -> bool:
        return True

    def train(self) -> tuple[Score, dict[str, Any]]:
        return self.score("train"), {}

    def score(self, split: Split) -> Score:
        learner = self.learner
        return evaluate(
            learner.spec, learner.weights, learner.input(split), learner.data.labels(split),
            learner.loop.regularization_rate,
        )  # fmt: skip

    def result(self, given_up: Callable[[], bool]) -> Result:
        data = self.learner.data
        if self.learner.spec.parameters * len(data.y) > self.cheap and given_up():
            return {"train": {"loss": self.row.loss, "accuracy": self.row.accuracy}, "validation": None, "test": None}
        loss, accuracy = self.score("train")
        validation = evaluation(*self.score("validation"), data.n_validation) if data.n_validation else None
        test = evaluation(*self.score("test"), data.n_test) if data.n_test else None
        return {"train": {"loss": loss, "accuracy": accuracy}, "validation": validation, "test": test}


class PointPictures(Pictures):
    """A row and a frame of the view "network" at every frame's time."""

    def __init__(self, rows: Rows, course: Course, chunks: Chunks) -> None:
        super().__init__(rows)
        self.course, self.chunks = course, chunks
        self.probe = NetworkProbe(self.learner.spec, self.learner.data)
        self.shown = 0  # step of the newest frame

    def take_up(self, resume: Resume) -> None:
        self.shown = resume.row.step

    def untrained(self) -> Emitted:
        yield data_frame(self.learner.spec, self.learner.data)
        yield self.probe.frame(self.learner.start, 0, 0.0)

    def due(self) -> Emitted:
        course, interval = self.course, self.course.interval
        if self.chunks.frame_left <= 0 if course.paced else course.until_frame(interval) <= 0.1 * interval:
            course.frame_time = time.perf_counter()
            yield from super().rest()
            if course.wants_frames:
                yield from self._frame()
            course.frame_cost = time.perf_counter() - course.frame_time
        elif self.chunks.slow_epoch_ended:
            yield self.rows.tell()

    def rest(self) -> Emitted:
        yield from super().rest()
        yield from self._frame()

    def again(self) -> Emitted:
        yield self.rows.tell()
        self.shown = -1
        yield from self._frame()

    def forked(self, resume: Resume) -> Emitted:
        row = self.rows.measure()
        if not math.isclose(row.loss, resume.row.loss, rel_tol=1e-4):  # else the parent's row of this step is true
            yield row
        self.shown = -1
        yield from self._frame()

    def _frame(self) -> Emitted:
        if self.shown != self.learner.loop.step:
            self.shown = self.learner.loop.step
            yield self.probe.frame(self.learner.weights, self.shown, self.learner.loop.epoch)
