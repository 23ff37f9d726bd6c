"""The Runs room: its page, and the way from it to a run in its own room."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from nnviz.spec import RunSpec
from nnviz.store.store import Store
from nnviz.ui.room import RoomState
from nnviz.ui.rooms import ROOMS
from nnviz.ui.session import key_of

MAIN = Path(__file__).parents[3] / "nnviz" / "ui" / "main.py"


def test_a_chosen_run_opens_in_its_room_with_its_setting(store: Store) -> None:
    spec = RunSpec.model_validate({"data": {"name": "digits"}, "model": {"layers": [{"units": 9}]}})
    store.create_run("abc", spec, room="digits")
    page = AppTest.from_file(str(MAIN), default_timeout=60)
    page.switch_page(str(ROOMS["runs"].page)).run()
    assert not page.exception
    page.session_state["nnviz-wanted-run"] = ("abc", "digits")
    page.run()
    assert not page.exception
    here = page.session_state[key_of("digits")]
    assert (here.run, here.spec) == ("abc", spec)
    assert "nnviz-wanted-run" not in page.session_state


@pytest.fixture
def here(store: Store) -> RoomState:
    assert store.problem is None
    found = RoomState(ROOMS["playground"])
    found.show("first")
    return found


def test_the_run_before_can_be_kept_and_dropped(here: RoomState) -> None:
    here.show("second")
    assert here.memory is not None
    assert (here.memory["run"], here.memory["pinned"]) == ("first", False)
    here.pin(True)
    here.show("third")
    assert here.memory["run"] == "first"  # the second did not take its place
    here.go_back()
    assert (here.run, here.pinned) == ("first", False)
    here.show("fourth")
    assert here.memory["run"] == "first"
    here.drop()
    assert (here.memory, here.pinned) == (None, False)
    here.pin(True)
    assert not here.pinned  # there is nothing to keep


def test_a_reload_brings_the_run_before_back_but_takes_no_newer_ones_place(here: RoomState) -> None:
    here.remember("old", here.spec)
    assert here.before == ("old", here.spec)
    here.show("second")
    here.remember("old", here.spec)
    assert here.before[0] == "first"
