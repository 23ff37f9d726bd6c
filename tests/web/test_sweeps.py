"""Sweeps against a real server: refused, pruned, cut short by a kill and gone on with; and what the room asks."""

from __future__ import annotations

import json
import signal
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.events import Frame, decode_frame
from tests.serving import Browser, Server

PATIENCE = 100
BASE: dict[str, Any] = {"data": {"name": "circle"}, "training": {"epochs": 20}}
ALIVE = {"waiting", "starting", "running", "paused"}


def ask(server: Server, path: str, **body: Any) -> bytes:
    request = urllib.request.Request(f"{server.url}{path}", json.dumps(body).encode(), {"Origin": server.url})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bytes(answer.read())


def board(server: Server, group: str, **more: Any) -> Frame:
    return decode_frame(ask(server, "/nnviz/sweep", group=group, **more))


def submit(browser: Browser, over: list[str], base: dict[str, Any] = BASE, **more: Any) -> str:
    browser.say(do="sweep", sweep={"base": base, "over": over, **more}, room="playground")
    return str(browser.until("submitted_group")["group"])


def follow(browser: Browser, until: int | None = None) -> list[str]:
    """Statuses of all runs at their end, or as soon as so many have ended."""
    said = browser.until("group", PATIENCE)
    statuses, grows = said["statuses"], said["grows"]
    while True:
        done = sum(status not in ALIVE for status in statuses)
        if (done == len(statuses) and not grows) or (until is not None and done >= until):
            return list(statuses)
        message = browser.read(PATIENCE)
        if isinstance(message, bytes):
            continue
        if message["event"] == "group":
            statuses, grows = message["statuses"], message["grows"]
        elif message["event"] == "group_rows":
            for member, status in message["statuses"].items():
                statuses[int(member)] = status


def test_a_search_goes_on_after_the_server_was_killed(tmp_path: Path) -> None:
    slow = {**BASE, "training": {"epochs": 3000}}
    search = {"method": "tpe", "runs": 12}
    with Server(tmp_path) as first, first.browser() as browser:
        group = submit(browser, ["learning_rate=0.001..1:5:log", "activation=tanh,relu"], slow, **search)
        follow(browser, until=4)
        first.stop(signal.SIGKILL)
    with Server(tmp_path) as second, second.browser() as browser:
        browser.say(do="watch_group", group=group)
        statuses = follow(browser)
        assert len(statuses) == 12
        assert set(statuses) <= {"finished", "stopped"}
        found = board(second, group)
        meta = found.meta
        assert (meta["done"], meta["grows"]) == (12, False)
        points = {tuple(member["values"]) for member in meta["members"]}
        assert len(points) == 12
        # What a board says of a run is what the run itself says.
        best = meta["members"][meta["best"]]
        browser.say(do="watch", run=best["run"])
        run = browser.until("run", run=best["run"])
        assert run["room"] == "playground"
        assert run["result"]["test"]["accuracy"] == best["score"]
        assert f"{run['spec']['training']['optimizer']['learning_rate']:g}" == best["values"][0]
        shares = json.loads(ask(second, "/nnviz/sweep/importance", group=group))
        assert {share["setting"] for share in shares} == {"learning rate", "activation"}

        # A sweep that is refused starts nothing and says why.
        for over, base, words in (
            (["seed=0..199:200"], {"training": {"epochs": 100_000, "batch_size": 1}}, "200 runs would take about"),
            (["learning_rate=0.1,-1"], BASE, "learning_rate=-1: training.optimizer.learning_rate: allowed is a number"),
            (["seed=0..99:100", "epochs=1..9:9"], BASE, "900 runs; allowed are at most 200"),
        ):
            browser.say(do="sweep", sweep={"base": base, "over": over}, room="playground")
            assert words in browser.until("error")["message"]

        # A budget of minutes ends it; a stop keeps what is done; a diverged member is told.
        brief = submit(browser, ["seed=0..19:20"], {"training": {"epochs": 20_000}}, minutes=0.02)
        statuses = follow(browser)
        assert "finished" in statuses
        assert statuses.count("stopped") + statuses.count("cancelled") > 5
        assert board(second, brief).meta["done"] == 20
        wild = {"model": {"activation": "relu", "output_activation": "linear"},
                "training": {"loss": "mean_squared_error", "epochs": 20}}  # fmt: skip
        group = submit(browser, ["learning_rate=0.01,1000"], wild)
        assert follow(browser) == ["finished", "diverged"]
        lost = board(second, group).meta["members"][1]
        assert (lost["word"], lost["mark"]) == ("diverged", "✗")
        assert "stopped being finite" in lost["message"]

        # Seeds: the members' boundaries and curves, and their ensemble from their own weights.
        group = submit(browser, ["seed=0..3:4"], {**BASE, "training": {"epochs": 60}})
        follow(browser)
        tiles = board(second, group, look="tiles", width=900, height=500)
        z, place = tiles.arrays["z"], tiles.meta["values"]
        frames = []
        for i, member in enumerate(tiles.meta["members"]):
            browser.say(do="watch", run=member["run"])
            browser.until("history")
            frame = network(browser)
            frames.append(frame)
            x, y = int(place["x"][i] + 0.5), int(place["y"][i] + 0.5)
            assert z[y, x] == pytest.approx(np.clip(frame.arrays["boundary"][0, 63 - 32, 32], -1, 1), abs=1e-5)
        curves = board(second, group, look="seeds", what="loss").meta["values"]
        assert curves["runs"] == 4
        assert len(curves["bands"]["median"]) > 100
        together = json.loads(ask(second, "/nnviz/sweep/ensemble", group=group))
        assert together["members"] == pytest.approx([member["score"] for member in tiles.meta["members"]])
        panels = board(second, group, look="panels").meta["values"]
        assert all(len(line["x"]) >= 20 for line in panels["lines"])  # quick as they are, their curves are seen
        with pytest.raises(urllib.error.HTTPError) as fault:
            ask(second, "/nnviz/sweep", group="nobody")
        assert json.loads(fault.value.read())["field"] == "group"
    assert "Traceback" not in second.err, second.err


