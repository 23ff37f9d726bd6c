"""How a store begins: it is opened, brought to this version's tables, and asked what earlier processes left."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from nnviz.faults import OTHER_HOME, check, damaged, is_damage
from nnviz.home import HomeError, owner_is_alive
from nnviz.store import schema

ADVICE = f"see that its disk has room and that it may be written, or {OTHER_HOME}"


def open_store(path: Path) -> sqlite3.Connection:
    """A connection that may write, to a store that has all its tables. Raises HomeError."""
    try:
        db = schema.connect(path)
    except sqlite3.Error as error:
        raise HomeError(
            damaged(path, error) if is_damage(error) else f"cannot open {path} ({error}); {ADVICE}"
        ) from error
    try:
        schema.prepare(db)
        check(db)
    except sqlite3.Error as error:
        db.close()
        if isinstance(error, schema.NewerStoreError):
            raise HomeError(
                f"the store {path} was written by a newer nnviz; upgrade nnviz, or choose another home with --home DIR"
            ) from error
        if isinstance(error, sqlite3.OperationalError):
            raise HomeError(f"the store {path} cannot be written ({error}); {ADVICE}") from error
        raise HomeError(damaged(path, error)) from error
    return db


def abandoned(db: sqlite3.Connection, path: Path) -> list[str | None]:
    """Owners of unfinished runs whose process is gone. Raises HomeError, and closes the connection then."""
    try:
        owners = [row[0] for row in db.execute("SELECT DISTINCT owner FROM runs WHERE ended IS NULL")]
    except sqlite3.Error as error:
        db.close()
        why = damaged(path, error) if is_damage(error) else f"the store cannot be read ({error}); {ADVICE}"
        raise HomeError(why) from error
    return [owner for owner in owners if owner is None or not owner_is_alive(path.parent, owner)]
