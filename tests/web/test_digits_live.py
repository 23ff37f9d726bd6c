"""A run on digits on a real server: what its viewers are sent, its film, looks into it, and training on from it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from nnviz.events import Frame, decode_frame
from tests.serving import PATIENCE, Browser, Server

SPEC: dict[str, Any] = {
    "data": {"name": "digits"},
    "model": {"layers": [{"units": 16, "activation": "relu"}], "initializer": "he_normal"},
    "training": {
        "loss": "categorical_crossentropy",
        "epochs": 12,
        "batch_size": 10,
        "optimizer": {"name": "sgd", "learning_rate": 0.1},
    },
}
VIEWS = {"predictions", "filters", "statistics"}


def pictures(browser: Browser) -> set[tuple[str, int]]:
    """View and step of those that have been read."""
    return {(frame.view, frame.step) for frame in map(decode_frame, browser.frames)}


@pytest.fixture(scope="module")
def trained(server: Server) -> Iterator[tuple[str, Browser]]:
    """A run that has ended, and the browser that watched it to its last pictures: those come after the word "finished",
    which overtakes them."""
    with server.browser() as mine:
        run = mine.submit(SPEC, play=False)
        for epoch in range(12):  # a picture of each, however quick they are
            while ("predictions", 135 * epoch) not in pictures(mine):
                mine.read()
            mine.say(do="step", unit="epoch")
        while not {(view, 12 * 135) for view in VIEWS} <= pictures(mine):
            mine.read()
        while not (ends := [event for event in mine.events if event["event"] == "finished"]):
            mine.read()
        assert (ends[0]["reason"], ends[0]["steps"]) == ("epochs", 12 * 135)
        yield run, mine


def ask(server: Server, path: str, body: Any = None) -> bytes:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.url + path, data, {"Origin": server.url})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        said: bytes = answer.read()
    return said


def look(server: Server, **body: Any) -> Frame:
    return decode_frame(ask(server, "/nnviz/look", body))


def test_viewers_get_pictures_and_no_weights(trained: tuple[str, Browser]) -> None:
    frames = [decode_frame(data) for data in trained[1].frames]
    assert {frame.view for frame in frames} == VIEWS
    assert max(len(data) for data in trained[1].frames) <= 100_000
    last = [frame for frame in frames if frame.view == "predictions"][-1]
    assert last.meta["accuracy"] > 0.85


def test_the_film_shows_every_view_as_it_was(server: Server, trained: tuple[str, Browser]) -> None:
    run, _ = trained
    with server.browser() as later:
        later.say(do="watch", run=run)
        later.until("history")
        while len({decode_frame(f).view for f in later.frames}) < 3:
            later.read()
        later.frames.clear()
        later.say(do="film", view="predictions")
        rows = later.until("film", view="predictions")["frames"]
        steps = [step for _, step, _ in rows]
        assert steps[0] == 0
        assert steps == sorted(set(steps))
        assert len(steps) > 3
        middle = steps[len(steps) // 2]
        later.say(do="still", step=middle)
        views = later.until("still", step=middle)["views"]
        assert set(views) == VIEWS
        assert views["predictions"] == middle
        while len(later.frames) < 3:
            later.read()
        shown = {frame.view: frame.step for frame in map(decode_frame, later.frames)}
        assert shown == views
        later.say(do="film")
        assert later.until("film", view="network")["frames"] == []
        later.say(do="still", step=-1)
        later.until("error", field="step")
        later.say(do="film", view="../x")
        later.until("error", field="view")


def test_looks_at_now_and_then(server: Server, trained: tuple[str, Browser]) -> None:
    run, mine = trained
    last = next(f for f in map(decode_frame, reversed(mine.frames)) if f.view == "predictions")
    seen = [look(server, run=run, digit=digit, parts=["maps"]) for digit in range(20)]
    assert [frame.meta["predicted"] for frame in seen] == last.arrays["predicted"][:20].tolist()
    for frame, sure in zip(seen, last.arrays["sure"][:20], strict=True):
        assert frame.step == last.step
        assert frame.arrays["probabilities"].max() == pytest.approx(sure / 255, abs=0.005)
    untrained = look(server, run=run, digit=0, step=0)
    same = look(server, spec=SPEC, digit=0)
    np.testing.assert_allclose(untrained.arrays["probabilities"], same.arrays["probabilities"], atol=1e-6)
    history = json.loads(ask(server, f"/nnviz/history?run={run}&digit=0"))
    assert history["step"][0] == 0
    assert history["predicted"][-1] == last.arrays["predicted"][0]
    turned = json.loads(ask(server, "/nnviz/rotated", {"run": run, "angle": 0}))
    assert turned["accuracy"] == pytest.approx(last.meta["accuracy"])
    assert json.loads(ask(server, "/nnviz/runs", {"visitor": mine.visitor}))[0]["run"] == run


def test_training_goes_on_from_the_end_and_from_the_film(server: Server, trained: tuple[str, Browser]) -> None:
    run, _ = trained
    with server.browser() as mine:
        mine.say(do="watch", run=run)
        mine.say(do="film", view="predictions")
        first = mine.until("film")["frames"][0]
        for seq in (None, first[0]):
            new = mine.submit(SPEC, play=False, **{"from": run}, **({} if seq is None else {"seq": seq}))
            mine.until("status", status="paused")
            at = look(server, run=new, digit=3)
            then = look(server, run=run, digit=3, step=None if seq is None else 0)
            np.testing.assert_allclose(at.arrays["probabilities"], then.arrays["probabilities"], atol=1e-6)
            mine.say(do="stop")
            mine.until("finished")
        other = {**SPEC, "model": {"layers": [{"units": 17}]}}
        mine.say(do="submit", spec=other, **{"from": run})
        assert "another shape" in mine.until("error", field="from")["message"]


def test_a_paused_run_is_kept_as_it_stands(server: Server) -> None:
    with server.browser() as mine:
        run = mine.submit(SPEC, play=False)
        mine.until("status", status="paused")
        mine.say(do="step", n=7)
        mine.until("metrics", step=7)
        mine.until("status", status="paused")
        mine.say(do="stop")
        mine.until("finished")
    assert look(server, run=run, digit=0).step == 7
    assert json.loads(ask(server, f"/nnviz/history?run={run}&digit=0"))["step"][-1] == 7
