"""The store's one writer: what is to be recorded gathers in memory and a thread commits it, a batch at a time.

The caller never waits for the disk. When nothing can be written the batch stays, is tried again every second, and is
thinned so that memory stays bounded: pictures go first, then metrics; what a run is and how it ended goes last.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnviz.events import frame_header
from nnviz.faults import explain, identity, moved
from nnviz.store import schema
from nnviz.store.batch import MAX_PENDING_BYTES, MAX_PENDING_METRICS, Batch
from nnviz.store.facts import MEASURES, WORDS, described
from nnviz.store.upkeep import Upkeep, prune

BATCH_SECONDS = 0.1
RETRY_SECONDS = 1.0
LOOK_SECONDS = 0.5
"""Between two looks whether the database is still where it was."""
HOUSEKEEPING_BYTES = 16_000_000
"""The store's size is looked at each time so much was written."""
ROW_BYTES = 110
"""Of a row of metrics, about."""

log = logging.getLogger(__name__)

INSERT_RUN = """INSERT OR IGNORE INTO runs (id, spec, visitor, lane, parent, created, owner, status, live, started,
    ended, result, versions, start, room, of_group, member, parent_step)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
UPDATE_RUN = "UPDATE runs SET status=?, live=?, started=?, ended=?, result=?, versions=? WHERE id=?"
DESCRIBE = f"""UPDATE facts SET {", ".join(f"{name}=:{name}" for name in WORDS)}, known=1,
    title=CASE WHEN name='' THEN :auto ELSE name END WHERE run=:run"""
MEASURE = f"UPDATE facts SET {', '.join(f'{name}=:{name}' for name in MEASURES)} WHERE run=:run"
# A run may have been deleted, here or by another process: its late records must not come back as orphans.
INSERT_METRICS = f"""INSERT OR IGNORE INTO metrics (run, seq, {", ".join(schema.METRICS)}, more)
    SELECT {", ".join("?" * (len(schema.METRICS) + 3))} WHERE EXISTS (SELECT 1 FROM runs WHERE id=?)"""
INSERT_FRAME = """INSERT OR IGNORE INTO frames (run, seq, view, step, epoch, size, data)
    SELECT ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM runs WHERE id=?)"""
UNWRITABLE = (
    sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.DataError, sqlite3.IntegrityError,
    OverflowError, TypeError, ValueError, KeyError,
)  # fmt: skip
"""Faults of a record, not of the disk: trying again would never help, and must not hold up the others."""


class Writer:
    """A thread with the one connection that writes.

    It calls `on_problem` with words when nothing can be written and with None when all is well again, and `forget` with
    the ids of runs whose end needs no memory any more.
    """

    def __init__(
        self,
        path: Path,
        db: sqlite3.Connection,
        limit: int,
        on_problem: Callable[[str | None], None] | None,
        forget: Callable[[set[str]], None],
    ) -> None:
        self.problem: str | None = None
        self._path, self._limit, self._on_problem, self._forget = path, limit, on_problem, forget
        self._db: sqlite3.Connection | None = db
        self._identity = identity(path)
        self._gone = False
        self._changed = threading.Condition()
        self._batch = Batch()
        self._since: float | None = None
        self._urgent = self._closing = False
        self._added = self._done = 0
        """Counts of additions made and committed: what a flush waits for."""
        self._attempt = self._failed = 0
        """Numbers of the last attempt that was begun, and of the last that failed."""
        self._retry_at = 0.0
        self._upkeep = Upkeep()
        self._fresh_bytes = HOUSEKEEPING_BYTES
        self._thread = threading.Thread(target=self._run, name="nnviz-store", daemon=True)
        self._thread.start()

    def add(self, change: Callable[[Batch], None], urgent: bool = False) -> None:
        """Let `change` add to the next batch; urgent: commit at once instead of within 100 ms."""
        with self._changed:
            if self._closing:
                return
            change(self._batch)
            self._added += 1
            if len(self._batch.frames) > 200 or len(self._batch.metrics) > MAX_PENDING_METRICS:
                self._batch.shrink()  # a commit hangs: what gathers meanwhile is bounded too
            if self._since is None or (urgent and not self._urgent):
                self._since = self._since or time.monotonic()
                self._urgent = self._urgent or urgent
                self._changed.notify_all()

    def flush(self, timeout: float) -> bool:
        """Wait until all that was added is committed; False when it is not, because of a problem or the time."""
        end = time.monotonic() + timeout
        with self._changed:
            wanted, attempt = self._added, self._attempt
            if self._done < wanted:
                self._urgent = True
                self._changed.notify_all()
            while self._done < wanted:
                left = end - time.monotonic()
                if left <= 0 or self._failed > attempt or not self._thread.is_alive():
                    return False
                self._changed.wait(left)
            return True

    def close(self, timeout: float) -> bool:
        """Commit what is left and end the thread; False when something could not be written."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout)
        return self._done == self._added

    def _run(self) -> None:
        waiting = Batch()
        while True:
            with self._changed:
                while not self._ready(waiting):
                    self._changed.wait(self._patience(waiting))
                    if self._gone != (moved(self._path, self._identity) is not None):
                        break
                waiting.absorb(self._batch)
                self._batch, self._since, self._urgent = Batch(), None, False
                self._attempt += 1
                added, closing = self._added, self._closing
            problem = self._commit(waiting)
            if problem is None:
                self._forget(waiting.ended)
                waiting = Batch()
            else:
                self._forget(waiting.shrink())
            if problem != self.problem:
                self.problem = problem
                self._tell(problem)  # before those who wait for a flush go on
            with self._changed:
                if problem is None:
                    self._done = added
                else:
                    self._failed = self._attempt
                    self._retry_at = time.monotonic() + RETRY_SECONDS
                self._changed.notify_all()
            if closing:
                break
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("PRAGMA incremental_vacuum(2000)").fetchall()
            self._db.close()

    def _ready(self, waiting: Batch) -> bool:
        now = time.monotonic()
        if self._closing or self._urgent:
            return True
        if not waiting.is_empty():  # also keeps what gathers meanwhile within bounds
            return now >= self._retry_at or self._batch.size > MAX_PENDING_BYTES // 4
        return self._since is not None and now >= self._since + BATCH_SECONDS

    def _patience(self, waiting: Batch) -> float:
        if not waiting.is_empty():
            due = self._retry_at
        elif self._since is not None:
            due = self._since + BATCH_SECONDS
        else:
            return LOOK_SECONDS
        return min(max(due - time.monotonic(), 0.001), LOOK_SECONDS)

    def _commit(self, batch: Batch) -> str | None:
        """Write a batch in one transaction; the problem in words, or None."""
        gone = moved(self._path, self._identity)
        self._gone = gone is not None
        if gone is not None:  # what is written into a file without a name is lost
            self._let_go()
            return gone
        try:
            if self._db is None:
                self._db = schema.connect(self._path, create=False)
            if self.problem is None:
                self._transact(self._db, batch)
            else:
                self._catch_up(self._db, batch)
        except Exception as error:  # whatever it is, this thread must live: the next batch may do
            # A new connection each time: the file may be another one by then, or on a disk that came back.
            self._let_go()
            return explain(error, self._path)
        with contextlib.suppress(sqlite3.Error):  # housekeeping can wait for the next time
            if self._fresh_bytes >= HOUSEKEEPING_BYTES:
                self._fresh_bytes = 0
                prune(self._db, self._limit)
            if batch.statements:  # something was deleted: give some of its room back to the disk
                self._db.execute("PRAGMA incremental_vacuum(2000)").fetchall()
        return None

    def _let_go(self) -> None:
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
        self._db = None
        self._upkeep.forget()

    def _transact(self, db: sqlite3.Connection, batch: Batch) -> None:
        """All of a batch. Where one of its records cannot be written, find it, leave it out, keep the others."""
        try:
            with schema.transaction(db):
                self._write(db, batch)
        except UNWRITABLE:
            for piece in batch.pieces():
                try:
                    with schema.transaction(db):
                        self._write(db, piece)
                except UNWRITABLE:
                    log.exception("a record cannot be written and is left out")

    def _catch_up(self, db: sqlite3.Connection, batch: Batch) -> None:
        """After a failure, what matters most first, then pictures from the newest: a little room is of use already."""
        frames, batch.frames = batch.frames, []
        try:
            self._transact(db, batch)
            self._forget(batch.ended)
            batch.clear()
            while frames:
                self._transact(db, Batch(frames=frames[-1:]))
                frames.pop()
        finally:
            batch.frames = frames

    def _write(self, db: sqlite3.Connection, batch: Batch) -> None:
        for row, new, start in batch.runs.values():
            changing = (as_json(row.live), row.started, row.ended, as_json(row.result), as_json(row.versions))
            if new:
                fixed = (row.id, as_json(row.raw_spec), row.visitor, row.lane, row.parent, row.created, row.owner)
                place = (row.room, row.group, row.member, row.parent_step)
                db.execute(INSERT_RUN, (*fixed, row.status, *changing, start, *place))
                db.execute(DESCRIBE, {**described(row.spec, row.raw_spec), "run": row.id})
                self._fresh_bytes += len(start or b"")
            db.execute(UPDATE_RUN, (row.status, *changing, row.id))
        db.executemany(MEASURE, [{**facts, "run": run} for run, facts in batch.facts.items()])
        db.executemany(INSERT_METRICS, batch.metrics)
        for run, seq, view, data in batch.frames:
            header = frame_header(data)
            db.execute(INSERT_FRAME, (run, seq, view, header["step"], header["epoch"], len(data), data, run))
            self._fresh_bytes += len(data)
        for run in {frame[0] for frame in batch.frames}:
            added = [(seq, view, len(data)) for of, seq, view, data in batch.frames if of == run]
            self._upkeep.keep_film_short(db, run, added)
        metrics = Counter(values[0] for values in batch.metrics)
        self._fresh_bytes += ROW_BYTES * len(batch.metrics)
        for run in metrics.keys() | batch.ended:
            self._upkeep.keep_metrics_few(db, run, metrics[run], run in batch.ended)
        self._upkeep.forget(batch.ended)
        for statement, values in batch.statements:
            db.execute(statement, values)

    def _tell(self, problem: str | None) -> None:
        log.warning(problem or "runs are being recorded again")
        if self._on_problem is not None:
            try:
                self._on_problem(problem)
            except Exception:  # a listener's fault must not end the recording
                log.exception("a listener to the store's problems failed")


def as_json(value: Any) -> str | None:
    """As it stands in the store; None for none."""
    return None if value is None else json.dumps(value, separators=(",", ":"))
