"""A run that has ended goes on over the live socket: one run, one story, for all who look at it."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from nnviz.events import decode_frame
from nnviz.store.store import Store
from tests.engines import until
from tests.serving import Browser, Server

SPEC: dict[str, Any] = {"model": {"layers": [{"units": 3}]}, "training": {"epochs": 4, "optimizer": {"name": "adam"}}}
DIGITS: dict[str, Any] = {
    "data": {"name": "digits", "train": 300, "test": 100},
    "model": {"layers": [{"units": 8}]},
    "training": {"epochs": 2, "loss": "categorical_crossentropy"},
}


def finished(browser: Browser, spec: dict[str, Any]) -> str:
    run = browser.submit(spec)
    browser.until("finished")  # the engine may be starting
    return run


def film(browser: Browser, view: str) -> list[list[float]]:
    browser.say(do="film", view=view)
    frames: list[list[float]] = browser.until("film")["frames"]
    return frames


@pytest.mark.parametrize(("spec", "view"), [(SPEC, "network"), (DIGITS, "predictions")], ids=["points", "images"])
def test_a_finished_run_goes_on_as_the_same_run(server: Server, spec: dict[str, Any], view: str) -> None:
    epochs = spec["training"]["epochs"]
    with server.browser() as mine, server.browser() as other:
        run = finished(mine, spec)
        other.say(do="watch", run=run)
        before = other.until("history")["columns"]
        pictures = film(mine, view)
        mine.say(do="go_on", run=run)
        assert mine.until("submitted")["run"] == run
        assert mine.until("finished")["epochs"] == 2 * epochs
        # Who looked at the finished run sees it go on.
        assert other.until("run", status="waiting")["run"] == run
        history = other.until("history")["columns"]
        assert history["step"] == before["step"]
        first = other.until("metrics")
        assert first["step"] > before["step"][-1]
        assert first["seconds"] > before["seconds"][-1]
        assert other.until("finished")["run"] == run
        longer = film(mine, view)
        assert longer[: len(pictures)] == pictures
        assert longer[-1][2] == 2 * epochs
        assert len({seq for seq, _, _ in longer}) == len(longer)
        mine.say(do="go_on", run=run, play=False)
        mine.until("status", status="paused")
        mine.say(do="step", n=1)
        assert mine.until("metrics")["step"] == longer[-1][1] + 1
        mine.say(do="stop")
        mine.until("finished")
    # After a while the store answers, with the whole story.
    with Store(server.home) as store:

        def status() -> str | None:
            row = store.get_run(run)
            return None if row is None else row.status

        until(lambda: status() == "stopped")  # its viewers hear of it before it is on the disk
        steps = store.history(run)["step"]
        assert steps == sorted(set(steps))
        assert (steps[0], steps[-1]) == (0, longer[-1][1] + 1)
        assert [r.id for r in store.list_runs()].count(run) == 1


def test_a_run_goes_on_under_other_rates_from_its_first_step_on(server: Server) -> None:
    with server.browser() as mine:
        run = finished(mine, SPEC)
        mine.say(do="go_on", run=run, rates={"learning_rate": 0.7}, play=False)
        assert mine.until("run", status="waiting")["live"]["learning_rate"] == 0.7
        mine.until("status", status="paused")
        mine.say(do="step", n=1)
        assert mine.until("metrics")["learning_rate"] == 0.7
        mine.say(do="stop")
        mine.until("finished")
        mine.say(do="go_on", run=run)  # it keeps them
        assert mine.until("metrics")["learning_rate"] == 0.7
        mine.until("finished")
        mine.say(do="go_on", run=run, rates={"learning_rate": -1})
        assert "a number above 0" in mine.until("error", field="rates.learning_rate")["message"]


def test_anothers_run_goes_on_as_a_copy_with_its_story(server: Server) -> None:
    with server.browser() as mine, server.browser() as other:
        run = finished(mine, SPEC)
        other.say(do="watch", run=run)
        before = other.until("history")["columns"]
        pictures = film(other, "network")
        other.say(do="go_on", run=run, play=False)
        copy = other.until("submitted")["run"]
        assert copy != run
        about = other.until("run", run=copy)
        assert about["mine"]
        assert other.until("history", run=copy)["columns"]["step"] == before["step"]
        assert film(other, "network") == pictures
        while decode_frame(other.frames[-1]).view != "network":
            other.read()
        other.say(do="picture", seq=pictures[0][0])
        while json.loads(json.dumps(decode_frame(other.frames[-1]).step)) != 0:
            other.read()
        other.say(do="stop")
        other.until("finished")


def test_what_cannot_go_on_says_why(server: Server) -> None:
    with server.browser() as mine:
        run = mine.submit({**SPEC, "training": {"epochs": 100_000}}, speed={"steps": 1, "fps": 5.0})
        mine.say(do="go_on", run=run)
        assert "has not ended" in mine.until("error", field="go_on")["message"]
        mine.say(do="stop")
        mine.until("finished")
        mine.say(do="go_on", run="x" * 22)
        assert "no such run" in mine.until("error", field="go_on")["message"]
        diverging = {
            **SPEC,
            "training": {"optimizer": {"name": "sgd", "learning_rate": 900.0}, "loss": "mean_squared_error"},
        }
        diverging["model"] = {"layers": [{"units": 8, "activation": "relu"}], "output_activation": "linear"}
        run = mine.submit(diverging)
        mine.until("diverged")
        mine.say(do="go_on", run=run)
        assert "diverged" in mine.until("error", field="go_on")["message"]


def test_a_run_without_an_end_goes_past_its_epochs(server: Server) -> None:
    with server.browser() as mine:
        mine.submit({**SPEC, "training": {"epochs": 2}}, endless=True)
        while mine.until("metrics")["epoch"] < 20:
            pass
        mine.say(do="stop")
        assert mine.until("finished")["reason"] == "stopped"


def test_a_run_goes_on_after_its_server_was_killed(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        with server.browser() as mine:
            run = mine.submit({**SPEC, "training": {"epochs": 100_000}}, speed={"steps": 3, "fps": 20.0})
            while mine.until("metrics")["step"] < 60:
                pass
            while len(film(mine, "network")) < 3:
                pass
            visitor = mine.visitor
        server.stop(signal.SIGKILL)
    with Server(tmp_path) as server, server.browser(visitor=visitor) as mine:
        mine.say(do="watch", run=run)
        assert mine.until("run")["status"] == "interrupted"
        mine.say(do="go_on", run=run, play=False)
        mine.until("submitted")
        steps = [event for event in mine.events if event["event"] == "history"][-1]["columns"]["step"]
        assert steps[-1] > 0
        mine.until("status", status="paused")
        mine.say(do="step")
        assert mine.until("metrics")["step"] == steps[-1] + 1
