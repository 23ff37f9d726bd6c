"""Which records of a long run to keep: pure functions from what there is to what may go.

Learning is quick at first and slow later, so films are kept evenly over log(1 + step): the untrained network, the first
steps, and fewer and fewer of the later ones, but always the newest.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

MAX_FRAMES, MAX_FRAME_BYTES = 200, 16_000_000
"""Frames of each view; bytes of all of a run's."""
LARGE_WEIGHTS = 200_000
"""Bytes. Of weights frames above this only the newest is kept: a film of them would be all that the disk holds."""
MAX_METRICS = 20_000
SLACK = 0.75
"""Thin to this part of a limit, so that it is not to be done again at the next record."""

Row = tuple[int, str, int, int]
"""A frame's seq, view, step and bytes."""


def is_film(view: str, size: int) -> bool:
    """Whether older frames like this one are kept beside the newest."""
    return view != "state" and (view != "weights" or size <= LARGE_WEIGHTS)


def surplus_frames(rows: Sequence[Row]) -> list[int]:
    """The `seq` of frames to drop, of one run's film in the order of seq.

    Where a view has too many, its frame goes whose neighbours are nearest to each other, again and again. Where all
    views together are too large, so do frames of any view, the larger ones sooner. The first and the newest of each
    view stay.
    """
    views: dict[str, list[Row]] = {}
    for row in rows:
        views.setdefault(row[1], []).append(row)
    gone: list[Row] = []
    for of_view in views.values():
        if (count := len(of_view)) > MAX_FRAMES:
            gone += _thin(of_view, [1] * count, count - int(MAX_FRAMES * SLACK))
    size = sum(row[3] for row in rows)
    if size > MAX_FRAME_BYTES:
        dropped = {row[0] for row in gone}
        left = [row for row in rows if row[0] not in dropped]
        excess = sum(row[3] for row in left) - int(MAX_FRAME_BYTES * SLACK)
        gone += _thin(left, [row[3] for row in left], excess)
    return [row[0] for row in gone]


def _thin(rows: Sequence[Row], costs: Sequence[int], excess: int) -> list[Row]:
    """The rows to drop so that their costs come to `excess`: least gap per cost first, a gap being what their
    neighbours of the same view lie apart once they are gone."""
    place = [math.log1p(max(row[2], 0)) for row in rows]
    before, behind = {}, {}
    for view in {row[1] for row in rows}:
        for i, j in pairwise([n for n, row in enumerate(rows) if row[1] == view]):
            behind[i], before[j] = j, i

    def loss(n: int) -> float:
        return (place[behind[n]] - place[before[n]]) / max(costs[n], 1)

    heap = [(loss(n), n) for n in before if n in behind]
    heapq.heapify(heap)
    gone: list[Row] = []
    dropped: set[int] = set()
    while heap and excess > 0:
        known, i = heapq.heappop(heap)
        if i in dropped or known != loss(i):
            continue  # an entry from before a neighbour went
        dropped.add(i)
        gone.append(rows[i])
        excess -= costs[i]
        a, b = before[i], behind[i]
        behind[a], before[b] = b, a
        for n in (a, b):
            if n in before and n in behind:
                heapq.heappush(heap, (loss(n), n))
    return gone


def surplus_metrics(rows: Sequence[tuple[int, bool]], keep: int = MAX_METRICS) -> list[int]:
    """The `seq` of metrics to drop, of one run's rows (seq, epoch_end) in order.

    The first tenth of what is kept stays as it is, and the last row. Of the others the ends of epochs go last; what has
    to go, goes evenly.
    """
    if len(rows) <= keep:
        return []
    stays = np.zeros(len(rows), bool)
    stays[: keep // 10] = stays[-1] = True
    for wanted in (True, False):
        candidates = np.flatnonzero(~stays & (np.array([row[1] for row in rows], bool) == wanted))
        room = keep - int(stays.sum())
        if len(candidates) > room:
            candidates = candidates[np.linspace(0, len(candidates) - 1, room).astype(int)] if room > 0 else []
        stays[candidates] = True
    return [row[0] for row, kept in zip(rows, stays, strict=True) if not kept]
