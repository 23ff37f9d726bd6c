"""The backpropagation room's setting: its link there and back, what is told of a bad one, what a change does."""

from __future__ import annotations

import pytest

from nnviz.backprop.spec import BackpropSpec
from nnviz.ui.room import RoomState
from nnviz.ui.rooms.backpropagation import PRESETS, ROOM, BackpropView
from nnviz.ui.view import read_view, view_query
from tests.ui.conftest import link_of, open_room


@pytest.mark.parametrize(("title", "link"), PRESETS)
def test_every_example_has_a_link(title: str, link: dict[str, str]) -> None:
    spec, problems = ROOM.read(link)
    assert problems == [], title
    assert ROOM.write(spec) == link
    assert ROOM.read(ROOM.write(spec)) == (spec, [])


def test_the_bare_link_is_the_lectures_example() -> None:
    spec, _ = ROOM.read({})
    assert spec == BackpropSpec()
    assert (spec.layers, spec.functions) == ((1, 2, 1, 1), ("tanh",) * 3)
    assert ROOM.write(spec) == {}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"layers": "2,9"}, "layers=2,9"),
        ({"layers": "two"}, "layers=two"),
        ({"weights": "1,2"}, "9 numbers"),
        ({"layers": "2,1", "weights": "1,2,3,4"}, "3 numbers"),
        ({"inputs": "1e9"}, "inputs=1e9"),
        ({"loss": "guess"}, "loss=guess"),
        ({"loss": "categorical_crossentropy"}, "at least two outputs"),
        ({"activations": "relu"}, "takes outputs of"),
        ({"updates": "501"}, "updates=501"),
    ],
)
def test_a_bad_link_is_told_and_the_rest_of_it_used(query: dict[str, str], words: str) -> None:
    spec, problems = ROOM.read({**query, "learning_rate": "0.5"})
    assert len(problems) == 1
    assert words in problems[0]
    assert spec.learning_rate == 0.5


def test_the_view_is_in_the_link() -> None:
    query = {"number": "gw1.2.1", "step": "12", "pace": "1"}
    view, problems = read_view(BackpropView, query, {}, ROOM.hide_names())
    assert problems == []
    assert view_query(BackpropView, view, {}) == query
    assert read_view(BackpropView, {"number": "rm -rf"}, {}, ROOM.hide_names())[1]


def test_what_is_not_allowed_changes_nothing_and_is_told() -> None:
    here = RoomState(ROOM)
    here.change({"learning_rate": 99})
    assert here.spec == BackpropSpec()
    assert here.problems[0].startswith("Not changed: learning_rate")


@pytest.mark.usefixtures("store")
def test_the_page_keeps_the_setting_of_its_link() -> None:
    page = open_room("backpropagation", {"layers": "2,2,1", "number": "d1.1", "updates": "3"})
    assert not page.warning
    assert link_of(page)["updates"] == "3"
    assert "one operation" in page.markdown[0].value
