"""The course of a job that goes step by step: commands between the steps, the pace of its frames, its end."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from nnviz.control import Command, Control, Set, Speed
from nnviz.course import CHUNK_SECONDS, Course, Emitted
from nnviz.events import Done, Event, Frame, Status


class Stepwise(ABC):
    """One run of such a job. A subclass keeps the state of `step` steps and knows what one more does and shows.

    With a control it runs unless a pause waits already; `play`, `pause`, `step`, `stop` and `set` of the speed are
    obeyed, of other commands the run tells that it has nothing for them. Frames are made where the control wants them,
    always of the first state, of every one it rests at and of the last.
    """

    unit = 1
    """Steps that a command of the unit "epoch" counts as one: a pass over the samples, say."""

    unfinished = False

    def __init__(self, control: Control | None, speed: Speed | None = None) -> None:
        self.control, self.pace = control, Course(self, control, speed)
        self.step = 0
        self.seconds = 0.0
        """Of work, without pauses."""
        self._shown = -1

    @abstractmethod
    def advance(self) -> Iterator[Event]:
        """Do one step, the one after `step` of them (who calls counts), and yield the metrics (`Row`) due after it."""

    @abstractmethod
    def frames(self) -> Iterator[Frame]:
        """The state now."""

    @abstractmethod
    def ended(self) -> str | None:
        """Why it is over after `step` steps, or None: asked after each one, and before the first."""

    def unit_end(self, done: int, n: int) -> int:
        """The step at which the n-th unit from here is complete; of one that `done` stands within, its rest counts."""
        return (done // self.unit + n) * self.unit

    def result(self) -> dict[str, Any]:
        """What the last event tells: plain values by name."""
        return {}

    def events(self) -> Emitted:
        """The whole run, to its `Done`."""
        yield from self.rest()
        yield from self.pace.begin()
        reason = self.ended()
        while reason is None:
            yield from self.pace.listen(self._delay)
            if self.pace.stopped:
                reason = "stopped"
                break
            yield from self._chunk()
            reason = self.ended()
            if reason is None:
                yield from self.pace.arrived()
            if self.pace.until_frame(1 / self.pace.speed.fps) <= 0:
                yield from self._show(forced=False)
        yield from self.rest()
        yield Done(reason, self.step, self.seconds, self.result())

    def _chunk(self) -> Iterator[Event]:
        """As many steps as the pace has before the next look at commands and frames."""
        first, began = self.step, time.perf_counter()
        until = self.pace.until if self.pace.until is not None else self._frame_end()
        most = None if until is None else until - first
        while self.ended() is None and (most is None or self.step < first + most):
            yield from self.advance()
            self.step += 1
            if time.perf_counter() - began >= CHUNK_SECONDS and not self._paced:
                break
        self.seconds += time.perf_counter() - began

    def _delay(self) -> float:
        """At a given pace the next step waits for the next frame's time."""
        left = self.pace.until_frame(1 / self.pace.speed.fps)
        return left if self._paced and self._shown == self.step else 0.0

    @property
    def _paced(self) -> bool:
        return self.pace.until is None and self._frame_end() is not None

    def _frame_end(self) -> int | None:
        """The step of the next frame at a given pace; None at full speed."""
        speed = self.pace.speed
        if speed.epochs is not None:
            return self.unit_end(self.step, speed.epochs)
        return None if speed.steps is None else self.step + speed.steps

    def _show(self, forced: bool = True) -> Iterator[Frame]:
        if self.control is None or self._shown == self.step or not (forced or self.control.wants_frames()):
            return
        self._shown, self.pace.frame_time = self.step, time.perf_counter()
        yield from self.frames()

    def rest(self) -> Emitted:
        yield from self._show()

    def more(self) -> Emitted:
        return iter(())

    def other(self, command: Command) -> Emitted:
        if isinstance(command, Set) and command.speed is not None:
            self.pace.speed = command.speed
            yield Status(self.pace.status, {"speed": command.speed.model_dump()})
        else:
            yield Status(self.pace.status, {"error": f"{command.do}: there is nothing in this run to change by it"})
