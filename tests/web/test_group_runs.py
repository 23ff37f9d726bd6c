"""Groups against a real server: one message for all members' curves, one stop, limits, and a server that is killed."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from nnviz.web.columns import Columns
from nnviz.web.group_runs import MAX_GROUPS_EACH
from nnviz.web.groups import MAX_FRESH, MAX_ROWS, LiveGroup, Member, rows_each
from nnviz.web.messages import MAX_MEMBERS
from tests.jobs.counting import PROGRAM, command
from tests.serving import Browser, Server

LONG: dict[str, Any] = {"job": "count", "to": 1_000_000, "pace": 0.05}


def submit(browser: Browser, spec: dict[str, Any], members: list[dict[str, Any]], title: str = "") -> dict[str, Any]:
    browser.say(do="submit_group", title=title, spec=spec, members=members)
    return browser.until("submitted_group")


def follow(browser: Browser, size: int) -> tuple[list[str], dict[int, list[float]]]:
    """To the end of all members: their statuses, and the squares of each that came in all messages together."""
    statuses = browser.until("group")["statuses"]
    squares: dict[int, list[float]] = {n: [] for n in range(size)}
    message = browser.until("group_history")
    while True:
        for member, square in zip(
            message["columns"].get("member", []), message["columns"].get("square", []), strict=True
        ):
            squares[member].append(square)
        for member, status in message.get("statuses", {}).items():
            statuses[int(member)] = status
        if not {"waiting", "starting", "running", "paused"} & set(statuses):
            return statuses, squares
        message = browser.until("group_rows")


def test_all_members_come_in_one_message_each_row_once(server: Server) -> None:
    members = [{"to": n} for n in (3, 1, 5, 2)]
    with server.browser() as mine, server.browser() as other:
        made = submit(mine, {"job": "count", "pace": 0.05}, members, "counts")
        other.say(do="watch_group", group=made["group"])
        for browser in (mine, other):
            statuses, squares = follow(browser, 4)
            assert statuses == ["finished"] * 4
            assert squares == {n: [float(k**2) for k in range(1, m["to"] + 1)] for n, m in enumerate(members)}
        about = next(event for event in other.events if event["event"] == "group")
        assert (about["title"], about["mine"], about["runs"]) == ("counts", False, made["runs"])
        mine.say(do="watch", run=made["runs"][2])  # each is a run as any other, too
        assert mine.until("run", run=made["runs"][2])["spec"]["to"] == 5
        assert mine.until("history")["columns"]["step"] == [1, 2, 3, 4, 5]
    home = server.home
    lines = map(json.loads, command(home, "runs", "--json").stdout.splitlines())
    (listed,) = [line for line in lines if line.get("group") == made["group"]]
    assert (listed["size"], listed["statuses"]) == (4, {"finished": 4})
    assert "counts" in command(home, "runs").stdout
    shown = json.loads(command(home, "runs", "show", made["group"][:8]).stdout)
    assert [run["network"] for run in shown["runs"]] == ["up to 3", "up to 1", "up to 5", "up to 2"]
    deleted = command(home, "runs", "delete", made["runs"][0]).stdout
    assert f"of the group {made['group']}, which has 3 left" in deleted
    assert "with its 3 runs" in command(home, "runs", "delete", made["group"]).stdout
    assert command(home, "runs", "show", made["runs"][0]).returncode == 2


def test_only_its_visitor_stops_it_and_one_word_stops_all(server: Server) -> None:
    with server.browser() as mine, server.browser() as other:
        made = submit(mine, LONG, [{"to": 900_000 + n} for n in range(5)])
        other.say(do="group", group=made["group"], command="stop")
        assert "only the visitor who started this group" in other.until("error")["message"]
        mine.say(do="group", group=made["group"], command="pause")
        assert mine.until("group", held=True)["group"] == made["group"]
        mine.say(do="delete_runs", runs=made["runs"][3:])
        assert "is under way; stop it before its runs go" in mine.until("error", field="runs")["message"]
        mine.say(do="group", group=made["group"], command="stop")
        ended: dict[str, str] = {}
        while len(ended) < 5 or set(ended.values()) != {"stopped"}:
            ended |= mine.until("group_rows")["statuses"]
        mine.say(do="group", group=made["group"], command="stop")
        assert mine.until("error")["field"] == "group"


@pytest.mark.parametrize(
    ("message", "field", "words"),
    [
        ({"members": []}, "members", "at least 1"),
        ({"members": [{}] * (MAX_MEMBERS + 1)}, "members", f"at most {MAX_MEMBERS}"),
        ({"members": [{}, {"to": 0}]}, "members.1", "to: allowed is a whole number from 1"),
        ({"members": [{"to.by": 1}]}, "members.0", "to.by: no such field"),
        ({"spec": {"job": "cook"}, "members": [{}]}, "members.0", "job: allowed are train"),
    ],
)
def test_what_is_no_group_is_refused(server: Server, message: dict[str, Any], field: str, words: str) -> None:
    with server.browser() as browser:
        browser.say(do="submit_group", **{"spec": {"job": "count"}, **message})
        error = browser.until("error")
        assert error["field"] == field
        assert words in error["message"]


def test_a_visitor_has_so_many_groups_and_no_more(server: Server) -> None:
    with server.browser() as browser:
        groups = [submit(browser, LONG, [{}])["group"] for _ in range(MAX_GROUPS_EACH)]
        browser.say(do="submit_group", spec=LONG, members=[{}])
        assert f"you have {MAX_GROUPS_EACH} groups" in browser.until("error")["message"]
        run = browser.submit({"job": "count", "to": 3})  # groups are counted by themselves
        browser.until("finished", run=run)
        for group in groups:
            browser.say(do="group", group=group, command="stop")
        browser.until("group_rows")


def test_a_killed_server_goes_on_with_its_groups_when_it_starts(tmp_path: Path) -> None:
    with Server(tmp_path, start=PROGRAM) as first, first.browser() as browser:
        made = submit(browser, {"job": "count", "pace": 0.05}, [{"to": 2}, {"to": 60}, {"to": 50}, {"to": 3}])
        statuses = browser.until("group")["statuses"]
        while statuses[0] != "finished" or "running" not in statuses[1:]:
            for member, status in browser.until("group_rows")["statuses"].items():
                statuses[int(member)] = status
        first.stop(signal.SIGKILL)
    with Server(tmp_path, start=PROGRAM) as second, second.browser() as browser:
        browser.say(do="watch_group", group=made["group"])
        statuses, squares = follow(browser, 4)
        assert statuses == ["finished"] * 4
        assert {n: len(values) for n, values in squares.items()} == {0: 2, 1: 60, 2: 50, 3: 3}
        kept = [second.get("/nnviz/about") and command(tmp_path, "runs", "show", run) for run in made["runs"]]
        starts = [json.loads(one.stdout)["result"]["steps"] for one in kept]
        assert starts == [2, 60, 50, 3]
    assert "Traceback" not in second.err, second.err


@pytest.mark.skipif(sys.platform != "linux", reason="a limit on the size of files stands in for a full disk")
def test_a_disk_that_is_full_for_a_while_costs_a_group_nothing(tmp_path: Path) -> None:
    import resource

    with Server(tmp_path, start=PROGRAM) as server, server.browser() as browser:
        pid, (_, most) = server.process.pid, resource.getrlimit(resource.RLIMIT_FSIZE)
        made = submit(browser, {"job": "count", "pace": 0.05}, [{"to": 10 + n} for n in range(6)])
        browser.say(do="group", group=made["group"], command="pause")
        browser.until("group", held=True)  # those that have not begun do when the disk is full
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, most))
        browser.say(do="group", group=made["group"], command="play")
        assert "not being recorded" in browser.until("notice", over=False)["message"]
        with server.browser() as other:
            other.say(do="watch_group", group=made["group"])
            statuses, squares = follow(other, 6)
            assert statuses == ["finished"] * 6  # they train on
            assert [squares[n][-1] for n in range(6)] == [(10.0 + n) ** 2 for n in range(6)]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
        browser.until("notice", over=True)
        kept = [json.loads(command(tmp_path, "runs", "show", run).stdout)["result"]["steps"] for run in made["runs"]]
        assert kept == [10, 11, 12, 13, 14, 15]
    assert "Traceback" not in server.err, server.err


def test_a_server_that_ends_well_leaves_them_for_the_next_too(tmp_path: Path) -> None:
    with Server(tmp_path, start=PROGRAM) as first, first.browser() as browser:
        made = submit(browser, {"job": "count", "pace": 0.02}, [{"to": 40}, {"to": 41}, {"to": 2}])
        while not any(s == "running" for s in browser.until("group_rows")["statuses"].values()):
            pass
    with Server(tmp_path, start=PROGRAM) as second, second.browser() as browser:
        browser.say(do="watch_group", group=made["group"])
        assert follow(browser, 3)[0] == ["finished"] * 3


def test_messages_stay_bounded_however_many_rows_come() -> None:
    names = ("step", "loss")
    size = MAX_MEMBERS
    members = {f"r{n}": Member(Columns(names, rows_each(size)), "running") for n in range(size)}
    group = LiveGroup("g", "", "ann", members)
    for step in range(500):
        for run, member in members.items():
            event = {"event": "metrics", "step": step, "loss": 1 / (step + 1)}
            member.columns.append(event)
            group.take(run, "running", event)
    history, news = group.history()["columns"], group.news()
    assert news is not None
    assert len(history["member"]) <= MAX_ROWS + size
    assert len(news["columns"]["member"]) <= size * (MAX_FRESH + 1)
    for columns in (history, news["columns"]):
        assert dict(zip(columns["member"], columns["step"], strict=True)) == dict.fromkeys(range(size), 499)
    assert group.news() is None
