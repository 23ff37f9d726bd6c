"""One training, from the untrained network to its result."""

from __future__ import annotations

import math
import time

import numpy as np

from nnviz.control import Command, Control, Edit, Set
from nnviz.course import Course, Emitted
from nnviz.data import Dataset
from nnviz.events import Diverged, Finished, Status
from nnviz.loops.loop import LIMIT, Chunk
from nnviz.models.weights import Array
from nnviz.spec import RunSpec
from nnviz.stopping import StopRules, broken_layer, divergence_advice
from nnviz.training.chunks import Chunks
from nnviz.training.image_rows import ImageRows
from nnviz.training.images import ImagePictures
from nnviz.training.late import LateCommands
from nnviz.training.learner import Learner
from nnviz.training.pictures import Pictures
from nnviz.training.points import PointPictures, PointRows
from nnviz.training.resume import FORKED, Resume, state_frame
from nnviz.training.rows import Rows

MAX_STEPS = 2**31 - 1
"""The loops count in 32 bits: two hours and a half of the fastest network."""
PATIENCE = 1.0
"""Seconds after a stop in which the last frames are completed."""


class Run:
    """The learner does chunks of steps; between them the course obeys commands, and rows and pictures are emitted."""

    def __init__(
        self,
        spec: RunSpec,
        control: Control | None,
        data: Dataset,
        weights: list[Array],
        resume: Resume | None = None,
        epochs: float | None = None,
    ) -> None:
        self.spec, self.control, self.resumed = spec, control, resume
        self.epochs = spec.training.epochs if epochs is None else epochs
        self.rules = StopRules(spec)
        if resume is not None and resume.reason == "target":
            self.rules.target = None  # it is reached; who goes on wants more
        self.learner = Learner(spec, data, weights)
        self.course = Course(self, control)
        self.late = LateCommands(self.course)
        self.chunks = Chunks(self.learner, self.course, control is not None and not self.rules.any)
        self.rows: Rows
        self.pictures: Pictures
        if data.is_image:
            self.rows = rows = ImageRows(self.learner, control is not None)
            self.pictures = Pictures(rows) if control is None else ImagePictures(rows, self.course, self.chunks)
        else:
            self.rows = PointRows(self.learner)
            self.pictures = (
                Pictures(self.rows) if control is None else PointPictures(self.rows, self.course, self.chunks)
            )

    def events(self) -> Emitted:
        try:
            yield from self._begin()
            last = self.learner.loop.last = int(min(self.epochs * self.learner.loop.steps_per_epoch, MAX_STEPS))
            reason: str | None = None
            while reason is None:
                yield from self.course.listen(self.chunks.delay)
                if self.course.stopped:
                    reason = "stopped"
                    break
                chunk = self.chunks.advance(last)
                self.pictures.follow()
                if chunk.bad is not None:
                    yield from self._diverged(chunk)
                    return
                yield from self.course.arrived() if self.course.arriving else self.pictures.due()
                reason = self._stop_reason(last)
            yield from self._end(reason)
        finally:
            self.pictures.close()

    def _begin(self) -> Emitted:
        """The untrained network; or the loop where the run was left."""
        resume = self.resumed
        if resume is None:
            yield from self.pictures.untrained()
            yield self.rows.untrained()
            self.learner.build()
        else:
            self.rows.row, self.rows.emitted = resume.row, resume.row.step
            self.learner.build(resume)
            self.pictures.take_up(resume)
            self.pictures.follow()
            if resume.reason == FORKED:
                yield from self.pictures.forked(resume)
            if resume.forgetful and self.spec.training.optimizer.memory():
                words = (
                    "The weights go on; what the optimiser remembered of earlier steps was not kept, it begins anew."
                )
                yield Status("paused" if self.course.paused else "running", {"message": words})
        yield from self.course.begin()

    def _stop_reason(self, last: int) -> str | None:
        if not self.learner.epoch_ended:
            return None
        if self.rules.any:
            row = self.rows.row if self.rows.whole else self.rows.measure()
            if (reason := self.rules.reason(row)) is not None:
                return reason
        return "epochs" if self.step >= last else None

    # ------------------------------------------------------------------ what the course asks

    @property
    def step(self) -> int:
        return self.learner.loop.step

    def unit_end(self, done: int, n: int) -> int:
        epoch = self.learner.loop.steps_per_epoch
        return (done // epoch + n) * epoch

    @property
    def unfinished(self) -> bool:
        return self.pictures.unfinished

    def rest(self) -> Emitted:
        return self.pictures.rest()

    def more(self) -> Emitted:
        return self.pictures.more()

    def other(self, command: Command) -> Emitted:
        if isinstance(command, Edit):
            yield from self._edit(command)
            return
        if not isinstance(command, Set):
            yield Status(self.course.status, {"error": f"{command.do}: a training has one network, and no other part"})
            return
        loop = self.learner.loop
        if command.learning_rate is not None:
            loop.learning_rate = command.learning_rate
        if command.speed is not None:
            self.course.speed, self.chunks.frame_left = command.speed, 0
        if command.regularization_rate is not None:
            loop.regularization_rate = command.regularization_rate
            yield self.rows.tell()
        yield Status(self.course.status, command.model_dump(exclude={"do"}, exclude_none=True))

    def _edit(self, command: Edit) -> Emitted:
        fault: str | None = "edit: only a playground's network can be changed weight by weight"
        if not self.learner.data.is_image:
            fault = self.learner.edit(**command.model_dump(exclude={"do"}))
        if fault is not None:
            yield Status(self.course.status, {"error": fault})
        else:
            yield from self.pictures.again()

    # ------------------------------------------------------------------ the ends

    def _diverged(self, chunk: Chunk) -> Emitted:
        """The last finite network, then what broke and what to try."""
        assert chunk.bad is not None
        loop = self.learner.loop
        row = self.rows.measure()
        if np.isfinite(row.loss):
            yield row
        self.rows.emitted = loop.step
        yield from self.pictures.rest()
        yield from self._complete(PATIENCE)
        self.pictures.close()
        layer = broken_layer(self.spec, chunk.bad, LIMIT)
        epoch = chunk.bad_step / loop.steps_per_epoch
        advice, _ = divergence_advice(self.spec, loop.rate, loop.regularization_rate)
        message = f"In epoch {math.ceil(epoch)} the weights of the {layer} stopped being finite numbers. {advice}"
        yield Diverged(epoch=epoch, step=chunk.bad_step, layer=layer, message=message)

    def _end(self, reason: str) -> Emitted:
        """All pictures, complete; the result, and before it what the run needs should it be taken up again."""
        yield from self.pictures.rest()
        yield from self._complete(PATIENCE if self.course.stopped else math.inf)
        result = self.rows.result(self.late.given_up)
        self.pictures.close()
        yield from self.late.answer()
        loop = self.learner.loop
        if self.control is not None:
            yield state_frame(loop.step, loop.epoch, loop.checkpoint(), self.pictures.curves())
        yield Finished(
            reason=reason, epochs=loop.epoch, steps=loop.step, seconds=self.learner.seconds,
            parameters=self.spec.parameters, **result,
        )  # fmt: skip

    def _complete(self, patience: float) -> Emitted:
        """What the pictures left out because it takes long, for so many seconds at most."""
        end = time.perf_counter() + patience
        while self.pictures.unfinished and time.perf_counter() < end:
            yield from self.pictures.more()
            if self.late.given_up():
                end = min(end, time.perf_counter() + PATIENCE)
