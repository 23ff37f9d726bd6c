"""What is measured of the runs that this process records: in memory, and in the table of runs every few seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from nnviz.store.batch import Batch
from nnviz.store.facts import Measured
from nnviz.store.writer import Writer

EVERY = 3.0
"""Seconds between two writings of a run that trains: each touches the index of every measure."""


class Measures:
    """By run. Any thread may call it."""

    def __init__(self, writer: Writer) -> None:
        self._writer, self._lock = writer, threading.Lock()
        self._known: dict[str, tuple[Measured, float]] = {}
        """With when it was written (monotonic seconds)."""

    def begin(self, run: str, measured: Measured, write: bool = False) -> None:
        """Follow a run, of which this is known already; `write`: and is not yet on the disk."""
        with self._lock:
            self._known[run] = measured, time.monotonic()
        if write:
            self._writer.add(partial(_put, run, dict(measured.values)))

    def take(self, run: str, event: Mapping[str, Any]) -> None:
        """One of its events, as JSON."""
        with self._lock:
            if run not in self._known:
                return
            measured, written = self._known[run]
            measured.take(event)
            now = time.monotonic()
            if now - written < EVERY and event.get("event") in {"metrics", "status", "started"}:
                return
            self._known[run] = measured, now
            self._writer.add(partial(_put, run, dict(measured.values)))

    def see(self, run: str, header: Mapping[str, Any]) -> None:
        """One of its frames, by its header."""
        with self._lock:
            if header["view"] == "predictions" and run in self._known:
                self._known[run][0].see(header["meta"])

    def values(self, run: str) -> dict[str, Any] | None:
        """As they are now, of a run that is followed."""
        with self._lock:
            return dict(self._known[run][0].values) if run in self._known else None

    def forget(self, run: str) -> None:
        """It has ended, and its end is on the disk; or it is gone."""
        with self._lock:
            self._known.pop(run, None)


def _put(run: str, values: dict[str, Any], batch: Batch) -> None:
    batch.facts[run] = values
