"""The store's tables, and how a database of an earlier version becomes one of today's. Change: append a migration."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from nnviz.events import Metrics, rename_frame
from nnviz.store.facts import MEASURES

METRICS = tuple(f.name for f in fields(Metrics))
"""The columns of a metrics row, named as the event names them."""

SORTS = (
    "created", "title", "status", "room", "data", "family", "words", "layers", "parameters", "epochs", "seconds",
    "loss", "train", "train_best", "val", "val_best", "test", "test_best",
)  # fmt: skip
"""Columns of `facts` that the table of runs can be sorted by: each has an index."""
FACTS = (
    # The columns of the table of runs. `known`: its words have been filled in (facts.described). What stands in `runs`
    # too is copied by triggers, so that no way to write a run can forget it.
    f"""CREATE TABLE facts (
        id INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, created REAL NOT NULL, status TEXT NOT NULL, visitor TEXT,
        room TEXT, of_group TEXT, deleted REAL, note TEXT NOT NULL DEFAULT '', name TEXT NOT NULL DEFAULT '',
        star INTEGER NOT NULL DEFAULT 0, tags TEXT NOT NULL DEFAULT '', known INTEGER NOT NULL DEFAULT 0,
        job TEXT NOT NULL DEFAULT '', data TEXT NOT NULL DEFAULT '', family TEXT NOT NULL DEFAULT '',
        auto TEXT NOT NULL DEFAULT '', title TEXT NOT NULL DEFAULT '', words TEXT NOT NULL DEFAULT '', layers INTEGER,
        parameters INTEGER, {", ".join(f"{name} REAL" for name in MEASURES)})""",
    *(f"CREATE INDEX facts_{name} ON facts ({name}) WHERE deleted IS NULL" for name in SORTS),
    "CREATE INDEX facts_visitor ON facts (visitor, created) WHERE deleted IS NULL",
    "CREATE INDEX facts_deleted ON facts (deleted) WHERE deleted IS NOT NULL",
    "CREATE INDEX facts_unknown ON facts (created) WHERE known=0",
    """INSERT INTO facts (run, created, status, visitor, room, of_group, note)
        SELECT id, created, status, visitor, room, of_group, notes FROM runs ORDER BY created, rowid""",
    """CREATE TRIGGER facts_new AFTER INSERT ON runs BEGIN
        INSERT INTO facts (run, created, status, visitor, room, of_group, note)
        VALUES (new.id, new.created, new.status, new.visitor, new.room, new.of_group, new.notes); END""",
    """CREATE TRIGGER facts_changed AFTER UPDATE ON runs
        WHEN old.status IS NOT new.status OR old.notes IS NOT new.notes OR old.deleted IS NOT new.deleted BEGIN
        UPDATE facts SET status=new.status, note=new.notes, deleted=new.deleted WHERE run=new.id; END""",
    "CREATE TRIGGER facts_gone AFTER DELETE ON runs BEGIN DELETE FROM facts WHERE run=old.id; END",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE runs (
            id TEXT PRIMARY KEY, spec TEXT NOT NULL, status TEXT NOT NULL, live TEXT NOT NULL, visitor TEXT,
            lane TEXT NOT NULL, parent TEXT, created REAL NOT NULL, started REAL, ended REAL, result TEXT,
            versions TEXT NOT NULL, owner TEXT, notes TEXT NOT NULL DEFAULT '', start BLOB)""",
        "CREATE INDEX runs_created ON runs (created)",
        "CREATE INDEX runs_visitor ON runs (visitor, created)",
        "CREATE INDEX runs_alive ON runs (owner) WHERE ended IS NULL",
        """CREATE TABLE metrics (
            run TEXT NOT NULL, seq INTEGER NOT NULL, epoch REAL, step INTEGER, loss REAL, accuracy REAL,
            val_loss REAL, val_accuracy REAL, penalty REAL, learning_rate REAL, seconds REAL, epoch_end INTEGER,
            PRIMARY KEY (run, seq)) WITHOUT ROWID""",
        # size stands before data: it is read without touching the pages that hold the picture.
        """CREATE TABLE frames (
            run TEXT NOT NULL, seq INTEGER NOT NULL, view TEXT NOT NULL, step INTEGER NOT NULL, epoch REAL,
            size INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE (run, seq))""",
        "CREATE INDEX frames_view ON frames (run, view, seq)",
    ),
    ("ALTER TABLE metrics ADD COLUMN recent_loss REAL", "ALTER TABLE metrics ADD COLUMN recent_accuracy REAL"),
    (
        "ALTER TABLE metrics ADD COLUMN more TEXT",  # JSON: what a job measures that has no column
        "ALTER TABLE runs ADD COLUMN room TEXT",
    ),
    (
        """CREATE TABLE groups (id TEXT PRIMARY KEY, title TEXT NOT NULL, visitor TEXT, created REAL NOT NULL,
            held INTEGER NOT NULL DEFAULT 0)""",
        "ALTER TABLE runs ADD COLUMN of_group TEXT",
        "ALTER TABLE runs ADD COLUMN member INTEGER",
        "CREATE INDEX runs_group ON runs (of_group, member) WHERE of_group IS NOT NULL",
    ),
    (
        "ALTER TABLE groups ADD COLUMN sweep TEXT",  # JSON of what is swept, where it is a sweep's group
        "ALTER TABLE groups ADD COLUMN points TEXT",  # JSON: the swept values of each member
        "ALTER TABLE groups ADD COLUMN grows INTEGER NOT NULL DEFAULT 0",
    ),
    (
        "ALTER TABLE runs ADD COLUMN deleted REAL",  # when a visitor threw it away; it can come back for a while
        "ALTER TABLE runs ADD COLUMN parent_step INTEGER",
        *FACTS,
    ),
    ("ALTER TABLE groups ADD COLUMN recipe TEXT",),  # the recipe's id, where it is a recipe's group
)


