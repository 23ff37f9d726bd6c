"""One connection between an app and a node: what is said goes out in batches, in order; a silent peer is given up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

SILENCE = 12.0
"""Seconds without a word after which the other side counts as gone; each side says something every second."""
BATCH = 4 * 2**20
"""Bytes that are written in one go."""


class Stream:
    """Over a dask comm (TCP or TLS). `items()` ends when the connection does; `say` never blocks."""

    def __init__(self, comm: Any) -> None:
        self._comm = comm
        self._waiting: deque[dict[str, Any]] = deque()
        self._something, self._written = asyncio.Event(), asyncio.Event()
        self._written.set()
        self._writer = asyncio.create_task(self._write())
        self.closed = False

    def say(self, item: dict[str, Any]) -> None:
        if not self.closed:
            self._waiting.append(item)
            self._something.set()
            self._written.clear()

    async def flush(self) -> None:
        """Wait until all that was said is written, or the connection has ended."""
        await self._written.wait()

    async def items(self) -> AsyncIterator[dict[str, Any]]:
        """What the other side says, until it ends or is silent."""
        while not self.closed:
            try:
                batch = await asyncio.wait_for(self._comm.read(), SILENCE)
            except (OSError, TimeoutError, ValueError, EOFError):
                return
            for item in batch:
                yield item

    def close(self) -> None:
        """At once; what has not been written is kept by who said it."""
        if not self.closed:
            self.closed = True
            self._writer.cancel()
            self._comm.abort()

    async def _write(self) -> None:
        with suppress(OSError, asyncio.CancelledError):
            while True:
                await self._something.wait()
                batch, size = [], 0
                while self._waiting and size < BATCH:
                    batch.append(self._waiting.popleft())
                    size += len(batch[-1].get("data") or b"") + 100
                if not self._waiting:
                    self._something.clear()
                if batch:
                    await self._comm.write(batch)
                if not self._waiting:
                    self._written.set()
            return
        self._written.set()
        self._comm.abort()  # the reader hears of it
