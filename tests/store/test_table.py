"""The table of runs: every order, filter and page against a plain sort, and homes that know nothing of it yet."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.events import Frame, encode_frame
from nnviz.spec import RunSpec
from nnviz.store import schema
from nnviz.store.store import Store
from nnviz.store.table import KEPT, Query
from tests.store.test_store import SPEC, finished, metrics

DIGITS = RunSpec.model_validate({"data": {"name": "digits"}, "model": {"layers": [{"units": 16}]}})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


def many(store: Store, n: int = 60) -> list[dict[str, Any]]:
    """Runs of two visitors, some without any measure; and what is known of them."""
    chance, known = random.Random(3), []
    for i in range(n):
        spec = RunSpec.model_validate({"data": {"name": chance.choice(["circle", "spiral"])}, "seed": i})
        visitor = chance.choice(["ann", "ben"])
        store.create_run(f"r{i:02}", spec, visitor, room="playground")
        share = round(chance.random(), 2)  # some twice
        if i % 4:
            store.add_event(f"r{i:02}", metrics(1, accuracy=share, val_accuracy=None))
        store.add_event(f"r{i:02}", {"event": chance.choice(["finished", "failed"]), "message": ""})
        known.append({"run": f"r{i:02}", "data": spec.data.name, "visitor": visitor, "train": share if i % 4 else None,
                      "number": i + 1})  # fmt: skip
    assert store.flush()
    return known


def pages(store: Store, query: Query, size: int) -> list[str]:
    found: list[dict[str, Any]] = []
    while page := store.table.page(query, tuple(found[-1]["key"]) if found else None, size):
        assert len(page) <= size
        found += page
    return [row["run"] for row in found]


@pytest.mark.parametrize("descending", [True, False])
def test_pages_of_every_order_have_each_run_once(store: Store, descending: bool) -> None:
    known = many(store)
    sign = -1 if descending else 1
    there = [row for row in known if row["train"] is not None]
    wanted = [row["run"] for row in sorted(there, key=lambda row: (sign * row["train"], sign * row["number"]))]
    wanted += [row["run"] for row in known[::sign] if row["train"] is None]
    for size in (7, 100):
        assert pages(store, Query(sort="train", descending=descending), size) == wanted
    for sort in schema.SORTS:
        found = pages(store, Query(sort=sort, descending=descending), 11)
        assert sorted(found) == [row["run"] for row in known]
    with pytest.raises(ValueError, match="sort: allowed are created"):
        store.table.page(Query(sort="id; DROP TABLE runs"))


def test_every_order_has_an_index_and_nothing_is_sorted_for_a_page(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(store, 200)
    asked: list[str] = []
    connect = schema.connect

    def traced(path: Path, create: bool = True) -> sqlite3.Connection:
        db = connect(path, create)
        db.set_trace_callback(asked.append)
        return db

    monkeypatch.setattr(schema, "connect", traced)
    for sort in schema.SORTS:
        for descending in (True, False):
            page = store.table.page(Query(sort=sort, descending=descending), limit=10)
            if page[-1]["key"][0] is not None:
                store.table.page(Query(sort=sort, descending=descending), tuple(page[-1]["key"]), limit=5)
    monkeypatch.undo()
    known = [query for query in asked if "IS NOT NULL" in query]
    assert len(known) > 2 * len(schema.SORTS)
    with closing(schema.connect(store.path, create=False)) as db:
        for query in known:
            plan = " ".join(str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {query}"))
            assert re.search(r"USING INDEX facts_\w+", plan), (query, plan)
            assert "ORDER BY" not in plan, (query, plan)


def test_what_is_asked_for_is_found_and_nothing_else(store: Store) -> None:
    known = many(store)
    assert set(pages(store, Query(visitor="ann", data="circle"), 9)) == {
        row["run"] for row in known if row["visitor"] == "ann" and row["data"] == "circle"
    }
    store.table.change("r01", name="Wide % enough", star=True, tags=["good", " lecture,  3 ", "good"], note="after all")
    assert pages(store, Query(star=True), 9) == pages(store, Query(search="all WIDE"), 9) == ["r01"]
    assert pages(store, Query(search="%"), 9) == pages(store, Query(tag="lecture 3"), 9) == ["r01"]
    assert pages(store, Query(search="r0_"), 9) == pages(store, Query(tag="lecture"), 9) == []
    (row,) = store.table.rows(["r01"])
    assert (row["title"], row["tags"], row["note"]) == ("Wide % enough", ["good", "lecture 3"], "after all")
    store.table.change("r01", name="")
    (row,) = store.table.rows(["r01"])
    assert row["title"] == row["auto"]
    assert row["note"] == "after all"
    choices = store.table.choices("ann")
    assert dict(choices["data"]).keys() == {"circle", "spiral"}
    assert sum(n for _, n in choices["status"]) == choices["all"] == sum(row["visitor"] == "ann" for row in known)
    store.groups.create("g", "seeds")
    store.create_run("m", SPEC, group="g", member=0)
    assert pages(store, Query(kind="group"), 9) == ["m"]
    assert "m" not in pages(store, Query(kind="single"), 9)
    assert store.table.rows(["m"])[0]["group_title"] == "seeds"


def wilson(share: float, n: int) -> tuple[float, float]:
    """The roots of (p − x)² = z² x (1 − x) / n."""
    z = 1.959963984540054
    low, high = sorted(np.roots([1 + z * z / n, -(2 * share + z * z / n), share * share]))
    return float(low), float(high)


def test_accuracies_are_the_best_and_the_last_with_their_intervals(store: Store) -> None:
    store.create_run("r", DIGITS)
    for seq, share in enumerate((0.5, 0.8, 0.7), 1):
        store.add_event("r", metrics(seq, accuracy=0.4, recent_accuracy=share, val_accuracy=share - 0.1))
        told = {"split": "test", "accuracy": share - 0.2, "n": 1000}
        store.add_frame("r", seq, encode_frame(Frame("predictions", seq, seq, told, {}), "r"))
    (row,) = store.table.rows(["r"])  # it is still under way
    assert (row["train"]["last"], row["train"]["best"], row["train"]["low"]) == (0.7, 0.8, None)
    assert (row["val"]["last"], row["val"]["best"]) == pytest.approx((0.6, 0.7))
    test = {"loss": 0.1, "accuracy": 0.5, "n": 500}
    store.add_event("r", {**finished(), "test": test, "train": {"loss": 0.1, "accuracy": 0.9}})
    assert store.flush()
    (row,) = store.table.rows(["r"])
    assert (row["train"]["last"], row["train"]["best"]) == (0.9, 0.9)
    assert (row["test"]["last"], row["test"]["best"]) == pytest.approx((0.5, 0.6))
    assert (row["test"]["low"], row["test"]["high"]) == pytest.approx(wilson(0.5, 500))
    assert (row["test"]["best_low"], row["test"]["best_high"]) == pytest.approx(wilson(0.6, 500))
    assert (row["words"], row["layers"], row["parameters"]) == ("64-16-10", 2, DIGITS.parameters)
    # A run that goes on keeps its best.
    assert store.reopen_run("r", 20)
    store.add_event("r", metrics(9, accuracy=0.1, recent_accuracy=0.1))
    assert store.table.rows(["r"])[0]["train"]["best"] == 0.8


def test_what_is_thrown_away_is_nowhere_and_comes_back(store: Store) -> None:
    store.create_run("r", SPEC)
    assert not store.throw_away("r")  # it trains
    store.add_event("r", finished())
    assert store.throw_away("r")
    assert (store.get_run("r"), store.list_runs(), store.find("r"), pages(store, Query(), 9)) == (None, [], [], [])
    assert pages(store, Query(deleted=True), 9) == ["r"]
    store.take_back("r")
    row = store.get_run("r")
    assert row is not None
    assert (row.status, pages(store, Query(), 9)) == ("finished", ["r"])
    assert store.throw_away("r")
    (gone,) = store.table.rows(["r"])
    assert store.table.purge(gone["deleted"] + KEPT - 1) == 0
    assert store.table.purge(gone["deleted"] + KEPT + 1) == 1
    assert store.flush()
    assert (store.table.rows(["r"]), store.history("r")["step"]) == ([], [])


def test_a_home_of_an_earlier_version_is_filled_in_afterwards(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.create_run("r", DIGITS)
        for seq, share in enumerate((0.5, 0.8, 0.7), 1):
            store.add_event("r", metrics(seq, recent_accuracy=share, val_accuracy=share))
        told = {"split": "test", "accuracy": 0.6, "n": 300, "history": {"accuracy": [0.2, 0.65, 0.6], "n": [300] * 3}}
        store.add_frame("r", 1, encode_frame(Frame("predictions", 30, 1.5, told, {}), "r"))
        store.add_event("r", finished())
        assert store.flush()
        (wanted,) = store.table.rows(["r"])
    with schema.connect(tmp_path / "nnviz.db") as db:  # as version 5 left it
        for name in ("facts_new", "facts_changed", "facts_gone"):
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DROP TABLE facts")
        for name in ("deleted", "parent_step"):
            db.execute(f"ALTER TABLE runs DROP COLUMN {name}")
        db.execute("ALTER TABLE groups DROP COLUMN recipe")
        db.execute("PRAGMA user_version=5")
    db.close()
    with Store(tmp_path) as store:
        (bare,) = store.table.rows(["r"])  # it is there at once
        assert (bare["status"], bare["created"], bare["words"]) == ("finished", wanted["created"], "")
        assert not store.fill_facts()
        assert store.table.unknown(9) == []
        (found,) = store.table.rows(["r"])
    assert found["test"].pop("best") == 0.65  # the frame alone had not told it
    assert found["test"]["last"] == wanted["test"].pop("last")
    for row in (found, wanted):
        row.pop("test")
    assert found == wanted
