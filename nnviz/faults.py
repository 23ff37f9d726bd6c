"""What can be wrong with the database of the store, in words that say what to do."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

CHECK_SECONDS = 0.3
"""For looking through a database at the start: some hundred megabytes."""
OTHER_HOME = "choose another home with --home DIR or NNVIZ_HOME"
Identity = tuple[int, int]


class StoreError(sqlite3.DatabaseError):
    """The store cannot be read; the message is for a visitor."""


def identity(path: Path) -> Identity | None:
    """Which file this is, whatever it is called; None where there is none."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino


def moved(path: Path, known: Identity | None) -> str | None:
    """Why the database at `path` is not the one that was `known`; None where it is."""
    now = identity(path)
    if known is None or now == known:
        return None
    what = "is gone" if now is None else "was replaced by another"
    return (
        f"Runs are not being recorded: nnviz's home {path.parent} {what} while nnviz runs. Training goes on. "
        "Put it back, or stop nnviz and start it again."
    )


def is_damage(error: BaseException) -> bool:
    """Whether SQLite says that the file itself is wrong."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def damaged(path: Path, error: BaseException) -> str:
    """What to do with a database that cannot be mended."""
    return (
        f"the database {path} is damaged ({error}). Stop nnviz, move the file away and start nnviz again: it begins a "
        f"new one. Or {OTHER_HOME}"
    )


def check(db: sqlite3.Connection) -> None:
    """Look through the database, for CHECK_SECONDS at most. Raises sqlite3.DatabaseError where it is damaged."""
    end = time.monotonic() + CHECK_SECONDS
    db.set_progress_handler(lambda: time.monotonic() > end, 1000)
    try:
        found = db.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return
        raise
    finally:
        db.set_progress_handler(None, 0)
    if found != ("ok",):
        damage = sqlite3.DatabaseError(" ".join(str(found[0]).split()))
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage


def explain(error: Exception, path: Path) -> str:
    """Why nothing can be written into the database."""
    text, home = str(error), path.parent
    if is_damage(error):
        return f"Runs are not being recorded: {damaged(path, error)}. Training goes on."
    if "full" in text:
        why = "the disk is full; free some space"
    elif "readonly" in text or "unable to open" in text:
        why = "it cannot be written; check its permissions"
    elif "locked" in text:
        why = "another program holds it; close that program"
    else:
        why = f"{text}; check the disk"
    return f"Runs are not being recorded in {home}: {why}. Training goes on, and recording resumes by itself."
