"""What of a run goes to the store: every event, and of the frames a film."""

from __future__ import annotations

import time
from typing import Any

from nnviz.events import frame_header
from nnviz.statuses import TERMINAL
from nnviz.store.store import Store
from nnviz.store.thinning import is_film

LIVE = ("learning_rate", "regularization_rate", "epsilon", "speed")
"""What of a run may change by hand while it trains, and is kept beside its specification."""
GROWTH = 1.05
"""A film's next picture is due when the step has grown by so much: 150 pictures from step 1 to step 1,500."""
SHORTEST = 0.25
LONGEST = 10.0
"""Seconds between two pictures of a view: not more often however fast the run, and so often however slow."""
LARGE_WAIT, LARGE_REST = 30.0, 2.0
"""Seconds between two copies of weights that are too large for a film, while the run trains and while it rests: they
are up to 20 MB, and what is lost is half a minute of training should the whole server be killed."""


class _LastFrame:
    """The newest recorded frame of one view of one run."""

    def __init__(self) -> None:
        self.step, self.time = -1, -float("inf")
        self.left_out: bytes | None = None
        self.large = False

    def due(self, step: int, now: float, resting: bool) -> bool:
        passed = now - self.time
        if self.large:
            return passed >= (LARGE_REST if resting else LARGE_WAIT)
        return resting or passed >= LONGEST or (passed >= SHORTEST and step > self.step * GROWTH)


class Recorder:
    """Between hub and store, on the event loop. The store's thinning bounds what is kept; this bounds what is written.

    The newest frame is always kept where a run pauses or ends, so that whoever comes later sees what it came to; also
    one that arrives after the word that the run is paused: frames wait for credit, words do not.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._views: dict[str, dict[str, _LastFrame]] = {}
        self._frames: dict[str, int] = {}
        self._resting: set[str] = set()

    def keep(self, run: str, message: dict[str, Any] | bytes) -> None:
        if isinstance(message, bytes):
            self._picture(run, message, time.monotonic())
            return
        name, detail = message["event"], message.get("detail") or {}
        if changed := {key: detail[key] for key in LIVE if key in detail}:
            row = self._store.get_run(run)
            self._store.set_live(run, {**(row.live if row else {}), **changed})
        if name == "status":
            (self._resting.add if message["status"] == "paused" else self._resting.discard)(run)
        if name in TERMINAL or message.get("status") == "paused":
            self._catch_up(run, time.monotonic(), over=name in TERMINAL)
        self._store.add_event(run, message)
        if name in TERMINAL:
            self._views.pop(run, None)
            self._frames.pop(run, None)
            self._resting.discard(run)

    def go_on(self, run: str, frame: int) -> None:
        """A run that has been recorded before goes on; `frame` is the number of its last one."""
        self._frames[run] = frame

    def _picture(self, run: str, data: bytes, now: float) -> None:
        header = frame_header(data)
        last = self._views.setdefault(run, {}).setdefault(header["view"], _LastFrame())
        last.large = not is_film(header["view"], len(data))
        if last.due(header["step"], now, run in self._resting):
            last.step, last.time, last.left_out = header["step"], now, None
            self._write(run, data)
        else:
            last.left_out = data

    def _catch_up(self, run: str, now: float, over: bool) -> None:
        for last in self._views.get(run, {}).values():
            if last.left_out is not None and (over or last.due(last.step, now, resting=True)):
                self._write(run, last.left_out)
                last.step, last.time = frame_header(last.left_out)["step"], now
                last.left_out = None

    def _write(self, run: str, data: bytes) -> None:
        number = self._frames[run] = self._frames.get(run, 0) + 1
        self._store.add_frame(run, number, data)
