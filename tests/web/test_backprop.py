"""What is asked about a small network: answers over the route, and refusals that name the field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nnviz.backprop.spec import BackpropSpec
from tests.digit_room import Room


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with Room(tmp_path_factory.mktemp("home")) as made:
        yield made


def ask(room: Room, path: str, body: dict[str, Any]) -> Any:
    return room.client.post(f"/nnviz/backprop{path}", json=body, headers=room.origin)


def test_each_question_has_its_answer(room: Room) -> None:
    spec = BackpropSpec().model_dump(mode="json")
    numbers = ask(room, "", {"spec": spec}).json()
    assert numbers["given"]["w2.1.2"] == -3
    assert len(numbers["operations"]) == 42
    assert ask(room, "/number", {"spec": spec, "number": "d3.1"}).json()["title"].startswith("δ of output neuron 1")
    assert ask(room, "/chain", {"spec": spec, "number": "w1.2.1"}).json()["sympy"] == pytest.approx(0.875, abs=1e-3)
    assert [one["once"] for one in ask(room, "/naive", {"spec": spec}).json()["racers"]] == [2, 10, 18]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {"spec": {"layers": [9, 9]}}, "spec.layers"),
        ("", {}, "spec"),
        ("/number", {"spec": {}, "number": "q9.9"}, "number"),
        ("/number", {"spec": {}, "number": "__import__"}, "number"),
        ("/chain", {"spec": {}, "number": "z1.1"}, "number"),
        ("/naive", {"spec": {}, "epsilon": 0}, "epsilon"),
    ],
)
def test_a_bad_question_is_refused_with_its_field(room: Room, path: str, body: dict[str, Any], field: str) -> None:
    answer = ask(room, path, body)
    assert answer.status_code == 400
    assert answer.json()["field"].startswith(field)
