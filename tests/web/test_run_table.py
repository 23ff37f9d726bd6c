"""The table of runs on the live socket: pages, changes, runs thrown away while somebody looks, runs over each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nnviz.figures.colors import run_color
from nnviz.web import entrance
from nnviz.web.entrance import Entrance
from nnviz.web.table_news import may_see, shown
from tests.serving import Browser, Server

SPEC: dict[str, Any] = {"data": {"name": "xor"}, "training": {"epochs": 3}}
LONG: dict[str, Any] = {"data": {"name": "xor"}, "training": {"epochs": 100_000}}
SLOW = {"steps": 25, "fps": 20.0}
"""At full speed even the longest run may end before a test has done with it."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("home")) as running:
        yield running
    assert "Traceback" not in running.err, running.err


def trained(browser: Browser, **training: Any) -> str:
    run = browser.submit({**SPEC, "training": {**SPEC["training"], **training}}, room="playground")
    browser.until("finished", run=run)
    return run


def listed(browser: Browser, **query: Any) -> dict[str, Any]:
    browser.say(do="list_runs", n=7, **query)
    return browser.until("runs", n=7)


def test_a_run_is_in_the_table_and_changes_there_while_it_trains(server: Server) -> None:
    with server.browser() as mine, server.browser() as other:
        other.say(do="watch_table", on=True)
        assert listed(other)["total"] == 0
        run = mine.submit(LONG, speed=SLOW, room="playground")
        while True:
            (row,) = other.until("runs_changed")["rows"]
            if row["status"] == "running" and row["train"]:
                break
        assert (row["run"], row["mine"], row["room"]) == (run, False, "playground")
        assert "visitor" not in row
        mine.say(do="stop")
        while row["status"] != "stopped":
            (row,) = other.until("runs_changed")["rows"]
        other.say(do="change_run", run=run, name="mine now", tags=["a"])
        while row["title"] != "mine now":  # more may have changed with its end
            (row,) = other.until("runs_changed")["rows"]
        page = listed(other, search="mine")
        assert [found["run"] for found in page["rows"]] == [run]
        assert (page["total"], page["choices"]["tag"]) == (1, [["a", 1]])
        assert listed(other, after=page["rows"][0]["key"])["rows"] == []
        other.say(do="list_runs", sort="visitor")
        assert "sort" in other.until("error")["message"]


def test_who_looks_at_a_run_that_is_thrown_away_is_told_and_it_comes_back(server: Server) -> None:
    with server.browser() as mine, server.browser() as other:
        done, going = trained(mine), mine.submit(LONG, speed=SLOW)
        mine.until("metrics", run=going)
        other.say(do="watch", run=going)
        other.until("history")
        with server.browser() as third:
            third.say(do="watch", run=done)
            third.until("history")
            mine.say(do="delete_runs", runs=[done, going])
            assert mine.until("deleted") == {"event": "deleted", "runs": [done], "stopping": [going]}
            assert "has been deleted" in third.until("notice")["message"]
            other.until("finished", run=going, reason="stopped")  # it trained: first it is stopped
            other.until("notice", over=False)
            third.say(do="watch", run=done)
            assert "no such run" in third.until("error", field="run")["message"]
        assert {row["run"] for row in listed(mine, deleted=True)["rows"]} == {done, going}
        mine.say(do="restore_runs", runs=[done, going])
        mine.until("restored")
        mine.say(do="watch", run=going)
        assert mine.until("run", run=going)["status"] == "stopped"
        mine.say(do="delete_runs", runs=["nobody"])
        assert "not there any more" in mine.until("error", field="runs")["message"]


def test_runs_over_each_other_with_what_differs_and_as_they_grow(server: Server) -> None:
    with server.browser() as mine, server.browser() as other:
        slow, quick = trained(mine, batch_size=30), trained(mine, batch_size=10)
        going = mine.submit(LONG, speed=SLOW)
        mine.until("metrics", run=going)
        other.say(do="compare", runs=[slow, quick, going, "nobody"])
        answer = other.until("compared")
        assert answer["missing"] == ["nobody"]
        assert [run["label"] for run in answer["runs"]][:2] == ["batch size 30, epochs 3", "batch size 10, epochs 3"]
        assert answer["differences"][0] == {"name": "batch size", "values": ["30", "10", "10"]}
        assert len({run["color"] for run in answer["runs"]}) == 3
        assert answer["runs"][0]["work"] == 3 * (2 * 4 + 4 * 2 + 2) * 250  # there and back
        columns = other.until("group_history", group="")["columns"]
        assert [step for member, step in zip(columns["member"], columns["step"], strict=True) if member == 0][-1] == 27
        rows = other.until("group_rows", group="")
        assert set(rows["columns"]["member"]) == {2}
        mine.say(do="stop")
        while rows["statuses"].get("2") != "stopped":
            rows = other.until("group_rows", group="")


def test_in_a_class_each_sees_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"visitor": "ann", "number": 1, "note": "private", "tags": ["a"]}
    assert may_see("ben", "ann")
    assert may_see(None, None)
    monkeypatch.setattr(entrance, "_holder", [Entrance("0.0.0.0", 8501, frozenset(), None)])
    assert may_see("ann", "ann")
    assert not may_see("ben", "ann")
    assert not may_see("ben", None)
    assert not may_see(None, "")
    assert shown(row, "ann") == {"number": 1, "note": "private", "tags": ["a"], "mine": True, "color": run_color(1)}
    assert shown(row, "ben") == {"number": 1, "note": "", "tags": [], "mine": False, "color": run_color(1)}
