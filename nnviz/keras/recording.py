"""One `fit` as a run: it is recorded in the home by this process, and shown by the dashboard where there is one.

The script records by itself, so that nothing is lost where the dashboard ends, begins in the midst of the training, or
was never there; and the store has one writer for each run. A home that cannot be used costs the record, not the
training.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnviz.events import Frame, encode_frame
from nnviz.home import HomeError
from nnviz.jobs.own_model import OwnModelSpec
from nnviz.keras.connection import Connection
from nnviz.statuses import TERMINAL
from nnviz.store.recorder import Recorder
from nnviz.store.runs import new_id
from nnviz.store.store import Store

ROOM = "model"


class Recording:
    """tick: called some times a second by a thread of its own; say: what goes wrong, in a line."""

    def __init__(self, home: Path, spec: OwnModelSpec, tick: Callable[[], None], say: Callable[[str], None]) -> None:
        self.run, self.home, self.spec = new_id(), home, spec
        self._say = say
        self._seq = 0
        self._status = "running"
        self._store: Store | None = None
        self._recorder: Recorder | None = None
        try:
            self._store = Store(home, on_problem=self._problem)
            self._recorder = Recorder(self._store)
            self._store.create_run(self.run, spec, room=ROOM)
            self._keep({"event": "status", "status": "running", "detail": {}, "seq": 0})
        except (HomeError, sqlite3.Error, OSError) as error:
            say(f"{error}; the training goes on without a record.")
        self.connection = Connection(home, self._hello, tick)

    @property
    def recorded(self) -> bool:
        return self._store is not None

    def open(self) -> bool:
        """Whether a dashboard shows the run from its begin."""
        return self.connection.open()

    def event(self, event: dict[str, Any]) -> None:
        """An event as its JSON, to record and dashboard. One that ends the run is on the disk before it is told."""
        self._seq += 1
        event = {**event, "seq": self._seq}
        if event["event"] == "status":
            self._status = event["status"]
        self._keep(event)
        if event["event"] in TERMINAL and self._store is not None:
            self._store.flush(2.0)
        self.connection.event(event)

    def frame(self, frame: Frame) -> None:
        data = encode_frame(frame, self.run)
        self._keep(data)
        self.connection.frame(frame.view, data)

    def close(self) -> None:
        """The run has ended, or is left as it is: then it is told as interrupted."""
        self.connection.close()
        if self._store is not None and not self._store.close(5.0):
            self._say("not all of this run could be recorded.")

    def _keep(self, message: dict[str, Any] | bytes) -> None:
        if self._recorder is not None:
            self._recorder.keep(self.run, message)

    def _hello(self) -> dict[str, Any]:
        if self._store is not None:
            with contextlib.suppress(Exception):
                self._store.flush(1.0)
        return {"run": self.run, "spec": self.spec.model_dump(mode="json"), "status": self._status}

    def _problem(self, text: str | None) -> None:
        if text is not None:
            self._say(f"{text}; the training goes on.")
