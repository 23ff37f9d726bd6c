"""Who is next: fair between visitors, interactive runs before groups. Pure: no clocks, no processes, no locks.

A visitor with the fewest runs under way goes first; among equals the one who was served longest ago; a visitor's own
runs keep their order. One who queues a hundred runs therefore delays the others by one run, not by a hundred.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Literal

Lane = Literal["interactive", "group"]
LANES: tuple[Lane, ...] = ("interactive", "group")
REMEMBERED = 1000
"""Visitors whose last turn is known; longer ago counts as never."""


class FairQueue:
    """Ids of waiting runs, each with its visitor and its lane."""

    def __init__(self) -> None:
        self._lanes: dict[Lane, dict[str, deque[str]]] = {lane: {} for lane in LANES}
        self._waiting: dict[str, tuple[Lane, str, int]] = {}
        """Of each run: lane, visitor, when it came."""
        self._served: dict[str, int] = {}
        """When each visitor was last served, the latest last; who is not in it never was."""
        self._clock = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, run: str) -> bool:
        return run in self._waiting

    def push(self, run: str, visitor: str, lane: Lane = "interactive", first: bool = False) -> None:
        """Last among this visitor's own of the lane, or `first`. Raises ValueError if the run waits already."""
        if run in self._waiting:
            raise ValueError(f"{run} waits already")
        self._waiting[run] = (lane, visitor, self._tick())
        own = self._lanes[lane].setdefault(visitor, deque())
        (own.appendleft if first else own.append)(run)

    def remove(self, run: str) -> bool:
        """Out of the queue; False if it was not in it."""
        if run not in self._waiting:
            return False
        lane, visitor, _ = self._waiting.pop(run)
        own = self._lanes[lane][visitor]
        own.remove(run)
        if not own:
            del self._lanes[lane][visitor]
        return True

    def take(
        self, running: Mapping[str, int], lane: Lane, fits: Callable[[str], bool] = lambda _run: True
    ) -> str | None:
        """The next run of this lane, now out of the queue; `running` counts the runs under way of each visitor.

        Visitors whose first run does not fit (into memory) are passed over until it does.
        """
        first = {visitor: own[0] for visitor, own in self._lanes[lane].items() if fits(own[0])}
        if not first:
            return None
        visitor = min(first, key=lambda v: (running.get(v, 0), self._served.get(v, 0), self._came(first[v])))
        run = first[visitor]
        self._served.pop(visitor, None)
        self._served[visitor] = self._tick()
        if len(self._served) > REMEMBERED:
            del self._served[next(iter(self._served))]
        self.remove(run)
        return run

    def order(self, running: Mapping[str, int]) -> list[str]:
        """All that wait, in the order they would be taken if nothing else came and nothing ended."""
        under_way, served, clock = Counter(dict(running)), dict(self._served), self._clock
        result: list[str] = []
        for lane in LANES:
            left = {visitor: deque(own) for visitor, own in self._lanes[lane].items()}
            heap = [(under_way[v], served.get(v, 0), self._came(own[0]), v) for v, own in left.items()]
            heapq.heapify(heap)
            while heap:
                _, _, _, visitor = heapq.heappop(heap)
                result.append(left[visitor].popleft())
                clock += 1
                under_way[visitor] += 1
                served[visitor] = clock
                if left[visitor]:
                    next_came = self._came(left[visitor][0])
                    heapq.heappush(heap, (under_way[visitor], clock, next_came, visitor))
        return result

    def _came(self, run: str) -> int:
        return self._waiting[run][2]

    def _tick(self) -> int:
        self._clock += 1
        return self._clock
