"""The Descent room's setting: its link there and back, what is told of a bad one, and what follows from a change."""

from __future__ import annotations

from typing import Any

import pytest

from nnviz.surfaces import SURFACES
from nnviz.surfaces.lineups import LINEUPS
from nnviz.surfaces.spec import DescentSpec
from nnviz.ui.room import RoomState
from nnviz.ui.rooms.descent import ROOM


def read(**query: str) -> tuple[DescentSpec, list[str]]:
    return ROOM.read(query)


@pytest.mark.parametrize("surface", [*SURFACES, "formula"])
@pytest.mark.parametrize("lineup", LINEUPS)
def test_every_race_has_a_link(surface: str, lineup: str) -> None:
    fields: dict[str, Any] = {"surface": surface, "steps": 50, "start": (0.5, 0.25)}
    if surface == "formula":
        fields |= {"formula": "x**2 + abs(y)", "half_width": 2.0}
    place = DescentSpec.model_validate(fields).place
    if not LINEUPS[lineup].fits(place):
        return
    spec = DescentSpec.model_validate({**fields, "racers": LINEUPS[lineup].racers(place)})
    assert ROOM.read(ROOM.write(spec)) == (spec, [])


def test_a_bare_link_is_short() -> None:
    assert ROOM.write(DescentSpec()) == {}
    assert ROOM.write(DescentSpec(surface="beale")) == {"surface": "beale"}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"surface": "formula", "formula": "x+z"}, ["The link's formula=x+z: character 3: there is no “z”"]),
        ({"surface": "formula"}, ["The link's surface=formula: missing; write one in x and y"]),
        ({"start": "99,0"}, ["The link's start=99,0: it must lie on the map"]),
        ({"start": "1"}, ["The link's start=1"]),
        ({"racers": "newton@1"}, ["The link's racers=newton@1: allowed are sgd"]),
        ({"racers": "sgd@0.1:batch_size=1"}, ["The link's racers=sgd@0.1:batch_size=1: allowed is none"]),
        ({"racers": "sgd@much"}, ["The link's racers=sgd@much"]),
        ({"steps": "9999"}, ["The link's steps=9999: allowed is a whole number from 1 to 2,000"]),
        ({"hill": "1"}, ["The link's “hill” is not a setting here"]),
    ],
)
def test_a_bad_link_is_told_and_the_rest_of_it_used(query: dict[str, str], words: list[str]) -> None:
    spec, problems = read(**query, tolerance="0.5")
    assert spec == DescentSpec(tolerance=0.5)
    assert [problem[: len(word)] for problem, word in zip(problems, words, strict=True)] == words


def test_another_surface_takes_the_racers_along_and_leaves_the_start() -> None:
    here = RoomState(ROOM, spec=DescentSpec.model_validate({"racers": "sgd@1.8,adam@0.2", "start": (1, 1)}))
    here.change({"surface": "rosenbrock"})
    assert [racer.label for racer in here.spec.runners] == ["SGD 0.002", "Adam 0.08"]
    assert here.spec.start is None
    here.change({"surface": "formula"})
    assert here.spec.formula == SURFACES["rosenbrock"].formula
    here.change({"surface": "bowl"})
    assert here.spec.formula is None
    assert here.problems == []


def test_a_batch_is_left_behind_where_there_are_no_samples() -> None:
    spec = DescentSpec.model_validate({"surface": "regression", "racers": "sgd@0.1:batch_size=20"})
    here = RoomState(ROOM, spec=spec)
    here.change({"surface": "network"})
    assert here.spec.runners[0].batch_size == 4
    here.change({"surface": "saddle"})
    assert here.spec.runners[0].batch_size is None


def test_a_refused_change_leaves_the_race_as_it_was() -> None:
    here = RoomState(ROOM, spec=DescentSpec.model_validate({"surface": "formula", "formula": "x*y"}))
    here.change({"formula": "x*yy"})
    assert here.spec.formula == "x*y"
    assert here.problems[0].startswith("Not changed: formula: character 3: there is no “yy”")
