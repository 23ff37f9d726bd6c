"""What a training on images shows: its network, its mistakes and its layers, each as often as its credit allows.

Ten thousand test images or a large network's weights cost more than a playground's frame. Where the training leaves a
core idle, a thread makes the frames there (nnviz/training/beside.py), from a copy of the weights. Else they are made
one by one between chunks of steps, on a share of the training's time (nnviz/probes/schedule.py), and the test images
are evaluated on a share of their own: as many of them as that allows, at one step. Where the run rests all frames are
made, of all images.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from nnviz.course import CHUNK_SECONDS, Course, Emitted
from nnviz.events import Frame
from nnviz.models.metrics import penalty
from nnviz.models.weights import Array
from nnviz.probes import Statistics, filters_frame, weights_frame
from nnviz.probes.schedule import Job, Schedule
from nnviz.probes.weights import weights_interval
from nnviz.training.beside import Beside, leaves_a_core
from nnviz.training.chunks import Chunks
from nnviz.training.image_rows import ImageRows
from nnviz.training.pictures import Pictures
from nnviz.training.resume import Resume

VIEWS = ("filters", "predictions", "statistics", "weights")
SCHEDULED = ("filters", "statistics", "weights")
"""Those that `Schedule` makes; predictions have an account of their own."""
SHARE = 0.02
"""Of the wall time, while training goes at full speed, for these."""
PACED = 0.02
"""Seconds of evaluating predictions for a frame at a pace."""
OFTEN, SELDOM = 0.1, 0.4
"""Seconds between two frames of a view that is watched like a film, and of a view that is a curve."""


class _Moment(NamedTuple):
    """What a frame tells of its step beside the weights. rate: the regulariser's; train: how the training goes."""

    step: int
    epoch: float
    seconds: float
    penalty: float
    rate: float
    train: dict[str, Any]


