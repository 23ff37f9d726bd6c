"""One connection of a browser: what waits for it, and how fast it takes it. On the event loop; no locks.

A viewer has a queue of texts, none of which is left out, and for each view one slot in which the newest frame replaces
an older one that has not been sent: a slow browser skips pictures, never numbers, and costs the others nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any, Protocol

MAX_TEXTS = 5_000
"""Texts that may wait for one viewer; who falls further behind is disconnected, and gets the history on coming back."""
MAX_WAITING = 16_000_000
"""Characters of them."""
PAST = "past:"
"""What the slots of frames begin with that were asked for of another run than the watched one."""
IN_FLIGHT = 3
"""Frames on the way to a browser that acknowledges them: else the network's buffers hold seconds of old pictures."""


class Socket(Protocol):
    """The two calls of starlette's WebSocket that a viewer needs."""

    async def send_text(self, data: str) -> None: ...
    async def send_bytes(self, data: bytes) -> None: ...


def encode(message: dict[str, Any]) -> str:
    """One event as it goes over the wire."""
    return json.dumps(message, separators=(",", ":"), allow_nan=False)


class TooSlowError(Exception):
    """A viewer is MAX_TEXTS or MAX_WAITING behind."""


class Viewer:
    """One connection: what waits for it, and what it watches."""

    def __init__(self, host: str = "") -> None:
        self.host = host
        self.visitor: str | None = None
        self.run: str | None = None
        self.group: str | None = None
        self.table = False
        """Whether it looks at the table of runs."""
        self._texts: deque[str] = deque()
        self._waiting = 0
        self._frames: dict[str, bytes] = {}
        self._wake = asyncio.Event()
        self._sent = 0
        self._acknowledged: int | None = None
        self._lost = False

    def text(self, text: str) -> None:
        if len(self._texts) >= MAX_TEXTS or self._waiting > MAX_WAITING:
            self._lost = True
            self._texts.clear()
        if not self._lost:
            self._texts.append(text)
            self._waiting += len(text)
        self._wake.set()

    def say(self, message: dict[str, Any]) -> None:
        self.text(encode(message))

    def frame(self, view: str, data: bytes) -> None:
        self._frames[view] = data
        self._wake.set()

    def forget_frames(self) -> None:
        """Pictures of a run that is not watched any more need not be sent. Those of the run before were asked for."""
        self._frames = {view: data for view, data in self._frames.items() if view.startswith(PAST)}

    def ack(self, n: int) -> None:
        """The browser has `n` frames in all."""
        self._acknowledged = min(n, self._sent)
        self._wake.set()

    async def pump(self, socket: Socket) -> None:
        """Send what comes, for ever: texts first, then one frame of each view in turn. Raises TooSlowError."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while True:
                if self._lost:
                    raise TooSlowError
                if self._texts:
                    text = self._texts.popleft()
                    self._waiting -= len(text)
                    await socket.send_text(text)
                elif self._frames and self._may_send_frame():
                    data = self._frames.pop(next(iter(self._frames)))
                    self._sent += 1
                    await socket.send_bytes(data)
                else:
                    break

    def _may_send_frame(self) -> bool:
        return self._acknowledged is None or self._sent - self._acknowledged < IN_FLIGHT
