"""What is on the disk of each run: its history and its film."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nnviz.faults import StoreError
from nnviz.store import schema
from nnviz.store.runs import Progress

LATEST = 2**63 - 1
"""The largest integer of SQLite: later than every step."""


class Recorded(ABC):
    """Of the store at `path`."""

    path: Path

    @abstractmethod
    def _settle(self) -> None:
        """Wait for what is on its way to the disk."""

    @abstractmethod
    def _why(self, error: sqlite3.Error) -> str:
        """What is wrong, for who wants to read."""

    def history(self, run: str) -> dict[str, list[Any]]:
        """The run's metrics as columns of equal length, in order of seq: seq, the fields of a training's metrics event,
        and what else its job measures, by its own names. None: not measured."""
        names = ("seq", *schema.METRICS, "more")
        with self._reader(wait=True) as db:
            rows = db.execute(f"SELECT {', '.join(names)} FROM metrics WHERE run=? ORDER BY seq", (run,)).fetchall()
        columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in names]
        history = dict(zip(names, columns, strict=True))
        more = [json.loads(text) if text else {} for text in history.pop("more")]
        history |= {
            name: [values.get(name) for values in more] for name in {name: None for one in more for name in one}
        }
        history["epoch_end"] = [bool(value) for value in history["epoch_end"]]
        return history

    def progress(self, run: str) -> Progress:
        """How far the run came, without its whole history."""
        query = """SELECT epoch, seconds, loss,
            (SELECT val_loss FROM metrics WHERE run=:run AND val_loss IS NOT NULL ORDER BY seq DESC LIMIT 1),
            (SELECT min(val_loss) FROM metrics WHERE run=:run)
            FROM metrics WHERE run=:run ORDER BY seq DESC LIMIT 1"""
        with self._reader(wait=True) as db:
            found = db.execute(query, {"run": run}).fetchone()
        return Progress(*found) if found else Progress()

    def newest_frames(
        self, run: str, step: int | None = None, leave_out: Iterable[str] = frozenset()
    ) -> dict[str, bytes]:
        """The last frame of each view, encoded; with `step`, the last that is not of a later step."""
        views = list(leave_out)
        query = f"""SELECT view, data FROM frames WHERE run=? AND seq IN (
            SELECT max(seq) FROM frames WHERE run=? AND step<=? AND view NOT IN ({",".join("?" * len(views))})
            GROUP BY view) ORDER BY seq"""
        with self._reader(wait=True) as db:
            return dict(db.execute(query, (run, run, LATEST if step is None else step, *views)).fetchall())

    def newest_frame(self, run: str, view: str) -> bytes | None:
        """The last frame of one view, encoded."""
        query = "SELECT data FROM frames WHERE run=? AND view=? ORDER BY seq DESC LIMIT 1"
        with self._reader(wait=True) as db:
            found = db.execute(query, (run, view)).fetchone()
        return None if found is None else found[0]

    def find_frame(self, run: str, view: str, step: int | None = None) -> tuple[int, int] | None:
        """(seq, step) of a view's last frame; with `step`, of the last that is not of a later step."""
        query = "SELECT seq, step FROM frames WHERE run=? AND view=? AND step<=? ORDER BY seq DESC LIMIT 1"
        with self._reader(wait=True) as db:
            found: tuple[int, int] | None = db.execute(query, (run, view, LATEST if step is None else step)).fetchone()
        return found

    def film_frames(self, run: str, view: str) -> list[bytes]:
        """Every recorded frame of a view, encoded, in order."""
        query = "SELECT data FROM frames WHERE run=? AND view=? ORDER BY seq"
        with self._reader(wait=True) as db:
            return [row[0] for row in db.execute(query, (run, view))]

    def film(self, run: str, view: str) -> list[tuple[int, int, float]]:
        """(seq, step, epoch) of each recorded frame of a view, in order."""
        query = "SELECT seq, step, epoch FROM frames WHERE run=? AND view=? ORDER BY seq"
        with self._reader(wait=True) as db:
            return db.execute(query, (run, view)).fetchall()

    def frame(self, run: str, seq: int) -> bytes | None:
        """One recorded frame, encoded; None where it was thinned out or never was."""
        with self._reader(wait=True) as db:
            found = db.execute("SELECT data FROM frames WHERE run=? AND seq=?", (run, seq)).fetchone()
        return None if found is None else found[0]

    def start_weights(self, run: str) -> bytes | None:
        """The weights that the run started from, where they were not the seed's."""
        with self._reader(wait=True) as db:
            found = db.execute("SELECT start FROM runs WHERE id=?", (run,)).fetchone()
        return None if found is None else found[0]

    def last_numbers(self, run: str) -> tuple[int, int]:
        """Of a run's newest row of metrics and of its newest frame; 0 where there is none."""
        query = """SELECT (SELECT coalesce(max(seq), 0) FROM metrics WHERE run=:run),
            (SELECT coalesce(max(seq), 0) FROM frames WHERE run=:run)"""
        with self._reader(wait=True) as db:
            event, frame = db.execute(query, {"run": run}).fetchone()
        return event, frame

    @contextlib.contextmanager
    def _reader(self, wait: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection that only reads; `wait`: with all that was recorded before. Raises StoreError."""
        if wait:
            self._settle()
        try:
            with contextlib.closing(schema.connect(self.path, create=False)) as db:
                yield db
        except sqlite3.Error as error:
            raise StoreError(self._why(error)) from error
