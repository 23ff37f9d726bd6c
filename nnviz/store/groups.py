"""Groups in the store: runs that belong together, in an order, under a title. Deleted whole."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from nnviz.store.batch import Batch
from nnviz.store.writer import Writer

WITH_MEMBERS = """SELECT groups.id, title, groups.visitor, groups.created, held, count(runs.id),
    coalesce(sum(runs.ended IS NULL AND runs.id IS NOT NULL), 0), sweep, points, grows, recipe
    FROM groups LEFT JOIN runs ON runs.of_group=groups.id"""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group. `created`: seconds since 1970; `held`: no more of its runs are to begin; `unfinished`: those of its
    `runs` that have not ended. Of a sweep: `sweep`, its JSON; `points`, the swept values of each run; `grows`: more
    runs are to come. Of a recipe: `recipe`, its id."""

    id: str
    title: str
    visitor: str | None
    created: float
    held: bool
    runs: int
    unfinished: int
    sweep: str | None = None
    points: tuple[tuple[Any, ...], ...] = ()
    grows: bool = False
    recipe: str | None = None


class Groups:
    """Made by the store, which gives it its writer and its connections; the runs themselves are the store's."""

    def __init__(self, writer: Writer, reader: Callable[[], AbstractContextManager[sqlite3.Connection]]) -> None:
        self._writer, self._reader = writer, reader

    def create(
        self, id: str, title: str, visitor: str | None = None, sweep: str | None = None, recipe: str | None = None
    ) -> None:
        """A new group; of a sweep with its JSON, of a recipe with its id. Its runs are created by
        `Store.create_run(…, group=id, member=…)`."""
        self._do(("INSERT OR IGNORE INTO groups (id, title, visitor, created, sweep, recipe) VALUES (?, ?, ?, ?, ?, ?)",
                  (id, title, visitor, time.time(), sweep, recipe)))  # fmt: skip

    def set_points(self, id: str, points: Sequence[tuple[Any, ...]], grows: bool) -> None:
        """Of a sweep: the values of each of its runs, of which more are to come or not. Say so before the runs."""
        self._do(("UPDATE groups SET points=?, grows=? WHERE id=?", (json.dumps(points), int(grows), id)))

    def of_sweep(self, sweep: str) -> GroupRow | None:
        """The newest group of the very same sweep, by its JSON, that was started on the command line and of which no
        run has been deleted."""
        query = f"""{WITH_MEMBERS} WHERE sweep=? AND groups.visitor IS NULL GROUP BY groups.id
            HAVING count(runs.id) = coalesce(max(runs.member) + 1, 0) AND count(runs.deleted) = 0
            ORDER BY groups.created DESC LIMIT 1"""
        with self._reader() as db:
            found = db.execute(query, (sweep,)).fetchone()
        return None if found is None else _row(found)

    def done_of_recipes(self) -> dict[str, str]:
        """Specification, as the JSON that is recorded → the newest run of it that the command line has done of a recipe
        and that has come to its end."""
        query = """SELECT spec, runs.id FROM runs JOIN groups ON of_group=groups.id WHERE recipe IS NOT NULL
            AND groups.visitor IS NULL AND status IN ('finished', 'diverged') AND runs.deleted IS NULL
            ORDER BY runs.created"""
        with self._reader() as db:
            return dict(db.execute(query).fetchall())

    def hold(self, id: str, on: bool) -> None:
        """Whether more of its runs may begin; a server that starts asks for it."""
        self._do(("UPDATE groups SET held=? WHERE id=?", (int(on), id)))

    def get(self, id: str) -> GroupRow | None:
        """The group, or None where there is none of that id."""
        with self._reader() as db:
            found = db.execute(f"{WITH_MEMBERS} WHERE groups.id=? GROUP BY groups.id", (id,)).fetchone()
        return None if found is None else _row(found)

    def newest(self, limit: int = 100) -> list[GroupRow]:
        """The newest groups, the last created first."""
        query = f"{WITH_MEMBERS} GROUP BY groups.id ORDER BY groups.created DESC, groups.rowid DESC LIMIT ?"
        with self._reader() as db:
            return [_row(found) for found in db.execute(query, (limit,))]

    def members(self, id: str) -> list[str]:
        """The ids of a group's runs, in its order."""
        with self._reader() as db:
            return [row[0] for row in db.execute("SELECT id FROM runs WHERE of_group=? ORDER BY member", (id,))]

    def points(self, id: str) -> dict[str, tuple[Any, ...]]:
        """Of a sweep: the values of each run that there is, by its id; a run that is gone takes no other's."""
        query = "SELECT runs.id, member, points FROM groups JOIN runs ON of_group=groups.id WHERE groups.id=?"
        with self._reader() as db:
            found = db.execute(f"{query} ORDER BY member", (id,)).fetchall()
        values = json.loads(found[0][2] or "[]") if found else []
        return {run: tuple(values[member]) for run, member, _ in found if member < len(values)}

    def interrupted(self) -> list[GroupRow]:
        """Groups of visitors of which a run was interrupted, or to which runs were to come, the oldest first: those
        that a server which starts goes on with."""
        query = f"""{WITH_MEMBERS} WHERE groups.visitor IS NOT NULL AND (grows
            OR groups.id IN (SELECT of_group FROM runs WHERE status='interrupted'))
            GROUP BY groups.id ORDER BY groups.created"""
        with self._reader() as db:
            return [_row(found) for found in db.execute(query)]

    def _do(self, *statements: tuple[str, tuple[object, ...] | dict[str, object]]) -> None:
        def put(batch: Batch) -> None:
            batch.statements.extend(statements)

        self._writer.add(put, urgent=True)


def _row(found: tuple[Any, ...]) -> GroupRow:
    id, title, visitor, created, held, runs, unfinished, sweep, points, grows, recipe = found
    values = tuple(map(tuple, json.loads(points))) if points else ()
    return GroupRow(id, title, visitor, created, bool(held), runs, unfinished, sweep, values, bool(grows), recipe)
