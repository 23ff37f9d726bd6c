"""A job added from outside the package over the live socket: submitted, watched, kept, listed, and refused in words."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from nnviz.events import decode_frame
from tests.jobs.counting import command
from tests.serving import Server

SLOW = {"steps": 1, "fps": 0.5}


def test_it_is_submitted_watched_kept_and_listed(server: Server) -> None:
    with server.browser() as browser, server.browser() as other:
        run = browser.submit({"job": "count", "to": 40}, speed={"steps": 1, "fps": 60}, room="numbers")
        about = browser.until("run")
        assert (about["spec"], about["room"]) == ({"job": "count", "to": 40, "fail_at": None, "pace": 0.0}, "numbers")
        end = browser.until("finished", run=run)
        assert end["result"] == {"sum": 820}
        other.say(do="watch", run=run)
        assert other.until("run")["result"]["result"] == {"sum": 820}
        columns = other.until("history")["columns"]
        assert columns["step"] == list(range(1, 41))
        assert columns["square"] == [float(n**2) for n in range(1, 41)]
        assert columns["odd"][:3] == [1.0, None, 3.0]
        other.say(do="film", view="number")
        frames = other.until("film")["frames"]
        assert (frames[0][1], frames[-1][1]) == (0, 40)
        other.say(do="picture", seq=frames[-1][0])
        while decode_frame(other.frames[-1]).step != 40 if other.frames else True:
            other.read()
        listed = [json.loads(line) for line in command(server.home, "runs", "--json").stdout.splitlines()]
        (row,) = (row for row in listed if row["run"] == run)
        assert {**row, "created": ""} == {
            "run": run, "status": "finished", "data": "natural numbers", "network": "up to 40", "job": "count",
            "epochs": None, "seconds": None, "loss": None, "val_loss": None, "best_val_loss": None, "created": "",
        }  # fmt: skip
        plain = (sys.executable, "-m", "nnviz.cli")  # a version that has no such job
        assert "count: no job of this version" in command(server.home, "runs", program=plain).stdout
        shown = json.loads(command(server.home, "runs", "show", run, program=plain).stdout)
        assert shown["spec"]["to"] == 40


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"spec": {"job": "cook"}}, "spec.job", "allowed are train"),
        ({"spec": {"job": "count", "to": -1}}, "spec.to", "from 1 to 1,000,000"),
        ({"spec": {"job": "count"}, "endless": True}, "endless", "counting ends by itself"),
        ({"spec": {"job": "count"}, "from": "abc"}, "from", "counting starts from no weights"),
    ],
)
def test_what_it_does_not_know_is_refused(server: Server, more: dict[str, Any], field: str, words: str) -> None:
    with server.browser() as browser:
        browser.say(do="submit", **more)
        error = browser.until("error")
        assert error["field"] == field
        assert words in error["message"]


def test_commands_that_are_for_trainings_are_refused(server: Server) -> None:
    with server.browser() as browser:
        run = browser.submit({"job": "count"}, speed=SLOW)
        browser.until("status", status="running")
        browser.say(do="edit", layer=0, what="bias", column=0, value=1.0)
        assert "counting has no weights to change" in browser.until("error")["message"]
        browser.say(do="stop")
        browser.until("finished")
        browser.say(do="go_on", run=run)
        assert "counting does not go on after its end" in browser.until("error")["message"]
