"""A run of the command line in the home's store. A home that cannot be written costs the record, not the training."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnviz.home import HomeError
from nnviz.runs import new_id
from nnviz.spec import RunSpec
from nnviz.store import Store


class Recording:
    """`run` is the id in the store, or None where nothing is recorded. `warn` gets what goes wrong, in words."""

    def __init__(self, home: Path, spec: RunSpec, warn: Callable[[str], None]) -> None:
        self.run: str | None = None
        self._warn = warn
        self._seq = 0
        try:
            self._store = Store(home, on_problem=self._problem)
        except (HomeError, sqlite3.Error, OSError) as error:
            warn(f"warning: {error}; training goes on without a record")
            return
        self.run = new_id()
        self._store.create_run(self.run, spec)
        self.add({"event": "status", "status": "running"})

    def add(self, event: dict[str, Any]) -> None:
        """Record an event as its JSON."""
        if self.run is not None:
            self._store.add_event(self.run, {**event, "seq": self._seq})
            self._seq += 1

    def close(self) -> None:
        """Everything to the disk; a warning where it does not get there."""
        if self.run is not None and not self._store.close():
            self._warn("warning: not all of this run could be recorded")

    def _problem(self, text: str | None) -> None:
        if text is not None:
            self._warn(f"warning: {text}")
