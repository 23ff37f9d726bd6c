"""Keeping the store within bounds: each run's film and metrics, and the whole."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable

from nnviz.store import schema, thinning

DELETE_RUN = (
    "DELETE FROM metrics WHERE run=:run",
    "DELETE FROM frames WHERE run=:run",
    "DELETE FROM runs WHERE id=:run",
)
DELETE_GROUP = "DELETE FROM groups WHERE id=:group"
OLDEST = """SELECT coalesce(runs.of_group, runs.id) AS unit, group_concat(runs.id)
    FROM runs LEFT JOIN facts ON facts.run=runs.id GROUP BY unit HAVING count(*) = count(ended)
    ORDER BY max(runs.deleted IS NULL), max(coalesce(star, 0)), min(runs.created)"""
"""What has been thrown away goes first, what has a star last."""
DELETE_OLDER_FRAMES = """DELETE FROM frames WHERE run=:run
    AND seq NOT IN (SELECT max(seq) FROM frames WHERE run=:run GROUP BY view)"""
DELETE_OLDER_WEIGHTS = "DELETE FROM frames WHERE run=? AND view=? AND seq<? AND size>?"


class _Film:
    """How much there is of a run's film: frames of each view, bytes of all."""

    def __init__(self, rows: Iterable[thinning.Row]) -> None:
        self._counts: Counter[str] = Counter()
        self._size = 0
        for _, view, _, size in rows:
            self.add(view, size)

    def add(self, view: str, size: int) -> None:
        self._counts[view] += 1
        self._size += size

    @property
    def is_full(self) -> bool:
        return self._size > thinning.MAX_FRAME_BYTES or max(self._counts.values(), default=0) > thinning.MAX_FRAMES


class Upkeep:
    """Counts what each run that is being recorded has, so that the database is asked once and not at every batch."""

    def __init__(self) -> None:
        self._films: dict[str, _Film] = {}
        self._rows: dict[str, int] = {}

    def forget(self, runs: Iterable[str] | None = None) -> None:
        """Count these runs, or all, anew when something more comes of them."""
        for run in [*self._films, *self._rows] if runs is None else runs:
            self._films.pop(run, None)
            self._rows.pop(run, None)

    def keep_film_short(self, db: sqlite3.Connection, run: str, added: Iterable[tuple[int, str, int]]) -> None:
        """Thin the run's frames where those just written, (seq, view, bytes) each, made them too many."""
        film = self._films.get(run)
        for seq, view, size in added:
            if not thinning.is_film(view, size):
                least = thinning.LARGE_WEIGHTS if view == "weights" else 0
                db.execute(DELETE_OLDER_WEIGHTS, (run, view, seq, least))
            elif film is not None:
                film.add(view, size)
        if film is None:
            film = self._films[run] = _Film(_film_rows(db, run))
        if film.is_full:
            rows = _film_rows(db, run)
            gone = set(thinning.surplus_frames(rows))
            db.executemany("DELETE FROM frames WHERE run=? AND seq=?", [(run, seq) for seq in gone])
            self._films[run] = _Film(row for row in rows if row[0] not in gone)

    def keep_metrics_few(self, db: sqlite3.Connection, run: str, added: int, ended: bool) -> None:
        """Thin the run's metrics at its end, and before it where they are twice too many."""
        if run in self._rows:
            count = self._rows[run] + added
        else:
            count = db.execute("SELECT count(*) FROM metrics WHERE run=?", (run,)).fetchone()[0]
        if count > thinning.MAX_METRICS * (1 if ended else 2):
            rows = db.execute("SELECT seq, epoch_end FROM metrics WHERE run=? ORDER BY seq", (run,)).fetchall()
            gone = thinning.surplus_metrics(rows)
            db.executemany("DELETE FROM metrics WHERE run=? AND seq=?", [(run, seq) for seq in gone])
            count = len(rows) - len(gone)
        self._rows[run] = count


def _film_rows(db: sqlite3.Connection, run: str) -> list[thinning.Row]:
    rows = db.execute("SELECT seq, view, step, size FROM frames WHERE run=? ORDER BY seq", (run,))
    return [row for row in rows if thinning.is_film(row[1], row[3])]


def prune(db: sqlite3.Connection, limit: int) -> None:
    """Bring the store under `limit` bytes.

    First go the films of the oldest ended runs, all but the newest picture of each view; then those runs; of both those
    that were thrown away before all others, and those with a star last. A group is treated whole, and once all its runs
    have ended.
    """
    excess = schema.used_bytes(db) - limit
    if excess <= 0:
        return
    excess += limit // 10
    with schema.transaction(db):
        oldest = db.execute(OLDEST).fetchall()
        for statements in ((DELETE_OLDER_FRAMES,), (*DELETE_RUN, DELETE_GROUP)):
            for unit, runs in oldest:
                if excess <= 0:
                    break
                before = schema.used_bytes(db)
                for run in runs.split(","):
                    for statement in statements:
                        db.execute(statement, {"run": run, "group": unit})
                excess -= before - schema.used_bytes(db)
