"""Processes whose run has ended and that would take another one: it starts sooner than in a fresh one.

A process that has only ever used NumPy takes any run; one that has started TensorFlow takes runs of the architecture
that it has traced, so that what leaks from run to run (a graph each, 15 MB) does not. A few wait for a while.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field

from nnviz.engine.launch import Launcher
from nnviz.engine.loop import Loop
from nnviz.engine.queue import Lane


@dataclass(eq=False)
class Spare:
    """One such process, known to its launcher by the name of the run that it did."""

    run: str
    socket: socket.socket
    launcher: Launcher
    architecture: str | None
    """What it has compiled; None: nothing, and it takes any run."""
    threads: int
    """With so many TensorFlow has been started."""
    lane: Lane
    """A group's process stands behind others for good, and takes runs of groups only."""
    since: float = field(default_factory=time.monotonic)


class Spares:
    """At most `most`, the newest, each for at most `seconds`. Used from the engine's thread only."""

    def __init__(self, loop: Loop, most: int, seconds: float) -> None:
        self._loop, self._most, self._seconds = loop, most, seconds
        self._waiting: list[Spare] = []
        self.open = True
        """Whether more are taken."""

    def __len__(self) -> int:
        return len(self._waiting)

    def keep(self, spare: Spare) -> None:
        self._waiting.append(spare)
        self._loop.listen(spare.socket, lambda: self._drop(spare))  # the only news that it can have is its end
        for old in self._waiting[: -self._most] if self._seconds > 0 else [spare]:
            self._drop(old)

    def take(self, launcher: Launcher, architecture: str, threads: int, lane: Lane) -> Spare | None:
        """The one that suits a run best, if there is any."""
        mine = [spare for spare in self._waiting if spare.launcher is launcher and spare.lane == lane]
        same = [spare for spare in mine if (spare.architecture, spare.threads) == (architecture, threads)]
        for spare in [*same, *(spare for spare in mine if spare.architecture is None)]:
            self._waiting.remove(spare)
            self._loop.ignore(spare.socket)
            return spare
        return None

    def tick(self) -> None:
        """Let those go that have waited long enough."""
        now = time.monotonic()
        for spare in [*self._waiting]:
            if now - spare.since >= self._seconds:
                self._drop(spare)

    def clear(self) -> None:
        """Let all go; more may come."""
        for spare in [*self._waiting]:
            self._drop(spare)

    def close(self) -> None:
        """For good."""
        self.open = False
        self.clear()

    def _drop(self, spare: Spare) -> None:
        """At the end of its socket a process ends."""
        if spare in self._waiting:
            self._waiting.remove(spare)
            self._loop.ignore(spare.socket)
            spare.socket.close()
            spare.launcher.forget(spare.run)
