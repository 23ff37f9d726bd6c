"""A run of the command line in the home's store. A home that cannot be written costs the record, not the training."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnviz.events import Frame, encode_frame
from nnviz.home import HomeError
from nnviz.spec.job import JobSpec
from nnviz.store.runs import new_id
from nnviz.store.store import Store


class Recording:
    """`run` is the id in the store (a new one, or the one that is given), or None where nothing is recorded. `warn`
    gets what goes wrong, in words."""

    def __init__(self, home: Path, spec: JobSpec, warn: Callable[[str], None], run: str | None = None) -> None:
        self.run: str | None = None
        self._warn = warn
        self._seq = 0
        try:
            self._store = Store(home, on_problem=self._problem)
        except (HomeError, sqlite3.Error, OSError) as error:
            warn(f"warning: {error}; training goes on without a record")
            return
        self.run = run or new_id()
        self._store.create_run(self.run, spec)
        self.add({"event": "status", "status": "running"})

    def add(self, event: dict[str, Any]) -> None:
        """Record an event as its JSON."""
        if self.run is not None:
            self._store.add_event(self.run, {**event, "seq": self._seq})
            self._seq += 1

    def add_frame(self, frame: Frame) -> None:
        """Record a picture of what the run came to: it can be looked at, and exported."""
        if self.run is not None:
            self._store.add_frame(self.run, self._seq, encode_frame(frame, self.run))
            self._seq += 1

    def is_written(self) -> bool:
        """Whether all that was added is on the disk, or never will be."""
        return self.run is None or self._store.flush(1.0)

    def close(self) -> None:
        """Everything to the disk; a warning where it does not get there."""
        if self.run is not None and not self._store.close():
            self._warn("warning: not all of this run could be recorded")

    def _problem(self, text: str | None) -> None:
        if text is not None:
            self._warn(f"warning: {text}")