class ImagePictures(Pictures):
    rows: ImageRows

    def __init__(self, rows: ImageRows, course: Course, chunks: Chunks) -> None:
        super().__init__(rows)
        assert rows.evaluations is not None
        assert rows.recent is not None
        self.course, self.chunks, self.evaluations, self.recent = course, chunks, rows.evaluations, rows.recent
        spec, data = self.learner.spec, self.learner.data
        self.statistics = Statistics(spec, data)
        self._shown = dict.fromkeys(VIEWS, 0)  # step of the newest frame
        self._shown_at = dict.fromkeys(VIEWS, -math.inf)  # its time; of predictions also without a frame
        self._between_weights = weights_interval(self.learner.start)  # seconds
        self._seldom = self.evaluations.between(watched=False)
        self.schedule = Schedule({
            "filters": Job(OFTEN),
            "statistics": Job(SELDOM),
            "validation": Job(self._seldom, cost=data.n_validation * spec.multiply_adds / rows.cheap * CHUNK_SECONDS),
            "weights": Job(max(OFTEN, self._between_weights)),
        }, SHARE)  # fmt: skip
        self.beside = Beside() if leaves_a_core(spec) else None
        self._waiting: deque[Callable[[], list[Frame]]] = deque(maxlen=1)  # the end of an epoch, to be evaluated beside
        self._row_time = 0.0
        self._earned = 0.0  # seconds of training that the schedule knows of

    def curves(self) -> tuple[dict[str, Any], dict[str, Array]]:
        measured, arrays = self.statistics.course
        predictions, recent = self.evaluations.predictions.course, self.recent.course
        return {"predictions": predictions, "statistics": measured, "recent": recent}, arrays

    def take_up(self, resume: Resume) -> None:
        self._shown = dict.fromkeys(VIEWS, resume.row.step)
        self._earned = self.learner.seconds
        if resume.curves is not None:
            curves = resume.curves.meta["curves"]
            self.evaluations.predictions.go_on(curves["predictions"])
            self.statistics.go_on(curves["statistics"], resume.curves.arrays)
            self.recent.go_on(curves["recent"])

    def untrained(self) -> Emitted:
        spec, start = self.learner.spec, self.learner.start
        rate, few = spec.network.regularizer.rate, int(self.rows.cheap / spec.multiply_adds)
        moment = _Moment(0, 0.0, 0.0, penalty(spec, start, rate), rate, {})
        self.evaluations.by_numpy(start, 0, max(few // 2, 50))
        yield self.evaluations.predictions.frame(0.0, 0.0, moment.penalty)
        yield self._draw("statistics", start, moment)

    # ------------------------------------------------------------------ while it trains

    def follow(self) -> None:
        self.recent.add(self.learner.loop.step, self.learner.loop.sums)

    def due(self) -> Emitted:
        self.schedule.earn(self.learner.seconds - self._earned)
        self._earned = self.learner.seconds
        if self.course.paced:
            yield from self._at_a_pace()
        else:
            yield from self._at_full_speed()
        if self.chunks.slow_epoch_ended and self.rows.emitted != self.learner.loop.step:
            yield self.rows.tell()

    def _at_a_pace(self) -> Emitted:
        yield from self._drain()
        if self.chunks.frame_left <= 0:
            self.course.frame_time = time.perf_counter()
            yield from self._row()
            if self.course.wants_frames:
                yield from self._frames(min(PACED, self.course.interval / 4))
        elif time.perf_counter() - self._shown_at["predictions"] >= self._seldom and self.course.wants_frames:
            yield from self._evaluate(PACED)  # a frame may be a minute of training

    def _at_full_speed(self) -> Emitted:
        """A row at every frame's time, and what is due and paid for."""
        now, interval = time.perf_counter(), max(1 / self.course.speed.fps, CHUNK_SECONDS)
        slow_epoch_ended, wanted = self.chunks.slow_epoch_ended, self.course.wants_frames
        if now - self._row_time >= interval:
            self._row_time = now
            yield self.rows.tell(validate=slow_epoch_ended)
        if self.beside is not None:
            yield from self._serve_beside(self.beside, now, wanted)
        elif self.evaluations.due(now - self._shown_at["predictions"], wanted):
            yield from self._evaluate(self.evaluations.seconds)
        # Slow epochs have the validation set in the row at their end, and in the frames between.
        quick = self.learner.data.n_validation and self.learner.loop.steps_per_epoch <= self.chunks.size
        if quick and self.schedule.jobs["validation"].cost <= CHUNK_SECONDS:
            self.schedule.wish("validation")
        if self.beside is None and wanted:
            self.schedule.wish(*SCHEDULED)
        while (name := self.schedule.next(now, interval)) is not None:
            began = time.perf_counter()
            yield self.rows.tell(validate=True) if name == "validation" else self._frame(name)
            self.schedule.done(name, time.perf_counter() - began, now)

    def _serve_beside(self, beside: Beside, now: float, wanted: bool) -> Emitted:
        """What the thread has made since, and its next job: the views that are due, all of this step."""
        yield from beside.take()
        long_epoch_ended = self.evaluations.long_epoch_ended
        if long_epoch_ended:
            yield from self._row()
            if not beside.free(now):
                self._waiting.append(self._job(("predictions",), wanted))
        if not beside.free(now):
            return
        if self._waiting:
            beside.begin(self._waiting.popleft())
            return
        every = {
            "filters": OFTEN, "predictions": self.evaluations.between(wanted), "statistics": SELDOM,
            "weights": max(OFTEN, self._between_weights),
        }  # fmt: skip
        views = tuple(
            view
            for view in (VIEWS if wanted else ("predictions",))
            if now - self._shown_at[view] >= every[view] or (view == "predictions" and long_epoch_ended)
        )
        if views:
            yield from self._row(validate=self.chunks.slow_epoch_ended)
            self._shown_at |= dict.fromkeys(views, now)
            beside.begin(self._job(views, wanted))

    def _job(self, views: tuple[str, ...], wanted: bool) -> Callable[[], list[Frame]]:
        """To make these views of the network as it is now, by whichever thread."""
        weights, moment = self.learner.weights, self._moment()

        def make() -> list[Frame]:
            if "predictions" in views:
                self.evaluations.by_numpy(weights, moment.step)
            frames = [self._draw(view, weights, moment) for view in views]
            return frames if wanted else []  # what nobody looks at has gone down in the history

        return make

    def _evaluate(self, seconds: float) -> Emitted:
        """Predictions at this step, of as many images as are thought to take so long, with the row of this step."""
        yield from self._row(validate=self.chunks.slow_epoch_ended)
        self.evaluations.within(seconds)
        before, frame = self._shown["predictions"], self._frame("predictions")
        if self.course.wants_frames:
            yield frame
        else:  # it has gone down in the history
            self._shown["predictions"] = before

    def _frames(self, seconds: float) -> Emitted:
        """Those of this step that have not been shown; weights not too often, predictions within so many seconds."""
        now, step = time.perf_counter(), self.learner.loop.step
        for view in VIEWS:
            if self._shown[view] == step or (view == "weights" and now - self._shown_at[view] < self._between_weights):
                continue
            if view == "predictions":
                yield from self._evaluate(seconds)
            else:
                yield self._frame(view)

    # ------------------------------------------------------------------ where it rests

    def rest(self) -> Emitted:
        yield from self._drain()
        if self.learner.epoch_ended and not self.rows.whole:
            yield self.rows.tell()
        yield from self._row()
        self.evaluations.warm_up()
        for view in VIEWS:
            shown = self._shown[view] == self.learner.loop.step
            if view == "predictions" and (self.unfinished or not shown):
                yield from self.more()
            elif not shown:
                yield self._frame(view)

    @property
    def unfinished(self) -> bool:
        return self.evaluations.unfinished

    def more(self) -> Emitted:
        self.evaluations.go_on()
        yield self._frame("predictions")

    def close(self) -> None:
        if self.beside is not None:
            self.beside.close()
            self.beside = None

    def _drain(self) -> Emitted:
        """What is being made beside the training, before anybody else makes frames."""
        if self.beside is not None:
            yield from self.beside.take(wait=True)
            while self._waiting:
                self.beside.begin(self._waiting.popleft())
                yield from self.beside.take(wait=True)

    # ------------------------------------------------------------------ one row, one frame

    def _row(self, validate: bool | None = None) -> Emitted:
        """Of this step, if it has not been emitted yet."""
        if self.rows.emitted != self.learner.loop.step:
            yield self.rows.tell(validate)

    def _moment(self) -> _Moment:
        learner, row = self.learner, self.rows.row
        train = {"loss": row.recent_loss, "accuracy": row.recent_accuracy, "samples": self.recent.window}
        loop = learner.loop
        return _Moment(loop.step, loop.epoch, learner.seconds, learner.penalty, loop.regularization_rate, train)

    def _frame(self, view: str) -> Frame:
        """One view, now."""
        self._shown[view], self._shown_at[view] = self.learner.loop.step, time.perf_counter()
        return self._draw(view, self.learner.weights, self._moment())

    def _draw(self, view: str, weights: list[Array], moment: _Moment) -> Frame:
        """One view of these weights; predictions as far as they are known."""
        step, epoch, seconds, punished, rate, train = moment
        if view == "predictions":
            return self.evaluations.predictions.frame(epoch, seconds, punished, train)
        if view == "statistics":
            self.statistics.add(weights, step, epoch, rate)
            return self.statistics.frame()
        return (filters_frame if view == "filters" else weights_frame)(self.learner.spec, weights, step, epoch)
