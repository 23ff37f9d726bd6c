"""The tensors room: its link holds everything, what is wrong with one is named, and every tab has what it shows."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from nnviz.tensors.spec import UnfoldSpec
from nnviz.ui.rooms.tensors import _PARTS, ROOM, TensorsView
from nnviz.ui.view import read_view, view_query
from tests.ui.conftest import link_of, open_room


def view_of(**query: str) -> tuple[dict[str, object], list[str]]:
    return read_view(TensorsView, query, {}, ROOM.hide_names())


def test_a_link_holds_everything() -> None:
    query = {
        "tab": "products", "array": "video", "index": "1,:,3,:,0", "operation": "maximum", "a": "(2, 1)", "b": "[3]",
        "left": "[1, 2]", "right": "[3, 4]", "weights": "1,0,0,-1", "shift": "1,2", "bend": "tanh", "speed": "full",
    }  # fmt: skip
    view, problems = view_of(**query)
    assert problems == []
    assert view_query(TensorsView, view, {}) == query
    setting = {"data": "circle", "noise": "5.0", "blocks": "2", "units": "4", "activation": "tanh", "epochs": "50"}
    spec, problems = ROOM.read(setting)
    assert problems == []
    assert ROOM.write(spec) == setting


@pytest.mark.parametrize(
    ("query", "words"),
    [({"array": "6d"}, "array"), ({"index": "1,-1"}, "an index for each axis"), ({"weights": "1,2,3"}, "4 numbers"),
     ({"shift": "9,0"}, "from −5 to 5"), ({"operation": "eval"}, "operation"), ({"a": "1" * 300}, "200")],
)  # fmt: skip
def test_a_wild_view_is_named(query: dict[str, str], words: str) -> None:
    view, problems = view_of(**query)
    assert view == view_of()[0]
    assert len(problems) == 1
    assert words in problems[0]


@given(some.sampled_from(sorted(_PARTS)), some.text(max_size=30), some.text(max_size=30))
def test_whatever_is_typed_the_tab_is_shown(tab: str, a: str, b: str) -> None:
    view = TensorsView.model_validate({"tab": tab, "a": a, "b": b, "left": b, "right": a})
    json.dumps(_PARTS[tab](view, UnfoldSpec(blocks=1)), allow_nan=False)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("tab", _PARTS)
def test_the_page_opens_at_each_tab(tab: str) -> None:
    page = open_room("tensors", {"tab": tab, "blocks": "9"})
    assert ["blocks" in warning.value for warning in page.warning] == [True]
    assert link_of(page) == ({} if tab == "arrays" else {"tab": tab})
