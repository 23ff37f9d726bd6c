"""The guide: every link leads into its room without a complaint, and the page shows all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from nnviz.ui.convolution_setting import read_setting
from nnviz.ui.room import Experiment, Room
from nnviz.ui.rooms import ROOMS
from nnviz.ui.rooms.convolution import EXPERIMENTS
from nnviz.ui.view import read_view

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e.title)
def test_every_link_into_the_convolution_room_is_valid(experiment: Experiment) -> None:
    _, given, problems = read_setting(experiment.link)
    assert problems == []
    assert given == set(experiment.link)


@pytest.mark.parametrize(
    ("room", "experiment"),
    [
        pytest.param(room, experiment, id=f"{room.name}: {experiment.title}")
        for room in ROOMS.values()
        if room.guide is not None and room.spec is not None
        for experiment in room.guide.experiments
    ],
)
def test_every_link_of_the_guide_is_one_of_its_room(room: Room, experiment: Experiment) -> None:
    spec, problems = room.read(experiment.link, room.view_type.names())
    assert problems == []
    assert room.shows(spec)
    assert read_view(room.view_type, experiment.link, {}, room.hide_names())[1] == []


GUIDES = {name: room.guide for name, room in ROOMS.items() if room.guide is not None}


@pytest.mark.parametrize("name", GUIDES)
def test_the_page_shows_every_experiment_and_every_mark_of_a_room(name: str) -> None:
    page = AppTest.from_file(str(ROOT / "nnviz" / "ui" / "main.py"), default_timeout=100)
    page.query_params["room"] = name
    page.switch_page(str(ROOT / "pages" / "guide.py")).run()
    assert not page.exception
    assert page.header[0].value == ROOMS[name].title
    captions, text = {caption.value for caption in page.caption}, "\n".join(one.value for one in page.markdown)
    guide = GUIDES[name]
    assert {why for _, why, _ in guide.experiments} <= captions
    assert all(f"- **{mark}**: {words}" in text for mark, words in guide.marks)
    assert all(f"| {key} | {words} |" in text for key, words in guide.keys)
    following = [*GUIDES][[*GUIDES].index(name) + 1 :]
    assert (GUIDES[following[0]].lead in captions) if following else True


@pytest.mark.parametrize("name", GUIDES)
def test_each_room_says_what_it_needs_and_why_to_come_to_it(name: str) -> None:
    guide = GUIDES[name]
    assert guide.needs
    assert guide.lead.endswith(".")


def test_a_room_that_does_not_exist_is_the_first_one() -> None:
    page = AppTest.from_file(str(ROOT / "nnviz" / "ui" / "main.py"), default_timeout=100)
    page.query_params["room"] = "nowhere"
    page.switch_page(str(ROOT / "pages" / "guide.py")).run()
    assert page.header[0].value == next(iter(ROOMS.values())).title
