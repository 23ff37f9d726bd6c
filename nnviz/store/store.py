"""The events and frames of every run, kept: SQLite in the home directory, written by one thread, read by any.

Calls that record return at once. A run of this process is answered from memory, so that it can be read as soon as it
was created; histories and films wait for the commit of what was recorded before the call, some milliseconds.
Several processes may record in the same home at once, each its own runs.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from nnviz.events import frame_header
from nnviz.faults import OTHER_HOME, damaged, is_damage
from nnviz.home import OwnerLock, open_home, owner_is_alive
from nnviz.spec.job import JobSpec
from nnviz.store import schema
from nnviz.store.batch import Batch
from nnviz.store.facts import Measured, described
from nnviz.store.groups import Groups
from nnviz.store.measures import Measures
from nnviz.store.opening import abandoned, open_store
from nnviz.store.recorded import Recorded
from nnviz.store.runs import RunRow, after, read_spec
from nnviz.store.table import RunTable
from nnviz.store.upkeep import DELETE_GROUP, DELETE_RUN
from nnviz.store.writer import DESCRIBE, MEASURE, Writer

NAME = "nnviz.db"
MAX_BYTES = 2_000_000_000
ENVELOPE = frozenset({"event", "run", "seq", *schema.METRICS})
"""Of a metrics event: what has a column, and what says whose it is."""
COLUMNS = """id, spec, status, live, visitor, lane, parent, created, started, ended, result, versions, owner, notes,
    room, of_group, member, parent_step"""
# The last event of a run is the best guess of when it ended.
FACTS_ANEW = """UPDATE facts SET known=0 WHERE ?1<>'' AND
    run IN (SELECT id FROM runs WHERE ended IS NULL AND owner IS ?2)"""
END_RUNS = """UPDATE runs SET status=?, result=?, ended=coalesce(started, created)
    + coalesce((SELECT max(seconds) FROM metrics WHERE run=runs.id), 0) WHERE ended IS NULL AND owner IS ?"""
FORGET_LATER = ("DELETE FROM metrics WHERE run=? AND step>?", "DELETE FROM frames WHERE run=? AND step>?")
COPY_RUN = (
    f"""INSERT OR IGNORE INTO metrics (run, seq, {", ".join(schema.METRICS)}, more)
    SELECT :new, seq, {", ".join(schema.METRICS)}, more FROM metrics WHERE run=:run AND step<=:step""",
    """INSERT OR IGNORE INTO frames (run, seq, view, step, epoch, size, data)
    SELECT :new, seq, view, step, epoch, size, renamed(data, :new) FROM frames
    WHERE run=:run AND step<=:step AND view<>'state'""",
)


class Store(Recorded):
    """The runs of one home. Raises HomeError where the home cannot be used.

    `on_problem(message | None)` is called from the writer's thread when nothing can be written, and again when it can.
    """

    def __init__(
        self, home: Path, on_problem: Callable[[str | None], None] | None = None, max_bytes: int = MAX_BYTES
    ) -> None:
        self.path = open_home(home) / NAME
        self._owner = OwnerLock(home)
        try:
            db = open_store(self.path)
            gone = abandoned(db, self.path)
        except BaseException:
            self._owner.release()
            raise
        self._lock = threading.RLock()
        self._mine: dict[str, RunRow] = {}
        """Runs that this process records, until their end is on the disk."""
        self._closed = False
        self._writer = Writer(self.path, db, max_bytes, on_problem, self._forget)
        self._measures = Measures(self._writer)
        self.groups = Groups(self._writer, partial(self._reader, wait=True))
        self.table = RunTable(self._writer, partial(self._reader, wait=True), self._measures.values)
        if gone:  # nothing stays "running"
            self._end_runs(gone, {"event": "interrupted"})

    @property
    def problem(self) -> str | None:
        """Why nothing can be recorded at present, in words for the visitor; None when all is well."""
        return self._writer.problem

    # Recording

    def create_run(
        self,
        id: str,
        spec: JobSpec,
        visitor: str | None = None,
        parent: str | None = None,
        start: bytes | None = None,
        lane: str = "interactive",
        room: str | None = None,
        group: str | None = None,
        member: int | None = None,
        parent_step: int | None = None,
    ) -> None:
        """A new run, waiting. `start`: the weights that it starts from where they are not the seed's; `parent`,
        `parent_step`: the run that had them, and at which step (None: its newest); `room`: the one that it was started
        in; `group`, `member`: which run of which group (`groups.create`) it is."""
        row = RunRow(
            id=id, raw_spec=spec.model_dump(mode="json"), spec=spec, visitor=visitor, parent=parent, lane=lane,
            created=time.time(), owner=self._owner.token, room=room, group=group, member=member,
            parent_step=parent_step,
        )  # fmt: skip
        with self._lock:
            self._mine[id] = row
            self._measures.begin(id, Measured(spec))
            self._writer.add(lambda batch: batch.runs.update({id: (row, True, start)}), urgent=True)

    def reopen_run(self, id: str, step: int) -> tuple[int, int] | None:
        """A run that has ended is waiting again, in this process's hands; its events after `step` are forgotten. The
        numbers of the last event and frame that are left; None where there is no such run, or it has not ended."""
        with self._lock:
            row = self.get_run(id)
            if row is None or not row.is_over:
                return None
            self._mine[id] = new = replace(row, status="waiting", ended=None, result=None, owner=self._owner.token)

            def put(batch: Batch) -> None:
                batch.runs[id] = (new, *batch.runs.get(id, (None, False, None))[1:])
                batch.ended.discard(id)
                batch.statements.append(("UPDATE runs SET owner=? WHERE id=?", (new.owner, id)))
                batch.statements += [(statement, (id, step)) for statement in FORGET_LATER]

            self._writer.add(put, urgent=True)
        self._measures.begin(id, self._reviewed(new), write=True)
        return self.last_numbers(id)

    def copy_run(
        self, id: str, new: str, spec: JobSpec, visitor: str, step: int, room: str | None = None
    ) -> tuple[int, int]:
        """A new run, of this visitor, that begins with those of another one up to `step`: metrics and film; and where
        it has the same setting, the rates that were changed by hand. `room`: unless said, that of the other one. The
        numbers of the last event and frame."""
        row = self.get_run(id)
        self.create_run(new, spec, visitor, parent=id, room=room or (row.room if row else None), parent_step=step)
        if row is not None and row.spec == spec:
            self.set_live(new, dict(row.live))
        with self._lock:
            values = {"run": id, "new": new, "step": step}
            self._writer.add(lambda batch: batch.statements.extend((s, values) for s in COPY_RUN), urgent=True)
        self._measures.begin(new, self._reviewed(RunRow(id=new, raw_spec={}, spec=spec)), write=True)
        return self.last_numbers(new)

    def add_event(self, run: str, event: dict[str, Any]) -> None:
        """Record an event as its JSON, with `seq`. Metrics are kept; lifecycle events change the run's row."""
        if event.get("event") == "metrics":
            values = (run, event["seq"], *(event.get(name) for name in schema.METRICS), _more(event), run)
            self._writer.add(lambda batch: batch.metrics.append(values))
        else:
            self._change(run, lambda row: after(row, event, time.time()))
        self._measures.take(run, event)

    def add_frame(self, run: str, seq: int, data: bytes) -> None:
        """Add an encoded frame to the run's film. Raises ValueError for bytes that are no frame."""
        header = frame_header(data)
        self._measures.see(run, header)
        self._writer.add(lambda batch: batch.frames.append((run, seq, header["view"], data)))

    def end_abandoned(self, run: str, event: dict[str, Any]) -> bool:
        """A run of another process ends with this event, where that process has ended without a word. False: it has
        not, or has said how the run ended."""
        row = self.get_run(run)
        if row is None or row.is_over or owner_is_alive(self.path.parent, row.owner or ""):
            return False
        self._end_runs([row.owner], event)
        return True

    def _end_runs(self, owners: Iterable[str | None], event: dict[str, Any]) -> None:
        """What is under way of these owners ends with this event."""
        result, name = json.dumps(event), event["event"]
        each = ((FACTS_ANEW, (result,)), (END_RUNS, (name, result)))
        statements = [(statement, (*values, owner)) for owner in owners for statement, values in each]
        self._writer.add(partial(_put, statements), urgent=True)
        self.flush()

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

    def throw_away(self, run: str) -> bool:
        """Hide a run that has ended from all lists and links; `take_back` brings it back, until `table.purge` removes
        it for good. False: there is no such run, or it has not ended."""
        with self._lock:
            row = self.get_run(run)
            if row is None or not row.is_over:
                return False
            self._mine.pop(run, None)  # its end is in the batch: nothing more comes of it
            self._measures.forget(run)
            statement = ("UPDATE runs SET deleted=? WHERE id=?", (time.time(), run))
            self._writer.add(lambda batch: batch.statements.append(statement), urgent=True)
        return self.flush()

    def take_back(self, *runs: str) -> None:
        """Runs that were thrown away are there again."""
        statements = [("UPDATE runs SET deleted=NULL WHERE id=?", (run,)) for run in runs]
        self._writer.add(partial(_put, statements), urgent=True)
        self.flush()

    def fill_facts(self, most: int = 20) -> bool:
        """Words and measures for the table of runs, of runs that an earlier version recorded: of at most so many, some
        milliseconds each. Whether there are more."""
        runs = self.table.unknown(most)
        for run in runs:
            with self._reader() as db:
                found = db.execute(f"SELECT {COLUMNS} FROM runs WHERE id=?", (run,)).fetchone()
            if found is None:
                continue
            row = _row(found)
            facts = {**described(row.spec, row.raw_spec), **self._reviewed(row).values, "run": run}
            statements = [(DESCRIBE, facts), (MEASURE, facts)]
            self._writer.add(partial(_put, statements))
        return len(runs) == most

    def delete_run(self, run: str) -> None:
        """Forget a run with all its events and frames."""
        self._delete([run], [(statement, {"run": run}) for statement in DELETE_RUN])

    def delete_group(self, group: str) -> None:
        """Forget a group with its runs."""
        runs = self.groups.members(group)
        statements = [(statement, {"run": run}) for run in runs for statement in DELETE_RUN]
        self._delete(runs, [*statements, (DELETE_GROUP, {"group": group})])

    def _delete(self, runs: list[str], statements: list[tuple[str, dict[str, str]]]) -> None:
        def delete(batch: Batch) -> None:
            for run in runs:
                batch.runs.pop(run, None)
                batch.facts.pop(run, None)
            batch.statements += statements

        with self._lock:
            for run in runs:
                self._mine.pop(run, None)
                self._measures.forget(run)
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
            found = db.execute(f"SELECT {COLUMNS} FROM runs WHERE id=? AND deleted IS NULL", (id,)).fetchone()
        return None if found is None else _row(found)

    def list_runs(self, limit: int = 100, visitor: str | None = None) -> list[RunRow]:
        """The newest runs that belong to no group, the last created first; of one visitor or of all."""
        with self._lock:
            alone = {id: row for id, row in self._mine.items() if row.group is None}
            mine = {id: row for id, row in alone.items() if visitor is None or row.visitor == visitor}
        with self._reader() as db:
            where, values = ("", (limit,)) if visitor is None else ("AND visitor=?", (visitor, limit))
            query = f"""SELECT {COLUMNS} FROM runs WHERE of_group IS NULL AND deleted IS NULL {where}
                ORDER BY created DESC, rowid DESC LIMIT ?"""
            rows = {row.id: row for row in map(_row, db.execute(query, values))}
        merged = sorted((rows | mine).values(), key=lambda row: row.created, reverse=True)
        return merged[:limit]

    def find(self, start: str) -> list[str]:
        """Ids of runs and groups that begin so; two at most."""
        query = """SELECT id FROM runs WHERE substr(id, 1, length(:start))=:start AND deleted IS NULL UNION
            SELECT id FROM groups WHERE substr(id, 1, length(:start))=:start LIMIT 2"""
        with self._reader(wait=True) as db:
            return [row[0] for row in db.execute(query, {"start": start})]

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
                if run in self._mine and self._mine[run].is_over:  # else it has been taken up again
                    del self._mine[run]
                    self._measures.forget(run)

    def _reviewed(self, row: RunRow) -> Measured:
        """From what is recorded of a run."""
        measured, frame = Measured(row.spec), self.newest_frame(row.id, "predictions")
        measured.review(self.history(row.id), None if frame is None else frame_header(frame)["meta"])
        if row.result is not None:
            measured.take(row.result)
        return measured

    def _settle(self) -> None:
        if self.problem is None and not self._closed:
            self._writer.flush(0.5)

    def _why(self, error: sqlite3.Error) -> str:
        if self.problem is not None:
            return self.problem
        if is_damage(error):
            return damaged(self.path, error)
        return f"the store {self.path} cannot be read ({error}); {OTHER_HOME}, or move it away"


def _more(event: dict[str, Any]) -> str | None:
    """What a metrics event has beside the fields of a training's, as JSON."""
    more = {name: value for name, value in event.items() if name not in ENVELOPE}
    return json.dumps(more, separators=(",", ":")) if more else None


def _row(found: tuple[Any, ...]) -> RunRow:
    id, spec, status, live, visitor, lane, parent, created, started, ended, result, versions, *rest = found
    owner, notes, room, group, member, parent_step = rest
    raw = json.loads(spec)
    return RunRow(
        id=id, raw_spec=raw, status=status, live=json.loads(live), visitor=visitor, lane=lane, parent=parent,
        created=created, started=started, ended=ended, result=json.loads(result) if result else None,
        versions=json.loads(versions), owner=owner, notes=notes, spec=read_spec(raw),
        room=room, group=group, member=member, parent_step=parent_step,
    )  # fmt: skip


def _put(statements: list[Any], batch: Batch) -> None:
    batch.statements += statements
