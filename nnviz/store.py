"""What every run said, kept: SQLite in the home directory, written by one thread, read by any.

Calls that record return at once. A run of this process is answered from memory, so that it can be read as soon as it
was created; histories and films wait for the commit of what was recorded before the call, some milliseconds.
Several processes may record in the same home at once, each its own runs.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from nnviz import schema
from nnviz.batch import Batch
from nnviz.events import frame_header
from nnviz.home import HomeError, OwnerLock, open_home, owner_is_alive
from nnviz.runs import Progress, RunRow, after, read_spec
from nnviz.spec import RunSpec
from nnviz.upkeep import DELETE_RUN
from nnviz.writer import Writer

MAX_BYTES = 2_000_000_000
_MAX = 2**63 - 1
"""The largest integer of SQLite: later than every step."""
COLUMNS = "id, spec, status, live, visitor, lane, parent, created, started, ended, result, versions, owner, notes"
# The last thing that a run said is the best guess of when it ended.
INTERRUPT_RUNS = """UPDATE runs SET status='interrupted', result=?, ended=coalesce(started, created)
    + coalesce((SELECT max(seconds) FROM metrics WHERE run=runs.id), 0) WHERE ended IS NULL AND owner IS ?"""
ADVICE = "see that its disk has room and that it may be written, or choose another home with --home DIR or NNVIZ_HOME"


class Store:
    """The runs of one home. Raises HomeError where the home cannot be used.

    `on_problem(message | None)` is called from the writer's thread when nothing can be written, and again when it can.
    """

    def __init__(
        self, home: Path, on_problem: Callable[[str | None], None] | None = None, max_bytes: int = MAX_BYTES
    ) -> None:
        self.path = open_home(home) / "nnviz.db"
        self._owner = OwnerLock(home)
        try:
            db = _open(self.path)
            gone = _abandoned(db, home)
        except BaseException:
            self._owner.release()
            raise
        self._lock = threading.RLock()
        self._mine: dict[str, RunRow] = {}
        """Runs that this process records, until their end is on the disk."""
        self._closed = False
        self._writer = Writer(self.path, db, max_bytes, on_problem, self._forget)
        if gone:  # nothing stays "running"
            result = json.dumps({"event": "interrupted"})
            statements = [(INTERRUPT_RUNS, (result, owner)) for owner in gone]
            self._writer.add(lambda batch: batch.statements.extend(statements), urgent=True)
            self.flush()

    @property
    def problem(self) -> str | None:
        """Why nothing can be recorded at present, in words for the visitor; None when all is well."""
        return self._writer.problem

    # Recording

    def create_run(
        self,
        id: str,
        spec: RunSpec,
        visitor: str | None = None,
        parent: str | None = None,
        start: bytes | None = None,
        lane: str = "interactive",
    ) -> None:
        """A new run, waiting. `start`: the weights that it starts from where they are not the seed's."""
        row = RunRow(
            id=id, raw_spec=spec.model_dump(mode="json"), spec=spec, visitor=visitor, parent=parent, lane=lane,
            created=time.time(), owner=self._owner.token,
        )  # fmt: skip
        with self._lock:
            self._mine[id] = row
            self._writer.add(lambda batch: batch.runs.update({id: (row, True, start)}), urgent=True)

    def add_event(self, run: str, event: dict[str, Any]) -> None:
        """Record an event as its JSON, with `seq`. Metrics are kept; lifecycle events change the run's row."""
        if event.get("event") == "metrics":
            values = (run, event["seq"], *(event.get(name) for name in schema.METRICS), run)
            self._writer.add(lambda batch: batch.metrics.append(values))
        else:
            self._change(run, lambda row: after(row, event, time.time()))

    def add_frame(self, run: str, seq: int, data: bytes) -> None:
        """Add an encoded frame to the run's film. Raises ValueError for bytes that are no frame."""
        view = frame_header(data)["view"]
        self._writer.add(lambda batch: batch.frames.append((run, seq, view, data)))

    def set_live(self, run: str, live: dict[str, Any]) -> None:
        """What was changed by hand while the run trains: rates, speed, edits."""
        self._change(run, lambda row: replace(row, live=live))

    def set_notes(self, run: str, notes: str) -> None:
        """A visitor's words about a run."""
        with self._lock:
            if run in self._mine:
                self._mine[run] = replace(self._mine[run], notes=notes)
            statement = ("UPDATE runs SET notes=? WHERE id=?", (notes, run))
            self._writer.add(lambda batch: batch.statements.append(statement), urgent=True)

    def delete_run(self, run: str) -> None:
        """Forget a run with all that it said."""

        def delete(batch: Batch) -> None:
            batch.runs.pop(run, None)
            batch.statements += [(statement, {"run": run}) for statement in DELETE_RUN]

        with self._lock:
            self._mine.pop(run, None)
            self._writer.add(delete, urgent=True)

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until all that was recorded is committed; False when it is not: see `problem`."""
        return self._writer.flush(timeout)

    def close(self, timeout: float = 10.0) -> bool:
        """Commit what is left and let go of the home. Runs of this process that have not ended are interrupted. False
        when something could not be written."""
        if self._closed:
            return True
        self._closed = True
        with self._lock:
            alive = [id for id, row in self._mine.items() if not row.is_over]
        for id in alive:
            self.add_event(id, {"event": "interrupted"})
        written = self._writer.close(timeout)
        self._owner.release()
        return written

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Reading

    def get_run(self, id: str) -> RunRow | None:
        """The run as it stands, or None where there is none of that id."""
        with self._lock:
            mine = self._mine.get(id)
        if mine is not None:
            return mine
        with self._reader() as db:
            found = db.execute(f"SELECT {COLUMNS} FROM runs WHERE id=?", (id,)).fetchone()
        return None if found is None else _row(found)

    def list_runs(self, limit: int = 100, visitor: str | None = None) -> list[RunRow]:
        """The newest runs, the last created first; of one visitor or of all."""
        with self._lock:
            mine = {id: row for id, row in self._mine.items() if visitor is None or row.visitor == visitor}
        with self._reader() as db:
            where, values = ("", (limit,)) if visitor is None else ("WHERE visitor=?", (visitor, limit))
            query = f"SELECT {COLUMNS} FROM runs {where} ORDER BY created DESC, rowid DESC LIMIT ?"
            rows = {row.id: row for row in map(_row, db.execute(query, values))}
        merged = sorted((rows | mine).values(), key=lambda row: row.created, reverse=True)
        return merged[:limit]

    def history(self, run: str) -> dict[str, list[Any]]:
        """The run's metrics as columns of equal length: seq and the fields of the metrics event, in order of seq."""
        names = ("seq", *schema.METRICS)
        with self._reader(wait=True) as db:
            rows = db.execute(f"SELECT {', '.join(names)} FROM metrics WHERE run=? ORDER BY seq", (run,)).fetchall()
        columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in names]
        history = dict(zip(names, columns, strict=True))
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
            return dict(db.execute(query, (run, run, _MAX if step is None else step, *views)).fetchall())

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
            found: tuple[int, int] | None = db.execute(query, (run, view, _MAX if step is None else step)).fetchone()
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

    # Inside

    def _change(self, run: str, change: Callable[[RunRow], RunRow]) -> None:
        with self._lock:
            row = self._mine.get(run)
            if row is None or (new := change(row)) == row:
                return  # of no run that this process records, or nothing new
            self._mine[run] = new

            def put(batch: Batch) -> None:
                _, is_new, start = batch.runs.get(run, (None, False, None))
                batch.runs[run] = (new, is_new, start)
                if new.is_over:
                    batch.ended.add(run)

            self._writer.add(put, urgent=new.is_over)

    def _forget(self, ended: set[str]) -> None:
        """Called by the writer: these runs' ends are on the disk, and are read from there from now on."""
        with self._lock:
            for run in ended:
                self._mine.pop(run, None)

    @contextlib.contextmanager
    def _reader(self, wait: bool = False) -> Iterator[sqlite3.Connection]:
        if wait and self.problem is None and not self._closed:
            self._writer.flush(0.5)
        with contextlib.closing(schema.connect(self.path)) as db:
            yield db


