"""What is to be written to a socket that does not always take all of it at once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable


class Outbox:
    """Of one socket that does not block, on the running event loop. `empty()`: all of it is written, or the other side
    is dead, of which hears who reads from the socket."""

    def __init__(self, to: socket.socket, empty: Callable[[], None] = lambda: None) -> None:
        self._socket, self._empty, self._waiting = to, empty, bytearray()

    def write(self, message: bytes = b"") -> None:
        """As much as the other side takes now, the rest as soon as it takes more."""
        loop = asyncio.get_running_loop()
        self._waiting += message
        try:
            while self._waiting:
                del self._waiting[: self._socket.send(self._waiting)]
        except BlockingIOError:
            loop.add_writer(self._socket, self.write)
            return
        except OSError:
            self._waiting.clear()
        loop.remove_writer(self._socket)
        self._empty()
