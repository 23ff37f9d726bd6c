"""`train(spec, control)`: the run itself, a generator of what it says, in the process that calls it.

TensorFlow is not touched before the untrained network has been shown: NumPy draws it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from nnviz.control import Control, Edit, Pause, Play, Set, Speed, Step, Stop, parse_command
from nnviz.data import DataError, Dataset, load
from nnviz.data.dataset import Split
from nnviz.events import Diverged, Event, Failed, Finished, Frame, Metrics, Started, Status
from nnviz.models.compiled_loop import LIMIT, Chunk, CompiledLoop
from nnviz.models.losses import evaluate, penalty, targets
from nnviz.models.weights import Array, check_weights, initial_weights, layer_shapes, summary
from nnviz.probes import NetworkProbe, data_frame
from nnviz.spec import RunSpec, explain
from nnviz.stopping import StopRules, broken_layer, divergence_advice, evaluation

Score = tuple[float, float | None]
CHUNK_SECONDS = 0.05
"""A pause, a stop or the next frame never waits longer than one chunk."""
WARM_UP_STEPS = 50
"""A frame's worth of steps while XLA compiles at full speed: the first epochs are the ones worth seeing."""
CHEAP = 4e9
"""Multiply-adds that an evaluation may cost where a visitor waits for it."""


def train(
    spec: RunSpec, control: Control | None = None, *, home: Path | None = None, start: list[Array] | None = None
) -> Iterator[Event | Frame]:
    """Train `spec`; yields Started, frames and metrics, and at the end exactly one of Finished, Diverged, Failed.

    Without a control: as fast as it goes, no frames, metrics once an epoch. With one: its commands are obeyed between
    chunks of steps; it starts running unless a pause is waiting already. `start` are weights of `get_weights` order.
    `home` holds uploaded tables. What the data or the memory refuse is a Failed; a fault of the program is raised.
    """
    weights = initial_weights(spec) if start is None else start
    try:
        check_weights(spec, weights)
        versions = {name: version(name) for name in ("tensorflow", "keras", "numpy")}
        yield Started(parameters=spec.parameters, layers=summary(spec), versions=versions)
        data = load(spec.data, home)
    except (DataError, ValueError, OSError) as fault:
        yield Failed(str(fault))
        return
    run = _Run(spec, control, data, weights)
    try:
        yield from run.events()
    except Exception as fault:
        # TensorFlow's own kind of MemoryError, told by its name: importing it here would import TensorFlow.
        if not isinstance(fault, MemoryError) and type(fault).__name__ != "ResourceExhaustedError":
            raise
        yield Failed("out of memory: fewer samples, a smaller batch or a smaller network would fit")


