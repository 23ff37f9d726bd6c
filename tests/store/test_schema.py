"""The store's tables: earlier and later versions of them, and runs that this version no longer understands."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from nnviz.home import HomeError
from nnviz.store import schema
from nnviz.store.store import Store
from tests.store.test_store import SPEC, finished


def test_a_run_of_another_version_is_shown(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.create_run("r", SPEC, "v")
        store.add_event("r", finished())
    old = {"data": {"name": "swiss roll"}, "magic": 3}
    with sqlite3.connect(tmp_path / "nnviz.db") as db:
        db.execute("UPDATE runs SET spec=?", (json.dumps(old),))
    db.close()
    with Store(tmp_path) as store:
        (row,) = store.list_runs()
    assert (row.spec, row.raw_spec, row.status) == (None, old, "finished")


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / "nnviz.db") as db:
        db.execute(f"PRAGMA user_version={len(schema.MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(HomeError, match="newer nnviz; upgrade"):
        Store(tmp_path)


def test_migrations_are_applied_once_and_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(tmp_path) as store:
        store.create_run("r", SPEC, "v")
    added = ("ALTER TABLE runs ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'",)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, added))
    for _ in range(2):
        with Store(tmp_path) as store:
            assert store.get_run("r") is not None
    with sqlite3.connect(tmp_path / "nnviz.db") as db:
        assert db.execute("SELECT colour FROM runs").fetchall() == [("red",)]
    db.close()


def test_rows_of_the_first_version_are_read_without_what_they_do_not_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        with Store(tmp_path) as store:
            store.create_run("r", SPEC, "v")
        with sqlite3.connect(tmp_path / "nnviz.db") as db:
            db.execute("INSERT INTO metrics (run, seq, epoch, step, loss, epoch_end) VALUES ('r', 1, 1.0, 10, 0.5, 1)")
        db.close()
    with Store(tmp_path) as store:
        history = store.history("r")
    assert (history["loss"], history["recent_loss"], history["recent_accuracy"]) == ([0.5], [None], [None])
