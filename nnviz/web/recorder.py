"""What of a run goes to the store: every event, and of the frames a film."""

from __future__ import annotations

import time
from typing import Any

from nnviz.events import frame_header
from nnviz.store import Store
from nnviz.web.hub import LIVE, TERMINAL

GROWTH = 1.05
"""A film's next picture is due when the step has grown by so much: 150 pictures from step 1 to step 1,500."""
SHORTEST = 0.25
LONGEST = 10.0
"""Seconds between two pictures of a view: not more often however fast the run, and so often however slow."""


class _Film:
    """Of one view of one run."""

    def __init__(self) -> None:
        self.step, self.time = -1, -float("inf")
        self.left_out: bytes | None = None

    def due(self, step: int, now: float) -> bool:
        passed = now - self.time
        return passed >= LONGEST or (passed >= SHORTEST and step > self.step * GROWTH)


class Recorder:
    """Between hub and store, on the event loop. The store's thinning bounds what is kept; this bounds what is written.

    The newest frame is always kept where a run pauses or ends, so that whoever comes later sees what it came to.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._films: dict[str, dict[str, _Film]] = {}
        self._frames: dict[str, int] = {}

    def keep(self, run: str, message: dict[str, Any] | bytes) -> None:
        if isinstance(message, bytes):
            self._picture(run, message, time.monotonic())
            return
        name, detail = message["event"], message.get("detail") or {}
        if changed := {key: detail[key] for key in LIVE if key in detail}:
            row = self._store.get_run(run)
            self._store.set_live(run, {**(row.live if row else {}), **changed})
        if name in TERMINAL or message.get("status") == "paused":
            self._catch_up(run)
        self._store.add_event(run, message)
        if name in TERMINAL:
            self._films.pop(run, None)
            self._frames.pop(run, None)

    def _picture(self, run: str, data: bytes, now: float) -> None:
        header = frame_header(data)
        film = self._films.setdefault(run, {}).setdefault(header["view"], _Film())
        if film.due(header["step"], now):
            film.step, film.time, film.left_out = header["step"], now, None
            self._write(run, data)
        else:
            film.left_out = data

    def _catch_up(self, run: str) -> None:
        for film in self._films.get(run, {}).values():
            if film.left_out is not None:
                self._write(run, film.left_out)
                film.left_out = None

    def _write(self, run: str, data: bytes) -> None:
        number = self._frames[run] = self._frames.get(run, 0) + 1
        self._store.add_frame(run, number, data)
