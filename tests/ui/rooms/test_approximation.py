"""The approximation room: its link holds everything, what is wrong is named, and every tab has what it shows."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from nnviz.approximation.spec import ApproximationSpec
from nnviz.ui.rooms.approximation import _PARTS, ROOM, ApproximationView
from nnviz.ui.view import read_view, view_query
from tests.ui.conftest import link_of, open_room


def view_of(**query: str) -> tuple[dict[str, object], list[str]]:
    return read_view(ApproximationView, query, {}, ROOM.hide_names())


def test_a_link_holds_everything() -> None:
    query = {"tab": "boolean", "speed": "full", "degree": "7", "decay": "0.5", "points": "9", "jitter": "0.2",
             "draw": "4", "inputs": "3", "target": "01010101"}  # fmt: skip
    view, problems = view_of(**query)
    assert problems == []
    assert view_query(ApproximationView, view, {}) == query
    setting = {"function": "formula", "formula": "x**2/3", "layers": "4,4", "activation": "tanh", "patience": "20"}
    spec, problems = ROOM.read(setting)
    assert problems == []
    assert ROOM.write(spec) == setting


@pytest.mark.parametrize("query", [{"degree": "99"}, {"decay": "inf"}, {"target": "012"}, {"inputs": "5"}])
def test_a_wild_view_is_named(query: dict[str, str]) -> None:
    view, problems = view_of(**query)
    assert view == view_of()[0]
    assert len(problems) == 1
    assert next(iter(query)) in problems[0]


@given(
    some.integers(1, 12), some.floats(0, 1000), some.integers(3, 60), some.integers(1, 4), some.text("01", max_size=16)
)
def test_every_tab_has_what_it_shows(degree: int, decay: float, points: int, inputs: int, target: str) -> None:
    view = ApproximationView.model_validate(
        {"degree": degree, "decay": decay, "points": points, "inputs": inputs, "target": target if target[1:] else None}
    )
    for part in _PARTS.values():
        json.dumps(part(view, ApproximationSpec()), allow_nan=False)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("tab", _PARTS)
def test_the_page_opens_at_each_tab(tab: str) -> None:
    page = open_room("approximation", {"tab": tab, "layers": "1,2,3,4"})
    assert ["one to three whole numbers" in warning.value for warning in page.warning] == [True]
    assert link_of(page) == ({} if tab == "learn" else {"tab": tab})
