"""What a job's `run` sees of the outside in the process of a run: commands come from the socket, its yields go there.

One thread reads, works and writes. What is on the socket and no command for the job (credit, viewers) ends here.
"""

from __future__ import annotations

import json
import time
from collections import deque
from typing import Any

from nnviz.engine.protocol import Channel, Kind, pack, pack_json
from nnviz.engine.share import stand_behind
from nnviz.events import Event, Frame, encode_frame


class FilmPace:
    """When a run that nobody watches shows itself: at steps that grow by a tenth, and at least every `longest` seconds.

    Never twice within `shortest` seconds, so that the pictures of a fast run cost it no more than some per cent.
    """

    shortest = 0.2
    longest = 10.0

    def __init__(self) -> None:
        self._step = -1
        self._time = -float("inf")

    def due(self, step: int, now: float) -> bool:
        passed = now - self._time
        return passed >= self.longest or (passed >= self.shortest and step > self._step * 1.1)

    def taken(self, step: int, now: float) -> None:
        self._step, self._time = step, now


class ChildControl:
    """The Control that a job asks for commands; `send` writes what it yields. `niceness` is what the process takes on
    with the first frame after step 0: until then it is before those that have been seen for long."""

    def __init__(
        self, channel: Channel, run: str, commands: list[dict[str, Any]], viewers: int, niceness: int = 0
    ) -> None:
        self._channel = channel
        self._run = run
        self._commands = commands
        self._viewers = viewers
        self._niceness: int | None = niceness
        self._film = FilmPace()
        self._step = 0
        self._flying: deque[str] = deque()
        self._newest: dict[str, bytes] = {}

    def poll(self) -> list[dict[str, Any]]:
        """Commands since last time; never blocks."""
        return self.wait(0.0)

    def wait(self, seconds: float | None) -> list[dict[str, Any]]:
        """Commands, as soon as there is one or after `seconds` (None: however long it takes)."""
        end = None if seconds is None else time.monotonic() + seconds
        while True:
            left = 0.0 if self._commands else None if end is None else max(0.0, end - time.monotonic())
            self._read(left)
            if self._commands or (end is not None and time.monotonic() >= end):
                commands, self._commands = self._commands, []
                return commands

    def wants_frames(self) -> bool:
        """Somebody watches, or the film is due."""
        return self._viewers > 0 or self._film.due(self._step, time.monotonic())

    def send(self, item: Event | Frame, and_then: bytes = b"") -> None:
        """Events at once and in order, `and_then` with them; frames newest-wins for each view, those that wait before
        the terminal event."""
        if isinstance(item, Frame):
            self._step = item.step
            self._film.taken(item.step, time.monotonic())
            data = encode_frame(item, self._run)
            if self._newest or item.view in self._flying:
                self._read(0.0)  # the credit may lie there already
            if item.view in self._flying:
                self._newest[item.view] = data
            else:
                self._fly(item.view, data)
            if item.step > 0 and self._niceness is not None:
                stand_behind(self._niceness)
                self._niceness = None
            return
        if item.terminal:
            for data in self._newest.values():
                self._channel.send(pack(Kind.FRAME, data))
            self._newest = {}
        self._step = getattr(item, "step", self._step)
        self._channel.send(pack_json(Kind.EVENT, item.to_json()) + and_then)

    def _fly(self, view: str, data: bytes) -> None:
        self._flying.append(view)
        self._channel.send(pack(Kind.FRAME, data))

    def _read(self, seconds: float | None) -> None:
        for kind, payload in self._channel.receive(seconds):
            if kind is Kind.COMMAND:
                self._commands.append(json.loads(payload))
            elif kind is Kind.VIEWERS:
                self._viewers = json.loads(payload)
            elif kind is Kind.CREDIT and self._flying:
                view = self._flying.popleft()
                if view in self._newest:
                    self._fly(view, self._newest.pop(view))
