"""An event loop in a thread of its own: sockets, timers, tasks from other threads. Faults are logged, never fatal."""

from __future__ import annotations

import heapq
import itertools
import logging
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

logger = logging.getLogger("nnviz.engine")
Task = Callable[[], None]


class Loop:
    """`ask` from any thread; everything else from the loop's own, in a task."""

    def __init__(self, name: str) -> None:
        self._selector = selectors.DefaultSelector()
        self._wake, self._waker = socket.socketpair()
        for end in (self._wake, self._waker):
            end.setblocking(False)
        self.listen(self._wake, self._drain)
        self._inbox: deque[Task] = deque()
        self._timers: list[tuple[float, int, Task]] = []
        self._count = itertools.count()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._between: Task = lambda: None
        self._done = False

    def start(self, between: Task) -> None:
        """Begin; `between` is done after each round of sockets, tasks and timers."""
        self._between = between
        self._thread.start()

    def join(self) -> None:
        self._thread.join()

    def ask(self, task: Task) -> None:
        """Do `task` in the loop's thread, soon."""
        self._inbox.append(task)
        with suppress(OSError):  # full: it is awake already; closed: it is over
            self._waker.send(b"\0")

    def at(self, seconds: float, task: Task) -> None:
        """Do `task` so many seconds from now."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._count), task))

    def listen(self, sock: socket.socket, task: Task) -> None:
        """Do `task` whenever there is something to read."""
        self._selector.register(sock, selectors.EVENT_READ, (task, None))

    def ignore(self, sock: socket.socket) -> None:
        """No longer; before the socket is closed."""
        self._selector.unregister(sock)

    def when_writable(self, sock: socket.socket, task: Task | None) -> None:
        """Of a socket listened to: do `task` whenever it takes bytes again; None: stop."""
        read, before = self._selector.get_key(sock).data
        if before or task:
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if task else 0)
            self._selector.modify(sock, events, (read, task))

    def stop(self) -> None:
        """End after this round."""
        self._done = True

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            self._wake.recv(4096)

    def _run(self) -> None:
        while not self._done:
            wait = max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None
            for key, mask in self._selector.select(wait):
                read, write = key.data
                if mask & selectors.EVENT_WRITE and write:
                    self._guard(write)
                if mask & selectors.EVENT_READ:
                    self._guard(read)
            for _ in range(len(self._inbox)):
                self._guard(self._inbox.popleft())
            while self._timers and self._timers[0][0] <= time.monotonic():
                self._guard(heapq.heappop(self._timers)[2])
            self._guard(self._between)
        self._selector.close()
        self._wake.close()
        self._waker.close()

    def _guard(self, task: Task) -> None:
        try:
            task()
        except Exception:
            logger.exception("the engine goes on after a fault")
