"""The course of a run, whatever it learns: chunks of steps, commands between them, the pace of frames, the ends."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import ValidationError

from nnviz.control import Control, Edit, Pause, Play, Set, Speed, Step, Stop, parse_command
from nnviz.data import Dataset
from nnviz.data.dataset import Split
from nnviz.events import Diverged, Event, Finished, Frame, Metrics, Status
from nnviz.models.loop import LIMIT, Chunk, Loop, training_loop
from nnviz.models.losses import targets
from nnviz.models.weights import Array
from nnviz.spec import RunSpec, explain
from nnviz.stopping import StopRules, broken_layer, divergence_advice

Said = Iterator[Event | Frame]
CHUNK_SECONDS = 0.05
"""A pause, a stop or the next frame never waits longer than one chunk."""
WARM_UP_STEPS = 50
"""A frame's worth of steps while XLA compiles at full speed: the first epochs are the ones worth seeing."""


class Run(ABC):
    """One run's state and its loop. What is measured and shown, and when, is the subclass's."""

    loop: Loop
    row: Metrics  # the newest

    def __init__(self, spec: RunSpec, control: Control | None, data: Dataset, weights: list[Array]) -> None:
        self.spec, self.control, self.data, self.weights = spec, control, data, weights
        self.rules = StopRules(spec)
        self.speed = Speed()
        self.paused = self.stopped = False
        self.until: int | None = None  # the step at which a `step` command is done
        self.seconds = 0.0  # of training
        self.chunk = 8  # steps of the next chunk, adapted
        self.frame_left = 0  # steps to the next frame, when paced
        self.frame_time = 0.0
        self.frame_cost = 0.0  # seconds that the last one took, its metrics included
        self.told = 0  # the step of the newest metrics that were said
        self._inputs: dict[str, Array] = {}

    # ------------------------------------------------------------------ what a run measures and shows

    @abstractmethod
    def _untrained(self) -> Said:
        """The network of the start weights, without TensorFlow: pictures, and the first row, which is kept."""

    @abstractmethod
    def _measure(self) -> Metrics:
        """The metrics now, kept as the newest row."""

    @abstractmethod
    def _due(self) -> Said:
        """After a chunk, under a control: the metrics and pictures whose time has come."""

    @abstractmethod
    def _rest(self) -> Said:
        """Metrics and pictures of the step at which the run comes to rest; who comes later is shown these."""

    def _more(self) -> Said:
        """At rest: a piece of what `_rest` left out because it would have taken long."""
        return iter(())

    @property
    def _complete(self) -> bool:
        """Whether `_more` has nothing to do."""
        return True

    @abstractmethod
    def _edit(self, command: Edit) -> Said:
        """Change a weight by hand and show what comes of it, or say why not."""

    @abstractmethod
    def _end(self, reason: str) -> Said:
        """The last pictures, then the result."""

    # ------------------------------------------------------------------ the course of a run

    def events(self) -> Said:
        yield from self._untrained()
        self.loop = self._build()
        if self.control is not None:
            yield from self._obey(self.control.poll())
            if not self.paused and not self.stopped:
                yield Status("running")
        last = self.spec.training.epochs * self.loop.steps_per_epoch
        reason: str | None = None
        while reason is None:
            if self.control is not None:
                yield from self._listen(self.control)
            if self.stopped:
                reason = "stopped"
                break
            chunk = self._advance(last)
            if chunk.bad is not None:
                yield from self._diverged(chunk)
                return
            yield from self._report()
            if self._epoch_ended:
                reason = self._stop_reason(last)
        yield from self._end(reason)

    def _build(self) -> Loop:
        codes, y = self.data.codes("train"), targets(self.spec, self.data.labels("train"))
        x, mean = (self._input("train"), None) if codes is None else (codes, self.data.mean)
        return training_loop(self.spec, self.weights, x, y, mean=mean, accuracy=self.data.is_image)

    def _input(self, split: Split) -> Array:
        """What the network is fed of a split, computed once."""
        if split not in self._inputs:
            self._inputs[split] = self.data.inputs(split)
        return self._inputs[split]

    def _listen(self, control: Control) -> Said:
        """Obey what has come; wait while paused, while the next frame is not due, and while XLA still compiles."""
        yield from self._obey(control.poll())
        while not self.stopped:
            if self.paused and not self._complete:
                yield from self._more()
                yield from self._obey(control.poll())
            elif self.paused:
                yield from self._obey(control.wait(None))
            elif self.loop.busy():
                yield from self._obey(control.wait(0.01))
            elif self._paced and self.frame_left <= 0 and (rest := self._until_frame()) > 0:
                yield from self._obey(control.wait(rest))
            else:
                return

    def _advance(self, last: int) -> Chunk:
        """One chunk of steps."""
        began = time.perf_counter()
        if self._paced and self.frame_left <= 0:
            self.frame_left = self.speed.steps or WARM_UP_STEPS
        before = self.loop.step
        chunk = self.loop.run(self._steps(last))
        took = time.perf_counter() - began
        self.seconds += took
        self.frame_left -= chunk.steps
        if before > 0 and chunk.steps:  # the first call has traced the graph
            self.chunk = max(1, min(int(CHUNK_SECONDS * chunk.steps / took), self.chunk * 8))
        return chunk

    def _steps(self, last: int) -> int:
        """How many steps to do next; so that epochs' ends are met where something happens there."""
        step, epoch = self.loop.step, self.loop.steps_per_epoch
        until = last if self.until is None else min(last, self.until)
        if step < self.loop.handover:  # the step after it may have to wait for XLA, which `_listen` does
            until = min(until, self.loop.handover)
        if self._paced:
            until = min(until, step + self.frame_left)
        left = epoch - step % epoch
        if self.control is None or self.rules.any or self.chunk < left:
            return min(self.chunk, left, until - step)
        return min(left + (self.chunk - left) // epoch * epoch, until - step)

    def _report(self) -> Said:
        """Metrics and pictures, where they are due."""
        if self.until is not None and self.loop.step >= self.until:
            self.paused, self.until = True, None
            yield from self._rest()
            yield Status("paused")
        elif self.control is not None:
            yield from self._due()
        elif self._epoch_ended:
            yield self._tell()

    def _tell(self) -> Metrics:
        """The metrics now, to be said."""
        self.told = self.loop.step
        return self._measure()

    @property
    def _epoch_ended(self) -> bool:
        return self.loop.step > 0 and self.loop.step % self.loop.steps_per_epoch == 0

    # ------------------------------------------------------------------ commands

    def _obey(self, commands: list[dict[str, Any]]) -> Said:
        for value in commands:
            try:
                command = parse_command(value)
            except ValidationError as fault:
                yield Status(self._status, {"error": "; ".join(explain(fault))})
                continue
            if isinstance(command, Stop):
                self.stopped = True
            elif isinstance(command, Pause) and (not self.paused or self.until is not None):
                self.paused, self.until = True, None
                yield from self._rest()
                yield Status("paused")
            elif isinstance(command, Play):
                rested, self.paused, self.until = self._status == "paused", False, None
                if rested:
                    yield Status("running")
            elif isinstance(command, Step):
                unit = 1 if command.unit == "step" else self.loop.steps_per_epoch
                done = self.loop.step if self.until is None else self.until  # quick ones add up
                self.until, self.paused = (done // unit + command.n) * unit, False
            elif isinstance(command, Set):
                yield from self._set(command)
            elif isinstance(command, Edit):
                yield from self._edit(command)

    def _set(self, command: Set) -> Said:
        if command.learning_rate is not None:
            self.loop.learning_rate = command.learning_rate
        if command.speed is not None:
            self.speed, self.frame_left = command.speed, 0
        if command.regularization_rate is not None:
            self.loop.regularization_rate = command.regularization_rate
            yield self._tell()
        yield Status(self._status, command.model_dump(exclude={"do"}, exclude_none=True))

    # ------------------------------------------------------------------ pace

    @property
    def _warming_up(self) -> bool:
        return self.control is not None and self.speed.steps is None and self.loop.warming_up()

    @property
    def _paced(self) -> bool:
        """Whether a frame shows a fixed number of steps; a `step` command goes as fast as it can."""
        return self.until is None and (self.speed.steps is not None or self._warming_up)

    @property
    def _interval(self) -> float:
        """Seconds from frame to frame; where these are dear, half of the time is for training."""
        if self.speed.steps is not None:
            return 1 / self.speed.fps
        return max(1 / self.speed.fps, CHUNK_SECONDS, 0.0 if self._paced else 2 * self.frame_cost)

    def _until_frame(self) -> float:
        """Seconds to when the next frame is due."""
        return self.frame_time + self._interval - time.perf_counter()

    @property
    def _status(self) -> str:
        return "paused" if self.paused or self.until is not None else "running"

    # ------------------------------------------------------------------ the ends

    def _stop_reason(self, last: int) -> str | None:
        if self.rules.any and (reason := self.rules.reason(self.row)) is not None:
            return reason
        return "epochs" if self.loop.step >= last else None

    def _diverged(self, chunk: Chunk) -> Said:
        """The last finite network, then what broke and what to try."""
        assert chunk.bad is not None
        row = self._measure()
        if np.isfinite(row.loss):
            yield row
        self.told = self.loop.step
        yield from self._last_pictures()
        layer = broken_layer(self.spec, chunk.bad, LIMIT)
        epoch = chunk.bad_step / self.loop.steps_per_epoch
        advice = divergence_advice(self.spec, self.loop.rate, self.loop.regularization_rate)
        message = f"In epoch {math.ceil(epoch)} the weights of the {layer} stopped being finite numbers. {advice}"
        yield Diverged(epoch=epoch, step=chunk.bad_step, layer=layer, message=message)

    @abstractmethod
    def _last_pictures(self) -> Said:
        """Of a network that broke at the next step; its metrics have been said."""

    def _result(self, reason: str, train: dict[str, Any], test: dict[str, Any] | None) -> Finished:
        return Finished(
            reason=reason, epochs=self.loop.epoch, steps=self.loop.step, seconds=self.seconds,
            parameters=self.spec.parameters, train=train, test=test,
        )  # fmt: skip