class NewerStoreError(sqlite3.DatabaseError):
    """The database was written by a later version than this one."""


def connect(path: Path, create: bool = True) -> sqlite3.Connection:
    """A connection in autocommit mode: transactions are spelled out. It may be used by any one thread at a time.

    Without `create` the file must be there: where somebody has removed it, an empty one would only hide that."""
    name = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
    db = sqlite3.connect(name, timeout=5, isolation_level=None, check_same_thread=False, uri=True)
    try:
        db.execute("PRAGMA synchronous=NORMAL")  # in WAL mode a killed process loses nothing that was committed
        db.execute("PRAGMA journal_size_limit=16000000")
        db.create_function("renamed", 2, rename_frame, deterministic=True)
    except BaseException:
        db.close()
        raise
    return db


def prepare(db: sqlite3.Connection) -> None:
    """Bring a new or older database to today's tables. Raises NewerStoreError, sqlite3.Error."""
    if _version(db) == 0:
        db.execute("PRAGMA auto_vacuum=INCREMENTAL")  # only takes effect before the first table
    db.execute("PRAGMA journal_mode=WAL")
    if _version(db) < len(MIGRATIONS):
        with transaction(db):  # two processes may open a new home at once: the second finds the work done
            for number in range(_version(db), len(MIGRATIONS)):
                for statement in MIGRATIONS[number]:
                    db.execute(statement)
            db.execute(f"PRAGMA user_version={max(_version(db), len(MIGRATIONS))}")
    if _version(db) > len(MIGRATIONS):
        raise NewerStoreError(f"version {_version(db)}")


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing of what is written inside; other processes' writers wait."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # a full disk may have rolled it back already
            db.execute("ROLLBACK")
        raise


def used_bytes(db: sqlite3.Connection) -> int:
    """Bytes of the database that hold something; freed pages are used again."""
    pages, free, size = (db.execute(f"PRAGMA {p}").fetchone()[0] for p in ("page_count", "freelist_count", "page_size"))
    return int((pages - free) * size)


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