def test_a_deleted_run_leaves_the_sweeps_picture_at_once_and_undo_brings_it_back(tmp_path: Path) -> None:
    with Server(tmp_path) as server, server.browser() as owner, server.browser() as looker:
        group = submit(owner, ["seed=0..2:3"])
        follow(owner)
        first, second, third = [member["run"] for member in board(server, group).meta["members"]]
        together = json.loads(ask(server, "/nnviz/sweep/ensemble", group=group))
        assert together["numbers"] == [0, 1, 2]
        looker.say(do="watch_group", group=group)
        looker.until("group")

        owner.say(do="delete_runs", runs=[second])
        owner.until("deleted")
        assert looker.until("group")["runs"] == [first, third]
        meta = board(server, group).meta
        assert [member["run"] for member in meta["members"]] == [first, third]
        assert (meta["done"], meta["size"], meta["gone"], len(meta["values"]["numbers"])) == (2, 3, 1, 2)
        assert [member["values"] for member in meta["members"]] == [["0"], ["2"]]
        assert json.loads(ask(server, "/nnviz/sweep/ensemble", group=group))["words"] == ["seed 0", "seed 2"]

        owner.say(do="delete_runs", runs=[first, third])
        owner.until("deleted")
        assert looker.until("group")["runs"] == []
        with pytest.raises(urllib.error.HTTPError) as fault:
            board(server, group)
        assert "all of its runs have been deleted" in json.loads(fault.value.read())["message"]

        owner.say(do="restore_runs", runs=[first, second, third])
        owner.until("restored")
        assert looker.until("group")["runs"] == [first, second, third]
        meta = board(server, group).meta
        assert [member["run"] for member in meta["members"]] == [first, second, third]
        assert (meta["done"], meta["gone"]) == (3, 0)
    assert "Traceback" not in server.err, server.err


def network(browser: Browser) -> Frame:
    while True:
        message = browser.read()
        if isinstance(message, bytes) and (frame := decode_frame(message)).view == "network":
            return frame
