"""Who may start: runs are bounded by the memory of this machine and by a number of processes, not by its cores.

A run that shows so many steps a second uses a few per cent of a core, and at full speed the system's scheduler gives
every process its turn. What cannot be shared is memory: a run starts when what it may need (`JobSpec.memory`) fits
beside what the others may still need, and one that takes more than it may is ended before the server is in danger.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator

from nnviz.engine import memory
from nnviz.engine.launch import Launcher
from nnviz.engine.limits import Limits
from nnviz.engine.memory import MB
from nnviz.engine.run import Run
from nnviz.spec.job import JobSpec
from nnviz.spec.memory import in_words

READ = 0.2
"""Seconds for which what the machine has left is not asked for again."""
SMALL = 256 * MB
"""A run that has no more is not ended, however little is left: somebody else has taken it."""
LOADED = 400 * MB
"""What the libraries take that every process shares, when they have been imported."""


class MemoryLimitError(ValueError):
    """A run that this engine will not take: the field at fault, and a line that names it and what is allowed."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(f"{field}: {words}")
        self.field = field


class Admission:
    """Used from the engine's thread, but for `check`."""

    def __init__(self, limits: Limits, workers: int | None, cores: int) -> None:
        self._limits, self._workers, self._cores = limits, workers, cores
        free, size = memory.available(), memory.total() or 0
        self.reserve = limits.reserve if limits.reserve is not None else min(max(size // 8, 256 * MB), 2048 * MB)
        """Bytes that runs leave to everything else."""
        room = limits.memory if free is None else max(0, free - LOADED - self.reserve)
        if limits.memory is not None and room is not None:
            room = min(room, limits.memory)
        self._most = limits.run_memory if limits.run_memory is not None or room is None else max(room // 2, SMALL)
        self._free: tuple[float, int | None] = (-READ, None)

    @property
    def most(self) -> int | None:
        """Bytes that one run may have; None: as many as a spec may ask for."""
        return self._most

    def check(self, spec: JobSpec) -> None:
        """Raises MemoryLimitError for a run that may need more than one may have."""
        most = self.most
        if most is None or spec.memory <= most:
            return
        raise MemoryLimitError(*spec.too_large(most))

    # ------------------------------------------------------------------ how many

    def may_train(self, live: Collection[Run], launcher: Launcher) -> bool:
        """Whether one more may train beside those that do."""
        return sum(run.slot for run in live) < (self._workers or self._processes(launcher))

    def group_may_train(self, live: Collection[Run]) -> bool:
        """Nobody watches each run of a group: more than the cores would only wait for each other."""
        return sum(run.slot and run.lane == "group" for run in live) < self._cores

    def may_rest(self, live: Collection[Run], launcher: Launcher) -> bool:
        """Whether one more process may live without training."""
        return len(resting(live)) < self._most_resting(launcher)

    def unneeded(self, live: Collection[Run], parked: int, launcher: Launcher) -> list[Run]:
        """Paused runs to be stopped, those that nobody watches and that were paused longest ago first, as `parked` runs
        wait to rest, too, or others for memory."""
        idle = resting(live)
        excess = len(idle) + parked - self._most_resting(launcher) - sum(run.stopping for run in idle)
        if excess < 1 and any(run.reason == "memory" and run.status == "waiting" for run in live):
            excess = 1  # what a paused one has is of use to those who wait for memory
        now = time.monotonic()
        may_go = [
            run
            for run in sorted(idle, key=lambda run: (run.viewers > 0, run.paused_at))
            if run.status == "paused"
            and not run.stopping
            and ((not run.viewers and now - run.left >= self._limits.grace) or now - run.paused_at >= self._limits.idle)
        ]
        return may_go[: max(excess, 0)]

    def unwatched(self, live: Collection[Run]) -> Iterator[tuple[Run, str]]:
        """Runs that nobody has watched for long and that would never end by themselves, each with the reason."""
        now = time.monotonic()
        for run in live:
            if not run.viewers and now - max(run.paused_at, run.left) >= self._limits.idle:
                if run.status == "paused":
                    yield run, "stopped: it was paused and nobody watched it"
                elif run.endless and run.status == "running":
                    yield run, "stopped: nobody watched it"

    def _most_resting(self, launcher: Launcher) -> int:
        return self._limits.paused or self._processes(launcher)

    def _processes(self, launcher: Launcher) -> int:
        return self._cores * (self._limits.spawned if launcher.name == "spawn" else self._limits.forked)

    # ------------------------------------------------------------------ memory

    def fits(self, run: Run, live: Collection[Run], launcher: Launcher) -> bool:
        """Whether there is room for a process for this run; one that has its process has its room."""
        if run.socket is not None:
            return True
        others = [other for other in live if other.socket is not None]
        size, most, free = needed(run, launcher), self._limits.memory, self._available()
        if most is not None and size + sum(max(other.memory, other.used) for other in others) > most:
            return False
        promised = sum(max(0, other.memory - other.used) for other in others)
        return free is None or size + promised + self.reserve <= free

    def measure(self, live: Collection[Run]) -> Iterator[tuple[Run, str]]:
        """Look at every process; those that must be ended now, each with the reason in words.

        What a forked process has at least is what it has in memory, less what it may share with its parent; only where
        that could be too much it is counted exactly.
        """
        shared: dict[Launcher, int] = {}
        running = [run for run in live if run.pid is not None and run.launcher is not None and not run.ended]
        for run in running:
            assert run.pid is not None
            assert run.launcher is not None
            if run.launcher not in shared:
                shared[run.launcher] = run.launcher.shared()
            has = memory.resident(run.pid) or 0
            run.used = max(0, has - shared[run.launcher])
            if self.most is not None and has > self.most and (own := memory.private(run.pid) or 0) > self.most:
                yield run, f"This run took {in_words(own)} of memory; here one may have {in_words(self.most)}. {ADVICE}"
        free = self._available()
        if free is not None and free < self.reserve // 4 and running:
            largest = max(running, key=lambda run: run.used - run.memory)
            if largest.used > SMALL:
                yield largest, f"This run was ended at {in_words(largest.used)}, as memory has run out here. {ADVICE}"

    def _available(self) -> int | None:
        now = time.monotonic()
        if now - self._free[0] >= READ:
            self._free = now, memory.available()
        return self._free[1]


def resting(live: Collection[Run]) -> list[Run]:
    """Runs that have a process and do not train."""
    return [run for run in live if run.socket is not None and not run.slot and not run.ended]


ADVICE = "Take fewer units, a smaller batch or fewer samples."


def needed(run: Run, launcher: Launcher) -> int:
    """Bytes that a process for this run may come to have of its own; one that shares nothing has the libraries, too."""
    return run.memory + (0 if launcher.name == "fork" else LOADED)
