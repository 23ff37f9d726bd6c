"""The route of the figures; and a frame with its figure that nobody has heard of before."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import numpy as np
import pytest
from starlette.applications import Starlette

from nnviz.events import Frame, decode_frame, encode_frame
from nnviz.figures import FIGURES
from nnviz.figures.binding import bind
from nnviz.figures.theme import THEMES, Theme
from nnviz.models import initial_weights
from nnviz.spec import RunSpec
from nnviz.web.figures import figure_routes


def get(**params: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=figure_routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.get("/nnviz/figure", params=params)

    return asyncio.run(ask())


def largest(spec: RunSpec) -> Frame:
    """A probe: the largest weight of each array."""
    weights = initial_weights(spec)
    return Frame("largest", 0, 0.0, {}, {"largest": np.array([np.abs(w).max() for w in weights], np.float32)})


def bars(theme: Theme, horizontal: bool = False) -> dict[str, Any]:
    places = {"bind": "largest"}
    return {
        "data": [{"type": "bar", "x" if horizontal else "y": places, "marker": {"color": list(theme.accent)}}],
        "layout": {"yaxis": {"title": {"text": "largest weight"}}},
    }


def test_a_frame_and_its_figure_that_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FIGURES, "largest", bars)
    frame = decode_frame(encode_frame(largest(RunSpec()), "run"))
    made = get(figure="largest", choices='{"horizontal": true}').json()
    assert made["data"][0]["x"] == {"bind": "largest"}
    bound = bind(made, dict(frame.arrays))
    np.testing.assert_array_equal(bound["data"][0]["x"], frame.arrays["largest"])
    wrong = get(figure="largest", choices='{"vertical": true}')
    assert wrong.status_code == 400
    assert "vertical" in wrong.json()["field"]
    assert bars(THEMES["dark"])["data"][0]["marker"] != bars(THEMES["light"])["data"][0]["marker"]


@pytest.mark.parametrize("name", sorted(FIGURES))
@pytest.mark.parametrize("theme", THEMES)
def test_every_figure_is_answered(name: str, theme: str) -> None:
    found = get(figure=name, theme=theme)
    assert found.status_code == 200
    assert set(json.loads(found.content)) >= {"data", "layout"}


def test_a_figure_that_is_not_there_is_told() -> None:
    found = get(figure="pie")
    assert (found.status_code, found.json()["field"]) == (400, "figure")
    assert "allowed are curves" in found.json()["message"]
