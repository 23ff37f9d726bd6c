"""How runs looked at a step: the recorded picture that is not later, as a PNG whose colours are what it says."""

from __future__ import annotations

import base64
import io
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from nnviz.events import decode_frame
from nnviz.figures.theme import DARK, LIGHT
from tests.serving import PATIENCE, Server

POINTS: dict[str, Any] = {"data": {"name": "xor"}, "training": {"epochs": 12, "optimizer": {"learning_rate": 0.3}}}
IMAGES: dict[str, Any] = {"data": {"name": "digits"}, "model": {"layers": [{"units": 8}]}, "training": {"epochs": 2}}


@pytest.fixture(scope="module")
def runs(server: Server) -> list[str]:
    """One on points and one on images, with films."""
    with server.browser() as browser:
        return [
            browser.filmed(spec, epochs, room=room)
            for spec, epochs, room in ((POINTS, 6, "playground"), (IMAGES, 1, "digits"))
        ]


def ask(server: Server, **body: Any) -> Any:
    return httpx.post(f"{server.url}/nnviz/moments", json=body, headers={"Origin": server.url}, timeout=PATIENCE)


def pixels(moment: dict[str, Any]) -> np.ndarray[Any, Any]:
    data = base64.b64decode(moment["picture"].removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(float)


def test_each_run_has_the_newest_picture_that_is_not_later(server: Server, runs: list[str]) -> None:
    with server.browser() as browser:
        browser.say(do="watch", run=runs[0])
        browser.say(do="film", view="network")
        film = browser.until("film")["frames"]
        assert len(film) > 2
        seq, step, _ = film[-2]
        browser.say(do="picture", seq=seq)
        while not isinstance(data := browser.read(), bytes) or decode_frame(data).step != step:
            pass
    outputs = decode_frame(data).arrays["boundary"][0]
    (found,) = ask(server, runs=[{"run": runs[0], "step": film[-1][1] - 1}]).json()
    assert (found["run"], found["step"], found["kind"], found["why"]) == (runs[0], step, "boundary", None)
    picture = pixels(found)
    side, n = len(picture), len(outputs)
    rows = ((np.arange(n) + 0.5) * side / n).astype(int)
    shade = picture[::-1][rows][:, rows] - np.asarray(LIGHT.neutral)
    hues = [np.asarray(color) - LIGHT.neutral for color in LIGHT.classes[:2]]
    closer = np.argmax([shade @ hue / np.linalg.norm(hue) for hue in hues], 0)
    sure = np.abs(outputs) > 0.2
    assert sure.any()
    assert (closer == (outputs > 0))[sure].mean() > 0.99
    (newest,) = ask(server, runs=[{"run": runs[0]}]).json()
    assert newest["step"] == film[-1][1]


def test_of_images_the_matrix_or_the_filters_in_the_theme(server: Server, runs: list[str]) -> None:
    light, dark = (
        ask(server, runs=[{"run": run} for run in runs], theme=theme, images="predictions").json()
        for theme in ("light", "dark")
    )
    assert [moment["kind"] for moment in light] == ["boundary", "matrix"]
    assert pixels(light[1]).shape == (10, 10, 3)
    empty = {tuple(np.asarray(theme.neutral).astype(int)) for theme in (LIGHT, DARK)}
    seen = [{tuple(cell) for row in pixels(one[1]).astype(int).tolist() for cell in row} for one in (light, dark)]
    assert all(any(max(np.abs(np.subtract(cell, ground))) < 3 for cell in cells for ground in empty) for cells in seen)
    assert seen[0] != seen[1]
    (filters,) = ask(server, runs=[{"run": runs[1], "step": 10**6}], images="filters").json()
    assert filters["kind"] == "filters"


def test_what_has_no_picture_says_why(server: Server, runs: list[str]) -> None:
    with server.browser() as browser:
        race = browser.submit({"job": "descent"}, room="descent")
        browser.until("finished", run=race)
    answers = ask(server, runs=[{"run": race}, {"run": "nobody"}]).json()
    assert [(one["picture"], one["why"]) for one in answers] == [(None, "no training: it has no picture")] * 2
    refused = ask(server, runs=[{"run": runs[0]}] * 13)
    assert refused.status_code == 400
    assert "at most 12" in refused.json()["message"]