def _open(path: Path) -> sqlite3.Connection:
    try:
        db = schema.connect(path)
    except sqlite3.Error as error:
        raise HomeError(f"cannot open {path} ({error}); {ADVICE}") from error
    try:
        schema.prepare(db)
    except sqlite3.Error as error:
        db.close()
        if isinstance(error, schema.NewerStoreError):
            raise HomeError(
                f"the store {path} was written by a newer nnviz; upgrade nnviz, or choose another home with --home DIR"
            ) from error
        if isinstance(error, sqlite3.OperationalError):
            why = f"cannot be written ({error})"
        else:
            why = f"is damaged ({error}): move it away"
        raise HomeError(f"the store {path} {why}; {ADVICE}") from error
    return db


def _abandoned(db: sqlite3.Connection, home: Path) -> list[str | None]:
    """Owners of unfinished runs whose process is gone."""
    try:
        owners = [row[0] for row in db.execute("SELECT DISTINCT owner FROM runs WHERE ended IS NULL")]
    except sqlite3.Error as error:
        db.close()
        raise HomeError(f"the store cannot be read ({error}); {ADVICE}") from error
    return [owner for owner in owners if owner is None or not owner_is_alive(home, owner)]


def _row(found: tuple[Any, ...]) -> RunRow:
    id, spec, status, live, visitor, lane, parent, created, started, ended, result, versions, owner, notes = found
    raw = json.loads(spec)
    return RunRow(
        id=id, raw_spec=raw, status=status, live=json.loads(live), visitor=visitor, lane=lane, parent=parent,
        created=created, started=started, ended=ended, result=json.loads(result) if result else None,
        versions=json.loads(versions), owner=owner, notes=notes, spec=read_spec(raw),
    )  # fmt: skip
