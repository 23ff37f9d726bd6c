"""Who is next: fair between visitors, interactive runs before sweeps. Pure: no clocks, no processes, no locks.

A visitor with the fewest runs under way goes first; among equals the one who was served longest ago; a visitor's own
runs keep their order. One who queues a hundred runs therefore delays the others by one run, not by a hundred.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Mapping
from typing import Literal

Lane = Literal["interactive", "sweep"]
LANES: tuple[Lane, ...] = ("interactive", "sweep")


class FairQueue:
    """Ids of waiting runs, each with its visitor and its lane."""

    def __init__(self) -> None:
        self._lanes: dict[Lane, dict[str, deque[str]]] = {lane: {} for lane in LANES}
        self._where: dict[str, tuple[Lane, str]] = {}
        self._served: dict[str, int] = {}
        self._clock = 0

    def __len__(self) -> int:
        return len(self._where)

    def __contains__(self, run: str) -> bool:
        return run in self._where

    def push(self, run: str, visitor: str, lane: Lane = "interactive") -> None:
        """Last among this visitor's own. Raises ValueError if the run waits already."""
        if run in self._where:
            raise ValueError(f"{run} waits already")
        # Who has nothing left in the queue is forgotten; who comes anew stands behind the others.
        if visitor not in self._served:
            self._served[visitor] = self._tick()
        self._where[run] = (lane, visitor)
        self._lanes[lane].setdefault(visitor, deque()).append(run)

    def remove(self, run: str) -> bool:
        """Out of the queue; False if it was not in it."""
        if run not in self._where:
            return False
        lane, visitor = self._where.pop(run)
        own = self._lanes[lane][visitor]
        own.remove(run)
        if not own:
            del self._lanes[lane][visitor]
        self._forget_idle(visitor)
        return True

    def take(self, running: Mapping[str, int], lane: Lane) -> str | None:
        """The next run of this lane, now out of the queue; `running` counts the runs under way of each visitor."""
        waiting = self._lanes[lane]
        if not waiting:
            return None
        visitor = min(waiting, key=lambda v: (running.get(v, 0), self._served[v]))
        run = waiting[visitor][0]
        self._served[visitor] = self._tick()
        self.remove(run)
        return run

    def order(self, running: Mapping[str, int]) -> list[str]:
        """All that wait, in the order they would be taken if nothing else came and nothing ended."""
        under_way = Counter(dict(running))
        served, clock = dict(self._served), self._clock
        result: list[str] = []
        for lane in LANES:
            left = {visitor: iter(own) for visitor, own in self._lanes[lane].items()}
            heap = [(under_way[v], served[v], v) for v in left]
            heapq.heapify(heap)
            while heap:
                _, _, visitor = heapq.heappop(heap)
                run = next(left[visitor], None)
                if run is None:
                    continue
                result.append(run)
                clock += 1
                under_way[visitor] += 1
                served[visitor] = clock
                heapq.heappush(heap, (under_way[visitor], served[visitor], visitor))
        return result

    def _tick(self) -> int:
        self._clock += 1
        return self._clock

    def _forget_idle(self, visitor: str) -> None:
        if not any(visitor in waiting for waiting in self._lanes.values()):
            self._served.pop(visitor, None)
