"""The recurrent room as Streamlit runs it: its layer's controls, its link, and what it refuses."""

from __future__ import annotations

from typing import cast

import pytest
from streamlit.testing.v1 import AppTest

from nnviz.layers.lstm import LSTM
from nnviz.layers.simple_rnn import SimpleRNN
from nnviz.spec import RunSpec
from nnviz.ui.room import RoomState
from nnviz.ui.rooms import ROOMS
from nnviz.ui.rooms.recurrent import EXPERIMENTS, ROOM
from nnviz.ui.session import key_of
from nnviz.ui.view import read_view, view_query
from tests.ui.conftest import choose, link_of, open_room


def spec_of(page: AppTest) -> RunSpec:
    return cast(RunSpec, cast(RoomState, page.session_state[key_of("recurrent")]).spec)


@pytest.mark.usefixtures("store")
def test_the_layers_controls_make_the_layer_and_the_link() -> None:
    page = open_room("recurrent", {})
    assert not page.exception
    assert spec_of(page) == ROOM.default()
    assert link_of(page) == {}
    choose(page, "Activation", "relu")
    next(box for box in page.slider if box.label == "Units").set_value(12).run()
    layer = spec_of(page).network.layers[0]
    assert (layer.kind, layer.model_dump()["units"], layer.model_dump()["activation"]) == ("simple_rnn", 12, "relu")
    assert link_of(page)["layers"] == "rnn12:relu"
    choose(page, "Layer", "lstm")
    assert spec_of(page).network.layers == (LSTM(units=12),)
    assert "Activation" not in {box.label for box in page.selectbox}  # its gates have theirs
    assert link_of(page) == {"layers": "lstm12"}


@pytest.mark.usefixtures("store")
def test_layers_around_the_recurrent_one_are_kept() -> None:
    page = open_room("recurrent", {"layers": "rnn8,20", "row": "3", "unit": "5", "digit": "7"})
    assert not page.warning
    choose(page, "Layer", "lstm")
    assert [layer.kind for layer in spec_of(page).network.layers] == ["lstm", "dense"]
    assert {**link_of(page), "layers": ""} == {"layers": "", "row": "3", "unit": "5", "digit": "7"}


def test_only_networks_that_read_rows_are_shown_here() -> None:
    assert ROOM.shows(ROOM.default())
    assert not ROOM.shows(ROOMS["digits"].default())
    assert ROOMS["digits"].shows(ROOM.default())  # but a run opens where it was started
    assert isinstance(ROOM.default().network.layers[0], SimpleRNN)
    for experiment in EXPERIMENTS:
        spec, problems = ROOM.read(experiment.link, ROOM.view_type.names())
        assert problems == []
        assert ROOM.shows(spec)


def test_row_and_unit_are_in_the_link() -> None:
    view, problems = read_view(ROOM.view_type, {"row": "0", "unit": "9"}, {}, ROOM.hide_names())
    assert problems == []
    assert view_query(ROOM.view_type, view, {}) == {"row": "0", "unit": "9"}
    assert read_view(ROOM.view_type, {"row": "65"}, {}, ROOM.hide_names())[1]


@pytest.mark.usefixtures("store")
def test_a_link_without_a_recurrent_layer_is_named() -> None:
    page = open_room("recurrent", {"layers": "30"})
    assert not page.exception
    assert ROOM.shows(spec_of(page))
    assert page.warning or page.error or page.info
