"""The runs that wait, single ones and those of groups: a group has one place in the fair queue, whatever its size."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nnviz.engine.queue import FairQueue, Lane
from nnviz.engine.run import Run


class Waiting:
    """Used from the engine's thread only.

    In the queue below a single run goes by its id, and all waiting runs of a group together by the group's.
    """

    def __init__(self) -> None:
        self._queue = FairQueue()
        self._runs: dict[str, deque[Run]] = {}
        """By those names: who waits, the next one first."""
        self._held: set[str] = set()

    def __len__(self) -> int:
        return sum(map(len, self._runs.values()))

    def __contains__(self, run: Run) -> bool:
        return run in self._runs.get(_name(run), ())

    def push(self, run: Run, first: bool = False) -> None:
        """Last among this visitor's own, or within its group; `first`: before the rest of its group."""
        name = _name(run)
        waiting = self._runs.setdefault(name, deque())
        (waiting.appendleft if first else waiting.append)(run)
        self._enter(name)

    def remove(self, run: Run) -> bool:
        """Out of the queue; False if it was not in it."""
        if run not in self:
            return False
        name = _name(run)
        self._runs[name].remove(run)
        if not self._runs[name]:
            del self._runs[name]
            self._queue.remove(name)
        return True

    def take(self, running: Mapping[str, int], lane: Lane, fits: Callable[[Run], bool]) -> Run | None:
        """The next run of this lane, now out of the queue: see `FairQueue.take`."""
        name = self._queue.take(running, lane, lambda name: fits(self._runs[name][0]))
        if name is None:
            return None
        run = self._runs[name].popleft()
        if self._runs[name]:
            self._enter(name, first=True)
        else:
            del self._runs[name]
        return run

    def news(self, running: Mapping[str, int]) -> Iterator[tuple[Run, dict[str, Any]]]:
        """Runs whose place, or the reason why they wait, is another one than they have been told; now they have. Of a
        group the one that is next. With each what is to be told: place (from 1), reason."""
        for place, name in enumerate(self._queue.order(running), 1):
            run = self._runs[name][0]
            if (run.status, run.place, run.told) != ("waiting", place, run.reason):
                run.status, run.place, run.told = "waiting", place, run.reason
                yield run, {"place": place} if run.reason is None else {"place": place, "reason": run.reason}

    def hold(self, group: str, on: bool) -> None:
        """Let none of a group's runs begin; `on` False: again."""
        if on:
            self._held.add(group)
            self._queue.remove(group)
        else:
            self._held.discard(group)
            if group in self._runs:
                self._enter(group)

    def _enter(self, name: str, first: bool = False) -> None:
        if name not in self._held and name not in self._queue:
            run = self._runs[name][0]
            self._queue.push(name, run.visitor, run.lane, first)


def _name(run: Run) -> str:
    return run.group or run.id
