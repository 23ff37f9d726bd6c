"""The table of runs: pages of it in any order, filtered and searched; names, stars, tags, notes; thrown away and back.

A page begins where the one before ended (keyset pagination), so that the last of 10,000 runs is as near as the first.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from nnviz.stopping import accuracy_interval
from nnviz.store.batch import Batch
from nnviz.store.facts import MEASURES, ROLES
from nnviz.store.schema import SORTS
from nnviz.store.upkeep import DELETE_RUN
from nnviz.store.writer import Writer

PAGE = 100
KEPT = 24 * 3600.0
"""Seconds that a run which was thrown away can come back."""
MAX_TAGS, MAX_TAG, MAX_NAME, MAX_NOTE = 12, 30, 120, 4000
COLUMNS = (
    "id", "run", "created", "status", "visitor", "room", "of_group", "deleted", "note", "name", "auto", "star", "tags",
    "job", "data", "family", "title", "words", "layers", "parameters", *MEASURES,
)  # fmt: skip
SHOWN = f"""SELECT {", ".join(f"facts.{name} AS {name}" for name in COLUMNS)},
    runs.parent, runs.parent_step, runs.ended, groups.title AS group_title,
    (SELECT parents.title FROM facts AS parents WHERE parents.run=runs.parent) AS parent_title
    FROM facts JOIN runs ON runs.id=facts.run LEFT JOIN groups ON groups.id=facts.of_group"""
SEARCHED = " || ' ' || ".join(
    f"facts.{name}" for name in ("title", "auto", "words", "data", "family", "tags", "note", "run")
)
Key = tuple[float | str | None, int]
"""Of the last row of a page: what it is sorted by, and its number."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which runs, in what order. visitor: whose (None: of all); search: words that all must stand in title,
    architecture, data, tags or note; kind: "single" runs, or those of a "group"; deleted: those thrown away."""

    visitor: str | None = None
    search: str = ""
    data: str | None = None
    family: str | None = None
    status: str | None = None
    tag: str | None = None
    star: bool = False
    kind: str | None = None
    deleted: bool = False
    sort: str = "created"
    descending: bool = True

    def where(self) -> tuple[str, list[Any]]:
        """The condition in SQL, and its values."""
        parts = ["facts.deleted IS NOT NULL" if self.deleted else "facts.deleted IS NULL"]
        values: list[Any] = []
        for name in ("visitor", "data", "family", "status"):
            if (wanted := getattr(self, name)) is not None:
                parts.append(f"facts.{name}=?")
                values.append(wanted)
        for word in self.search.split()[:8]:
            parts.append(f"{SEARCHED} LIKE ? ESCAPE '\\'")
            values.append(f"%{_escaped(word)}%")
        if self.tag is not None:
            parts.append("',' || facts.tags || ',' LIKE ? ESCAPE '\\'")
            values.append(f"%,{_escaped(self.tag)},%")
        parts += ["facts.star=1"] * self.star
        if self.kind is not None:
            parts.append(f"facts.of_group IS {'NULL' if self.kind == 'single' else 'NOT NULL'}")
        return " AND ".join(parts), values


class RunTable:
    """Made by the store, which gives it its writer, its connections and what it has in memory of a run's measures."""

    def __init__(
        self,
        writer: Writer,
        reader: Callable[[], AbstractContextManager[sqlite3.Connection]],
        measured: Callable[[str], Mapping[str, Any] | None],
    ) -> None:
        self._writer, self._reader, self._measured = writer, reader, measured

    def page(self, query: Query, after: Key | None = None, limit: int = PAGE) -> list[dict[str, Any]]:
        """The next rows after the one of that `key`, at most `limit`; runs of which the column is not known come last.

        Raises ValueError for a sort that there is not."""
        if query.sort not in SORTS:
            raise ValueError(f"sort: allowed are {', '.join(SORTS)}")
        column, way, beyond = f"facts.{query.sort}", *(("DESC", "<") if query.descending else ("ASC", ">"))
        where, values = query.where()
        found: list[sqlite3.Row] = []
        with self._reader() as db:
            db.row_factory = sqlite3.Row
            if after is None or after[0] is not None:
                key = "" if after is None else f" AND ({column}, facts.id) {beyond} (?, ?)"
                known = f"{SHOWN} WHERE {where} AND {column} IS NOT NULL{key} ORDER BY {column} {way}, facts.id {way}"
                found += db.execute(f"{known} LIMIT ?", (*values, *(after or ()), limit))
            if len(found) < limit:
                last = after[1] if after is not None and after[0] is None else None
                key = "" if last is None else f" AND facts.id {beyond} ?"
                unknown = f"{SHOWN} WHERE {where} AND {column} IS NULL{key} ORDER BY facts.id {way}"
                more = [] if last is None else [last]
                found += db.execute(f"{unknown} LIMIT ?", (*values, *more, limit - len(found)))
        return [self._row(row, query.sort) for row in found]

    def count(self, query: Query) -> int:
        """How many rows all pages have."""
        where, values = query.where()
        with self._reader() as db:
            return int(db.execute(f"SELECT count(*) FROM facts WHERE {where}", values).fetchone()[0])

    def rows(self, runs: Iterable[str], sort: str = "created") -> list[dict[str, Any]]:
        """Of these runs, as many as there are; those thrown away too."""
        ids = list(runs)
        with self._reader() as db:
            db.row_factory = sqlite3.Row
            found = db.execute(f"{SHOWN} WHERE facts.run IN ({','.join('?' * len(ids))})", ids).fetchall()
        return [self._row(row, sort) for row in found]

    def choices(self, visitor: str | None = None) -> dict[str, Any]:
        """What the runs can be filtered by: data, families, statuses and tags, each with how many runs; how many have a
        star, belong to groups, were thrown away."""
        mine, values = ("", []) if visitor is None else (" AND visitor=?", [visitor])
        found: dict[str, Any] = {}
        with self._reader() as db:
            for name in ("data", "family", "status"):
                counted = f"""SELECT {name}, count(*) FROM facts WHERE deleted IS NULL{mine} AND {name}<>''
                    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 40"""
                found[name] = [list(row) for row in db.execute(counted, values)]
            tags: dict[str, int] = {}
            lists = f"SELECT tags, count(*) FROM facts WHERE deleted IS NULL AND tags<>''{mine} GROUP BY 1"
            for text, n in db.execute(lists, values):
                for tag in text.split(","):
                    tags[tag] = tags.get(tag, 0) + n
            sums = f"""SELECT coalesce(sum(star AND deleted IS NULL), 0),
                coalesce(sum(of_group IS NOT NULL AND deleted IS NULL), 0), count(deleted), count(*)
                FROM facts WHERE 1{mine}"""
            star, grouped, deleted, every = db.execute(sums, values).fetchone()
        found["tag"] = [[tag, tags[tag]] for tag in sorted(tags, key=lambda tag: (-tags[tag], tag))[:40]]
        return {**found, "star": star, "grouped": grouped, "deleted": deleted, "all": every - deleted}

    # Changes

    def change(
        self,
        run: str,
        *,
        name: str | None = None,
        star: bool | None = None,
        tags: Sequence[str] | None = None,
        note: str | None = None,
    ) -> None:
        """Give a run a name (empty: its title in words again), a star, tags, a note; None leaves as it was."""
        statements: list[tuple[str, tuple[Any, ...]]] = []
        if name is not None:
            statement = "UPDATE facts SET name=?1, title=CASE WHEN ?1='' THEN auto ELSE ?1 END WHERE run=?2"
            statements.append((statement, (" ".join(name.split())[:MAX_NAME], run)))
        if star is not None:
            statements.append(("UPDATE facts SET star=? WHERE run=?", (int(star), run)))
        if tags is not None:
            statements.append(("UPDATE facts SET tags=? WHERE run=?", (",".join(clean_tags(tags)), run)))
        if note is not None:
            statements.append(("UPDATE runs SET notes=? WHERE id=?", (note[:MAX_NOTE], run)))
        self._do(statements)

    def purge(self, now: float | None = None) -> int:
        """Remove for good what was thrown away more than KEPT seconds ago; how many runs."""
        before = (time.time() if now is None else now) - KEPT
        with self._reader() as db:
            gone = [row[0] for row in db.execute("SELECT run FROM facts WHERE deleted<?", (before,))]
        self._do([(statement, {"run": run}) for run in gone for statement in DELETE_RUN])
        return len(gone)

    def unknown(self, limit: int) -> list[str]:
        """Runs that an earlier version recorded, the newest first, whose words and measures are still to be filled."""
        with self._reader() as db:
            query = "SELECT run FROM facts WHERE known=0 ORDER BY created DESC LIMIT ?"
            return [row[0] for row in db.execute(query, (limit,))]

    def _do(self, statements: Sequence[tuple[str, Any]]) -> None:
        def put(batch: Batch) -> None:
            batch.statements.extend(statements)

        if statements:
            self._writer.add(put, urgent=True)

    def _row(self, found: sqlite3.Row, sort: str) -> dict[str, Any]:
        row = dict(found)
        row |= self._measured(row["run"]) or {}
        row["number"] = row.pop("id")
        key = [found[sort], row["number"]]
        row["tags"] = row["tags"].split(",") if row["tags"] else []
        for role in ROLES:
            last, best, n = (row.pop(f"{role}{suffix}") for suffix in ("", "_best", "_n"))
            row[role] = score(last, best, n)
        return {**row, "star": bool(row["star"]), "key": key}


def score(last: float | None, best: float | None, n: float | None) -> dict[str, Any] | None:
    """Of an accuracy, the last and the best, each with Wilson's 95 % interval where it was measured on `n` samples."""
    if last is None:
        return None
    best = last if best is None else best
    edges = [accuracy_interval(share * n, int(n)) if n else (None, None) for share in (last, best)]
    return {"last": last, "best": best, "low": edges[0][0], "high": edges[0][1], "best_low": edges[1][0],
            "best_high": edges[1][1], "n": n}  # fmt: skip


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Each once, in order, without commas and doubled spaces, at most MAX_TAGS of at most MAX_TAG letters."""
    words = (" ".join(str(tag).replace(",", " ").split())[:MAX_TAG] for tag in tags)
    return [*dict.fromkeys(word for word in words if word)][:MAX_TAGS]


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