class _Run:
    """One run's state and its loop."""

    loop: CompiledLoop
    row: Metrics  # the newest

    def __init__(self, spec: RunSpec, control: Control | None, data: Dataset, weights: list[Array]) -> None:
        self.spec, self.control, self.data, self.weights = spec, control, data, weights
        self.probe = NetworkProbe(spec, data) if control is not None and not data.is_image else None
        self.rules = StopRules(spec)
        self.speed = Speed()
        self.paused = self.stopped = False
        self.until: int | None = None  # the step at which a `step` command is done
        self.seconds = 0.0  # of training
        self.chunk = 8  # steps of the next chunk, adapted
        self.frame_left = 0  # steps to the next frame, when paced
        self.frame_time = 0.0
        self.frame_cost = 0.0  # seconds that the last one took, its metrics included
        self.frame_step = 0
        self.told = 0  # the step of the newest metrics that were said
        self._inputs: dict[str, Array] = {}

    # ------------------------------------------------------------------ the course of a run

    def events(self) -> Iterator[Event | Frame]:
        if self.probe is not None:
            yield data_frame(self.spec, self.data)
            yield self.probe.frame(self.weights, 0, 0.0)
        self.row = self._untrained()
        yield self.row
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
        yield from self._picture(sure=True)
        yield self._finished(reason)

    def _build(self) -> CompiledLoop:
        x = self._inputs["train"]
        y = targets(self.spec, self.data.labels("train"))
        return CompiledLoop(self.spec, self.weights, x, y, accuracy=self.data.is_image)

    def _listen(self, control: Control) -> Iterator[Event | Frame]:
        """Obey what has come; wait while paused, while the next frame is not due, and while XLA still compiles."""
        yield from self._obey(control.poll())
        while not self.stopped:
            if self.paused:
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
        if self.control is None or self.data.is_image or self.rules.any or self.chunk < left:
            return min(self.chunk, left, until - step)
        return min(left + (self.chunk - left) // epoch * epoch, until - step)

    def _report(self) -> Iterator[Event | Frame]:
        """Metrics and a frame, where they are due."""
        if self.until is not None and self.loop.step >= self.until:
            self.paused, self.until = True, None
            yield from self._picture(sure=True)
            yield Status("paused")
        elif self.control is None:
            if self._epoch_ended:
                yield self._tell()
        elif self.frame_left <= 0 if self._paced else self._until_frame() <= 0.1 * self._interval:
            self.frame_time = time.perf_counter()
            yield from self._picture()
            self.frame_cost = time.perf_counter() - self.frame_time
        elif self._epoch_ended and self.loop.steps_per_epoch > self.chunk:
            yield self._tell()  # a slow epoch's end is always a row; of quick ones, those where a frame is due
        elif self._epoch_ended and self.rules.any:
            self._measure()

    def _picture(self, again: bool = False, sure: bool = False) -> Iterator[Event | Frame]:
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

    # ------------------------------------------------------------------ commands

    def _obey(self, commands: list[dict[str, Any]]) -> Iterator[Event | Frame]:
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
                yield from self._picture(sure=True)
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

    def _set(self, command: Set) -> Iterator[Event | Frame]:
        if command.learning_rate is not None:
            self.loop.learning_rate = command.learning_rate
        if command.speed is not None:
            self.speed, self.frame_left = command.speed, 0
        if command.regularization_rate is not None:
            self.loop.regularization_rate = command.regularization_rate
            yield self._tell()
        yield Status(self._status, command.model_dump(exclude={"do"}, exclude_none=True))

    def _edit(self, command: Edit) -> Iterator[Event | Frame]:
        weights = self.loop.weights
        arrays = iter(weights)
        dense = -1
        for layer in layer_shapes(self.spec):
            kernel, bias, *_ = [next(arrays) for _ in layer.shapes]
            dense += layer.kind == "dense"
            if layer.kind != "dense" or dense != command.layer:
                continue
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

    # ------------------------------------------------------------------ numbers

    def _tell(self) -> Metrics:
        """The metrics now, to be said."""
        self.told = self.loop.step
        return self._measure()

    def _measure(self) -> Metrics:
        """The metrics now. Images: running means of the epoch, as Keras's fit; validation at its end."""
        rate, weights = self.loop.regularization_rate, self.loop.weights
        accuracy: float | None
        if not self.data.is_image:
            loss, accuracy = self._evaluate("train", weights, rate)
        elif self.loop.step > 0:
            loss, accuracy = self.loop.running
        else:
            loss, accuracy = self.row.loss, self.row.accuracy
        val_loss, val_accuracy = None, None
        if self.data.n_validation and (self._epoch_ended or not self.data.is_image):
            val_loss, val_accuracy = self._evaluate("validation", weights, rate)
        self.row = Metrics(
            epoch=self.loop.epoch, step=self.loop.step, loss=loss, accuracy=accuracy, val_loss=val_loss,
            val_accuracy=val_accuracy, penalty=penalty(self.spec, weights, rate), learning_rate=self.loop.rate,
            seconds=self.seconds, epoch_end=self._epoch_ended,
        )  # fmt: skip
        return self.row

    def _untrained(self) -> Metrics:
        """The metrics of the initial weights; a large network's on images from as many samples as take no time."""
        rate, rows = self.spec.model.regularizer.rate, max(1, int(CHEAP / self.spec.parameters))
        loss, accuracy = self._evaluate("train", self.weights, rate, rows)
        val_loss, val_accuracy = None, None
        if self.data.n_validation:
            val_loss, val_accuracy = self._evaluate("validation", self.weights, rate, rows)
        return Metrics(
            epoch=0.0, step=0, loss=loss, accuracy=accuracy, val_loss=val_loss, val_accuracy=val_accuracy,
            penalty=penalty(self.spec, self.weights, rate), learning_rate=self.spec.training.optimizer.learning_rate,
            seconds=0.0, epoch_end=False,
        )  # fmt: skip

    def _evaluate(self, split: Split, weights: list[Array], rate: float, rows: int | None = None) -> Score:
        if split not in self._inputs:
            self._inputs[split] = self.data.inputs(split)
        return evaluate(self.spec, weights, self._inputs[split][:rows], self.data.labels(split)[:rows], rate)

    @property
    def _epoch_ended(self) -> bool:
        return self.loop.step > 0 and self.loop.step % self.loop.steps_per_epoch == 0

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

    def _diverged(self, chunk: Chunk) -> Iterator[Event | Frame]:
        """The last finite network, then what broke and what to try."""
        assert chunk.bad is not None
        row = self._measure()
        if np.isfinite(row.loss):
            yield row
        yield from self._frame(sure=True)
        layer = broken_layer(self.spec, chunk.bad, LIMIT)
        epoch = chunk.bad_step / self.loop.steps_per_epoch
        advice = divergence_advice(self.spec, self.loop.rate, self.loop.regularization_rate)
        message = f"In epoch {math.ceil(epoch)} the weights of the {layer} stopped being finite numbers. {advice}"
        yield Diverged(epoch=epoch, step=chunk.bad_step, layer=layer, message=message)

    def _finished(self, reason: str) -> Finished:
        """The result on the whole sets; after a stop, where that would take long, the newest figures."""
        rate, weights = self.loop.regularization_rate, self.loop.weights
        dear = self.spec.parameters * (self.data.n_train + self.data.n_test) > CHEAP
        if reason == "stopped" and dear:
            loss, accuracy, test = self.row.loss, self.row.accuracy, None
        else:
            loss, accuracy = self._evaluate("train", weights, rate)
            test = None
            if self.data.n_test:
                test = evaluation(*self._evaluate("test", weights, rate), self.data.n_test)
        return Finished(
            reason=reason, epochs=self.loop.epoch, steps=self.loop.step, seconds=self.seconds,
            parameters=self.spec.parameters, train={"loss": loss, "accuracy": accuracy}, test=test,
        )  # fmt: skip
