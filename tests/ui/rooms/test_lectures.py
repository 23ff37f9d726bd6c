"""The Lectures room: its link, and the ways from each experiment into the room where it is gone on with."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from nnviz.experiments.catalogue import RECIPES
from nnviz.ui.rooms import ROOMS
from nnviz.ui.rooms.lectures import ROOM, LectureSpec, LecturesView, places
from nnviz.ui.view import read_view
from tests.ui.conftest import link_of, open_room


def test_a_link_holds_everything() -> None:
    query = {"recipe": "B16", "size": "full", "seeds": "one"}
    spec, problems = ROOM.read(query)
    assert problems == []
    assert ROOM.write(spec) == query
    assert ROOM.write(LectureSpec()) == {}
    assert ROOM.read({"recipe": "b16"})[0].recipe == "B16"


@pytest.mark.parametrize(
    ("query", "words"),
    [({"recipe": "Z9"}, "there is no such experiment"), ({"size": "huge"}, "size=huge"), ({"group": "?!"}, "group")],
)
def test_a_wild_link_is_named(query: dict[str, str], words: str) -> None:
    spec, problems = ROOM.read(query, ignore={"group"})
    problems += read_view(LecturesView, query, {}, ROOM.hide_names())[1]
    assert spec == LectureSpec()
    assert len(problems) == 1
    assert words in problems[0]


def test_every_experiment_leads_into_a_room_that_opens_its_setting() -> None:
    found = places(ROOMS)
    assert list(found) == list(RECIPES)
    for id, place in found.items():
        room = ROOMS[RECIPES[id].place.room]
        query = dict(parse_qsl(urlsplit(place["href"]).query))
        if room.spec is None:
            continue
        spec, problems = room.read(query, room.view_type.names())
        assert problems == [], id
        case = RECIPES[id].cases[0] if RECIPES[id].cases and not RECIPES[id].place.link else None
        assert case is None or not room.shows(case.spec) or spec == case.spec, id


def test_the_recurrent_networks_of_b18_are_gone_on_with_in_their_own_room() -> None:
    place = places(ROOMS)["B18"]
    assert (place["title"], place["path"]) == ("Recurrent", "/recurrent")
    assert place["href"].startswith("/recurrent?data=mnist")
    for name in ("rnn", "lstm"):
        assert ROOMS["recurrent"].shows(RECIPES["B18"].case(name).spec)


@pytest.mark.usefixtures("store")
def test_the_page_opens_at_an_experiment_and_says_which_there_is_not() -> None:
    page = open_room("lectures", {"recipe": "B16"})
    assert link_of(page) == {"recipe": "B16"}
    assert not page.warning
    page = open_room("lectures", {"recipe": "Z9"})
    assert link_of(page) == {}
    assert "there is no such experiment" in page.warning[0].value
