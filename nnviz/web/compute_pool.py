"""Where the web process computes: two threads, a short queue, and what was computed lately.

Everybody who asks the same thing at the same time waits for one computation, and who asks again gets the same bytes: a
class of thirty who look at one digit cost what one costs. Who comes when the queue is full is told to come back.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor

from nnviz.web.json_errors import BUSY, Problem

WORKERS = 2
"""The runs need the processor, too; NumPy lets the event loop go on meanwhile."""
QUEUE = 40
"""Computations that may wait or be under way at once."""
CACHE_BYTES = 32_000_000


class ComputePool:
    """Belongs to one event loop; `make` runs in a thread."""

    def __init__(self, workers: int = WORKERS, queue: int = QUEUE, cache_bytes: int = CACHE_BYTES) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="nnviz-compute")
        self._queue, self._limit = queue, cache_bytes
        self._under_way: dict[Hashable, asyncio.Task[bytes]] = {}
        self._done: OrderedDict[Hashable, bytes] = OrderedDict()
        self._size = 0

    async def result(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """What `make` returns, now or earlier for the same `key`. Raises Problem 503 while too much is to be done, and
        whatever `make` raises."""
        if key in self._done:
            self._done.move_to_end(key)
            return self._done[key]
        task = self._under_way.get(key)
        if task is None:
            if len(self._under_way) >= self._queue:
                words = "the server has many pictures to compute; try again in a moment"
                raise Problem(BUSY, None, words, {"Retry-After": "1"})
            task = self._under_way[key] = asyncio.create_task(self._make(key, make), name="compute")
            task.add_done_callback(_look_at_fault)
        return await asyncio.shield(task)  # who goes away does not take the others' answer along

    async def _make(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        try:
            data = await asyncio.get_running_loop().run_in_executor(self._pool, make)
        finally:
            del self._under_way[key]
        self._keep(key, data)
        return data

    def _keep(self, key: Hashable, data: bytes) -> None:
        self._done[key] = data
        self._size += len(data)
        while self._size > self._limit:
            _, oldest = self._done.popitem(last=False)
            self._size -= len(oldest)

    def close(self) -> None:
        """Nothing new is begun; does not wait for what is under way."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _look_at_fault(task: asyncio.Task[bytes]) -> None:
    """When everybody who asked has gone away, nobody hears of a fault: that is no fault of the server's."""
    if not task.cancelled():
        task.exception()
