"""A server whose runs are on a cluster, killed and started again: its runs are found, no row is lost or doubled."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnviz.spec import RunSpec
from tests.clusters import Cluster
from tests.engines import SHORT, until
from tests.serving import PATIENCE, Browser, Server

SLOW = {"model": {"layers": [{"units": 32}] * 6}, "training": {"epochs": 100_000, "batch_size": 1}}
RAW = RunSpec.model_validate(SLOW).model_dump(mode="json")
"""Longer than any wait of a test: some hundred microseconds for each of 25 million steps."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("nodes")) as cluster:
        cluster.node("one")
        yield cluster


def recorded(home: Path, run: str) -> list[int]:
    """Steps of the committed rows, in their order."""
    with sqlite3.connect(f"file:{home / 'nnviz.db'}?mode=ro", uri=True) as db:
        found = [step for (step,) in db.execute("SELECT step FROM metrics WHERE run=? ORDER BY seq", (run,))]
    db.close()
    return found


def test_a_killed_server_finds_its_runs_again(cluster: Cluster, tmp_path: Path) -> None:
    more = ("--cluster", cluster.address)
    with Server(tmp_path, more=more) as server, server.browser() as page:
        visitor, run = page.visitor, page.submit(RAW, speed={"steps": 30, "fps": 2})
        page.until("status", status="running")
        page.until("metrics")
        members = [{"training.epochs": 100_000, "seed": seed} for seed in (1, 2)]
        page.say(do="submit_group", title="two seeds", spec=RAW, members=members)
        group = page.until("submitted_group")
        until(lambda: all(len(recorded(tmp_path, one)) > 2 for one in (run, *group["runs"])))
        server.stop(signal.SIGKILL)
    before = {one: recorded(tmp_path, one) for one in (run, *group["runs"])}
    with Server(tmp_path, more=more) as server, server.browser(visitor=visitor) as page:
        until(lambda: all(len(recorded(tmp_path, one)) > len(before[one]) for one in before))
        page.say(do="watch", run=run)
        about = page.until("run")
        assert about["status"] in {"running", "starting"}
        assert about["node"] == "one"
        page.until("metrics", run=run)
        page.say(do="watch_table", on=True)
        told = page.until("cluster")
        assert told["problem"] is None
        (node,) = told["nodes"]
        assert (node["name"], node["state"], node["usable"]) == ("one", "ready", True)
        assert node["runs"] >= 1
        page.say(do="watch_table", on=False)
        for one in before:
            now = recorded(tmp_path, one)
            assert now[: len(before[one])] == before[one]
            assert now == sorted({*now})
        page.say(do="stop")
        page.until("finished", run=run, reason="stopped")
        page.say(do="group", group=group["group"], command="stop")
        short = page.submit(SHORT.model_dump(mode="json"))
        page.until("finished", run=short)
    assert "Traceback" not in server.err, server.err
    until(lambda: not [*(cluster.folder / "nodes" / "one" / "results").iterdir()])  # it keeps what is not recorded


def node_of(page: Browser, run: str) -> str | None:
    page.say(do="watch", run=run)
    node: str | None = page.until("run", run=run)["node"]
    return node


def nodes(page: Browser) -> dict[str, int]:
    """Runs on each node that can be used."""
    page.say(do="watch_table", on=True)
    found = {node["name"]: node["runs"] for node in page.until("cluster")["nodes"] if node["usable"]}
    page.say(do="watch_table", on=False)
    return found


def test_a_node_that_answers_late_is_looked_through_too(cluster: Cluster, tmp_path: Path) -> None:
    """What it has of a killed server goes on, but for a run of a group that has begun anew elsewhere: that one ends."""
    more = ("--cluster", cluster.address)
    silent = cluster.node("late").process
    try:
        with Server(tmp_path, more=more) as server, server.browser() as page:
            visitor = page.visitor
            until(lambda: {*nodes(page)} == {"one", "late"}, 3 * PATIENCE)
            runs = [page.submit(RAW, speed={"steps": 30, "fps": 2}) for _ in range(2)]
            members = [{"training.epochs": 100_000, "seed": seed} for seed in (1, 2)]
            page.say(do="submit_group", title="two seeds", spec=RAW, members=members)
            group = page.until("submitted_group")
            until(lambda: all(len(recorded(tmp_path, run)) > 2 for run in (*runs, *group["runs"])))
            (late,) = [run for run in runs if node_of(page, run) == "late"]
            (moved,) = [run for run in group["runs"] if node_of(page, run) == "late"]
            server.stop(signal.SIGKILL)
        before = recorded(tmp_path, late)
        silent.send_signal(signal.SIGSTOP)  # it is in the scheduler's list, and says nothing
        with Server(tmp_path, more=more) as server, server.browser(visitor=visitor) as page:
            until(lambda: node_of(page, moved) == "one")
            page.say(do="watch", run=late)
            assert page.until("run", run=late)["status"] == "interrupted"
            silent.send_signal(signal.SIGCONT)
            page.until("metrics", run=late)
            assert recorded(tmp_path, late)[: len(before)] == before
            until(lambda: nodes(page) == {"one": 3, "late": 1})
            page.say(do="group", group=group["group"], command="stop")
            for run in runs:
                page.say(do="watch", run=run)
                page.say(do="stop")
                page.until("finished", run=run, reason="stopped")
        assert "Traceback" not in server.err, server.err
    finally:
        silent.send_signal(signal.SIGCONT)
