"""Groups in the store: made, read in their order, deleted and pruned whole; a store of the version before."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from nnviz.spec import RunSpec
from nnviz.store import schema
from nnviz.store.store import Store
from nnviz.store.upkeep import prune
from tests.engines import until


def row(step: int) -> dict[str, Any]:
    return {"event": "metrics", "seq": step, "step": step, "epoch": float(step), "loss": 1.0, "epoch_end": False}


def make(store: Store, group: str, seeds: list[int], end: str | None = "finished") -> list[str]:
    store.groups.create(group, f"seeds of {group}", "ann")
    runs = [f"{group}-{seed}" for seed in seeds]
    for number, seed in enumerate(seeds):
        store.create_run(runs[number], RunSpec(seed=seed), "ann", lane="group", group=group, member=number)
        store.add_event(runs[number], row(1))
        if end is not None:
            store.add_event(runs[number], {"event": end})
    return runs


def test_a_group_is_read_with_its_runs_in_their_order(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        runs = make(store, "g", [7, 3, 5])
        store.create_run("alone", RunSpec(), "ann")
        group = store.groups.get("g")
        assert group is not None
        assert (group.title, group.visitor, group.runs, group.unfinished, group.held) == (
            "seeds of g",
            "ann",
            3,
            0,
            False,
        )
        assert store.groups.members("g") == runs
        assert [store.get_run(run).member for run in runs] == [0, 1, 2]  # type: ignore[union-attr]
        assert [run.id for run in store.list_runs()] == ["alone"]
        store.groups.hold("g", True)
        assert [(group.id, group.held) for group in store.groups.newest()] == [("g", True)]
        assert store.groups.get("h") is None
        assert store.find("g") == ["g", "g-3"]
        store.delete_group("g")
        assert (store.groups.get("g"), store.get_run(runs[0]), store.history(runs[1])["step"]) == (None, None, [])
        assert store.get_run("alone") is not None


def test_values_stay_with_their_runs_when_one_is_deleted(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.groups.create("s", "rates", sweep="{}")
        for number in range(3):
            store.create_run(f"s-{number}", RunSpec(), lane="group", group="s", member=number)
            store.add_event(f"s-{number}", {"event": "finished"})
        store.groups.set_points("s", [(0.1,), (0.2,), (0.3,)], False)
        assert store.flush()
        assert store.groups.points("s") == {"s-0": (0.1,), "s-1": (0.2,), "s-2": (0.3,)}
        assert store.groups.of_sweep("{}") is not None
        store.delete_run("s-1")
        assert store.flush()
        assert store.groups.points("s") == {"s-0": (0.1,), "s-2": (0.3,)}
        assert store.groups.of_sweep("{}") is None  # to the command line it is not the whole sweep any more


def test_what_a_dead_server_leaves_is_known_by_its_interrupted_runs(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        make(store, "done", [1, 2])
        make(store, "stopped", [1, 2], "finished")
        make(store, "cut", [1, 2], None)
    with Store(tmp_path) as store:
        assert [group.id for group in store.groups.interrupted()] == ["cut"]
        assert store.reopen_run("cut-1", -1) == (0, 0)
        assert store.history("cut-1")["step"] == []
        until(lambda: store.groups.get("cut").unfinished == 1)  # type: ignore[union-attr]


def test_pruning_takes_a_group_whole_and_none_that_has_not_ended(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        make(store, "old", [1, 2, 3])
        make(store, "under-way", [1], None)
        make(store, "new", [1, 2])
        for run in ("old-2", "under-way-1"):
            for seq in range(2, 4000):
                store.add_event(run, row(seq))
        assert store.flush()
        with closing(schema.connect(store.path)) as db:
            used = schema.used_bytes(db)
            prune(db, int(used * 0.8))  # a tenth more goes: some of what the oldest that has ended takes
        assert [group.id for group in store.groups.newest()] == ["new", "under-way"]
        assert (store.get_run("old-1"), store.get_run("old-3")) == (None, None)
        assert len(store.history("under-way-1")["step"]) == 3999


def test_metrics_that_have_no_column_are_kept_and_copied(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.create_run("r", RunSpec(), "ann")
        store.add_event("r", {**row(1), "square": 4.0})
        store.add_event("r", {**row(2), "odd": None})
        store.copy_run("r", "s", RunSpec(), "bob", 1)
        assert (store.history("r")["square"], store.history("r")["odd"]) == ([4.0, None], [None, None])
        assert store.history("s")["square"] == [4.0]


@pytest.mark.parametrize("version", [1, 2])
def test_a_store_of_an_earlier_version_is_taken_over(tmp_path: Path, version: int) -> None:
    with closing(sqlite3.connect(tmp_path / "nnviz.db", isolation_level=None)) as db:
        for migration in schema.MIGRATIONS[:version]:
            for statement in migration:
                db.execute(statement)
        db.execute(
            "INSERT INTO runs (id, spec, status, live, lane, created, ended, versions) VALUES (?,?,?,?,?,?,?,?)",
            ("r", json.dumps(RunSpec(seed=4).model_dump(mode="json")), "finished", "{}", "interactive", 1.0, 2.0, "{}"),
        )
        db.execute("INSERT INTO metrics (run, seq, step, loss) VALUES ('r', 1, 9, 0.5)")
        db.execute(f"PRAGMA user_version={version}")
    with Store(tmp_path) as store:
        (run,) = store.list_runs()
        assert (run.spec, run.group, run.room) == (RunSpec(seed=4), None, None)
        assert (store.history("r")["step"], store.history("r")["loss"]) == ([9], [0.5])
        assert len(make(store, "g", [1])) == 1
