"""The store's tables, and how a database of an earlier version becomes one of today's. Change: append a migration."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from nnviz.events import Metrics

METRICS = tuple(f.name for f in fields(Metrics))
"""The columns of a metrics row, named as the event names them."""

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
)


class NewerStoreError(sqlite3.DatabaseError):
    """The database was written by a later version than this one."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode: transactions are spelled out. It may be used by any one thread at a time."""
    db = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA synchronous=NORMAL")  # in WAL mode a killed process loses nothing that was committed
        db.execute("PRAGMA journal_size_limit=16000000")
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
