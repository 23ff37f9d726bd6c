"""The Depth room: its links there and back, its presets, and what the guide promises."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from nnviz.depth.chain import Chain, answer
from nnviz.depth.deep_spec import DeepSpec
from nnviz.depth.slow import SlowStartSpec
from nnviz.ui.room import RoomState
from nnviz.ui.rooms import ROOMS, digits
from nnviz.ui.rooms.depth import LINEUPS, PRESETS, ROOM, DepthView, _links
from nnviz.ui.view import read_view, view_query


def view_of(**query: str) -> tuple[dict[str, object], list[str]]:
    return read_view(DepthView, query, {}, ROOM.hide_names())


def test_a_link_holds_the_chain() -> None:
    query = {"w": "0.3,-1.5,2,-0.4", "b": "1,2,3,4", "x": "0.5", "t": "-1.0", "function": "mish"}
    view, problems = view_of(**query)
    assert problems == []
    assert view_query(DepthView, view, {}) == query
    assert view_query(DepthView, view_of()[0], {}) == {}


def test_a_link_holds_the_slow_start() -> None:
    query = {"networks": "mean_squared_error@2.1:3.1:4.1:5.1", "target": "0.5", "epochs": "20", "seed": "3"}
    spec, problems = ROOM.read({"tab": "slow", **query}, {"tab"})
    assert problems == []
    assert ROOM.write(spec) == {"job": "slow_start", **query}
    assert ROOM.read(ROOM.write(spec)) == (spec, [])
    assert ROOM.write(SlowStartSpec()) == {"job": "slow_start"}


def test_a_slow_start_opens_in_its_tab() -> None:
    assert read_view(DepthView, {}, ROOM.view(SlowStartSpec()), {})[0]["tab"] == "slow"
    assert read_view(DepthView, {"tab": "chain"}, ROOM.view(SlowStartSpec()), {})[0]["tab"] == "chain"
    assert read_view(DepthView, {}, ROOM.view(DeepSpec()), {})[0]["tab"] == "chain"


def test_a_link_holds_deep_networks() -> None:
    query = {"networks": "20x7:selu:lecun_normal,3x30:tanh:zeros:bn", "optimizer": "adam", "batch_size": "64"}
    spec, problems = ROOM.read({"tab": "deep", **query}, {"tab"})
    assert problems == []
    assert ROOM.write(spec) == query
    assert ROOM.write(DeepSpec()) == {}
    spec, problems = ROOM.read({"job": "mining"})
    assert (spec, problems) == (DeepSpec(), ["The link's job=mining: allowed are depth, slow_start."])


def test_each_tab_keeps_its_setting_and_its_run() -> None:
    here = RoomState(ROOM)
    here.spec, here.run = DeepSpec(epochs=3), "deep run"
    ROOM.acts["job"](here, {"job": "slow_start"})
    assert (here.spec, here.run, here.memory) == (SlowStartSpec(), None, None)
    ROOM.acts["job"](here, {"job": "mining"})
    here.run = "slow run"
    ROOM.acts["job"](here, {"job": "depth"})
    assert (here.spec, here.run) == (DeepSpec(epochs=3), "deep run")
    ROOM.acts["job"](here, {"job": "slow_start"})
    assert here.run == "slow run"


def test_every_network_has_its_setting_in_the_digits_room() -> None:
    for _, _, networks in LINEUPS:
        spec = DeepSpec(networks=networks)
        for link, network in zip(_links(spec), networks, strict=True):
            found, problems = digits.ROOM.read(dict(parse_qsl(link.partition("?")[2])))
            assert problems == []
            assert found == spec.training(network)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"w": "1,2,3"}, "four numbers"),
        ({"b": "1,2,3,nan"}, "four numbers"),
        ({"x": "1e9"}, "x"),
        ({"function": "softmax"}, "function"),
        ({"tab": "attic"}, "tab"),
    ],
)
def test_a_wild_view_is_named(query: dict[str, str], words: str) -> None:
    view, problems = view_of(**query)
    assert view == view_of()[0]
    assert len(problems) == 1
    assert words in problems[0]


def test_the_presets_show_what_they_are_named_for() -> None:
    states = [answer(made)["state"] for _, _, made in PRESETS]
    assert states == ["vanishing", "healthy", "vanishing", "exploding", "healthy"]
    assert answer(PRESETS[1][2])["ratio"] == pytest.approx(1 / 64)


def test_the_guide_leads_where_it_says() -> None:
    assert ROOM.guide is not None
    for experiment in ROOM.guide.experiments:
        spec_names = {name: text for name, text in experiment.link.items() if name not in DepthView.names()}
        assert view_of(**experiment.link)[1] == [], experiment.title
        assert ROOM.read({**spec_names, "tab": experiment.link.get("tab", "")}, {"tab"})[1] == [], experiment.title
    assert ROOMS["depth"] is ROOM
    assert Chain().function == DepthView().function
