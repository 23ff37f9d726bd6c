"""The engine's ways to fresh processes: the zygote where there can be one, else spawning, and what they report."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable
from typing import Literal

from nnviz.engine.fork import ForkLauncher
from nnviz.engine.launch import Launcher
from nnviz.engine.logs import Logs
from nnviz.engine.loop import Loop
from nnviz.engine.spawn import SpawnLauncher

logger = logging.getLogger("nnviz.engine")
Method = Literal["fork", "spawn"]


class Launchers:
    """The newest starts processes; older ones keep those that they have started. Used from the engine's thread, but for
    `method`. `on_news(launcher)`: it has read something, or another one has taken over."""

    def __init__(self, loop: Loop, logs: Logs, on_news: Callable[[Launcher], None]) -> None:
        self._loop, self._logs, self._on_news = loop, logs, on_news
        self._all: list[Launcher] = []
        self._wires: dict[str, socket.socket] = {}

    def begin(self, method: Method | None, given: Launcher | None = None) -> None:
        """Start the first one: of this method, else of the best that the system has; or take the one that is given."""
        if given is not None:
            self._use(given)
            return
        if method == "fork" or (method is None and sys.platform == "linux"):
            try:
                self._use(ForkLauncher(self._logs))
                return
            except OSError:
                logger.exception("no zygote: going over to spawning")
        self._use(SpawnLauncher(self._logs))

    @property
    def newest(self) -> Launcher:
        return self._all[-1]

    @property
    def method(self) -> str | None:
        """Of the newest: fork or spawn; None before `begin`."""
        return self._all[-1].name if self._all else None

    def working(self) -> Launcher:
        """The newest; where it will not do any more, one that spawns takes over."""
        if self.newest.broken:
            logger.warning("going over to spawning: %s", self.newest.broken)
            self._use(SpawnLauncher(self._logs))
        return self.newest

    def tick(self) -> None:
        """Let each do what has become due; every second."""
        for launcher in self._all:
            launcher.tick()

    def close(self) -> None:
        """End every process, and wait for them."""
        for launcher in self._all:
            launcher.close()

    def _use(self, launcher: Launcher) -> None:
        self._all.append(launcher)
        self._listen(launcher)
        self._on_news(launcher)

    def _listen(self, launcher: Launcher) -> None:
        """To the launcher's own wire, which is another one when the zygote is."""
        wire, known = launcher.wire(), self._wires.get(launcher.name)
        if wire is known:
            return
        if known is not None:
            self._loop.ignore(known)
            del self._wires[launcher.name]
        if wire is not None:
            self._wires[launcher.name] = wire
            self._loop.listen(wire, lambda: self._read(launcher))

    def _read(self, launcher: Launcher) -> None:
        launcher.read()
        self._listen(launcher)
        self._on_news(launcher)
