"""The course of a run between its steps: the commands that it obeys, where it rests, how fast it is shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from pydantic import ValidationError

from nnviz.control import Command, Control, Pause, Play, Speed, Step, Stop, parse_command
from nnviz.events import Event, Frame, Status
from nnviz.spec import explain

Emitted = Iterator[Event | Frame]
CHUNK_SECONDS = 0.05
"""Of work, at most, until commands are heard again: a pause, a stop or the next frame waits no longer."""


class Stepping(Protocol):
    """A run that goes step by step, as its course knows it."""

    @property
    def step(self) -> int:
        """Steps done."""

    @property
    def unfinished(self) -> bool:
        """Whether `more` has anything to do while the run rests."""

    def unit_end(self, done: int, n: int) -> int:
        """The step at which the n-th epoch from here is complete; of one that `done` stands within, its rest counts."""

    def rest(self) -> Emitted:
        """What is shown of the step at which the run comes to rest."""

    def more(self) -> Emitted:
        """A piece of some 50 ms of what `rest` left out."""

    def other(self, command: Command) -> Emitted:
        """Obey `set` or `edit`."""


class Course:
    """until: the step at which a `step` command is done. frame_time: when the newest frame was begun
    (`time.perf_counter()`), frame_cost: the seconds that it took."""

    def __init__(self, run: Stepping, control: Control | None, speed: Speed | None = None) -> None:
        self._run, self.control = run, control
        self.speed = speed or Speed()
        self.paused = self.stopped = False
        self.until: int | None = None
        self.frame_time = self.frame_cost = 0.0

    @property
    def status(self) -> str:
        return "paused" if self.paused or self.until is not None else "running"

    @property
    def paced(self) -> bool:
        """Whether a frame shows a fixed number of steps; a `step` command goes as fast as it can."""
        return self.until is None and self.speed.steps is not None

    @property
    def wants_frames(self) -> bool:
        """Whether a frame would be looked at or kept now."""
        return self.control is not None and self.control.wants_frames()

    @property
    def interval(self) -> float:
        """Seconds from frame to frame; at full speed, where these are dear, half of the time is for the work."""
        if self.speed.steps is not None:
            return 1 / self.speed.fps
        return max(1 / self.speed.fps, CHUNK_SECONDS, 2 * self.frame_cost)

    def until_frame(self, interval: float) -> float:
        """Seconds to when the next frame is due, `interval` after the newest."""
        return self.frame_time + interval - time.perf_counter()

    def begin(self) -> Emitted:
        """What has been commanded before the first step."""
        if self.control is not None:
            yield from self.obey(self.control.poll())
            if not self.paused and not self.stopped:
                yield Status("running")

    def listen(self, delay: Callable[[], float]) -> Emitted:
        """Obey what has come; wait while paused, and as long as the next step has a delay, in seconds."""
        if self.control is None:
            return
        yield from self.obey(self.control.poll())
        while not self.stopped:
            if self.paused and self._run.unfinished:
                yield from self._run.more()
                yield from self.obey(self.control.poll())
            elif self.paused:
                yield from self.obey(self.control.wait(None))
            elif (rest := delay()) > 0:
                yield from self.obey(self.control.wait(rest))
            else:
                return

    @property
    def arriving(self) -> bool:
        """Whether a `step` command is done, so that the run has to rest."""
        return self.until is not None and self._run.step >= self.until

    def arrived(self) -> Emitted:
        """Rest, where a `step` command is done."""
        if self.arriving:
            yield from self._rest()

    def _rest(self) -> Emitted:
        self.paused, self.until = True, None
        yield from self._run.rest()
        yield Status("paused")

    def obey(self, commands: list[dict[str, Any]]) -> Emitted:
        for value in commands:
            try:
                command = parse_command(value)
            except ValidationError as fault:
                yield Status(self.status, {"error": "; ".join(explain(fault))})
                continue
            if isinstance(command, Stop):
                self.stopped = True
            elif isinstance(command, Pause):
                if not self.paused or self.until is not None:
                    yield from self._rest()
            elif isinstance(command, Play):
                rested, self.paused, self.until = self.status == "paused", False, None
                if rested:
                    yield Status("running")
            elif isinstance(command, Step):
                done = self._run.step if self.until is None else self.until  # quick ones add up
                n = command.n
                self.until, self.paused = self._run.unit_end(done, n) if command.unit == "epoch" else done + n, False
            else:
                yield from self._run.other(command)
