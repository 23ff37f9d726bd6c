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
MAX_METRICS = 20_000
SLACK = 0.75
"""Thin to this part of a limit, so that it is not to be done again at the next record."""


def surplus_frames(rows: Sequence[tuple[int, str, int, int]]) -> list[int]:
    """The `seq` of frames to drop, of one run's rows (seq, view, step, bytes) in the order of seq.

    Over the limit, the frame goes whose neighbours of the same view are nearest to each other, again and again. The
    first and the newest of each view stay.
    """
    count, size = len(rows), sum(row[3] for row in rows)
    if count <= MAX_FRAMES and size <= MAX_FRAME_BYTES:
        return []
    place = [math.log1p(max(row[2], 0)) for row in rows]
    before, behind = {}, {}
    for view in {row[1] for row in rows}:
        for i, j in pairwise([n for n, row in enumerate(rows) if row[1] == view]):
            behind[i], before[j] = j, i
    heap = [(place[behind[i]] - place[before[i]], i) for i in before if i in behind]
    heapq.heapify(heap)
    gone: list[int] = []
    dropped: set[int] = set()
    while heap and (count > MAX_FRAMES * SLACK or size > MAX_FRAME_BYTES * SLACK):
        gap, i = heapq.heappop(heap)
        if i in dropped or gap != place[behind[i]] - place[before[i]]:
            continue  # an entry from before a neighbour went
        dropped.add(i)
        gone.append(rows[i][0])
        count, size = count - 1, size - rows[i][3]
        a, b = before[i], behind[i]
        behind[a], before[b] = b, a
        for n in (a, b):
            if n in before and n in behind:
                heapq.heappush(heap, (place[behind[n]] - place[before[n]], n))
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
