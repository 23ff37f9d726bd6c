"""POST /nnviz/kernel: the picture of an SVM while a slider moves, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from nnviz.data import load
from nnviz.events import decode_frame, encode_frame
from nnviz.kernels.picture import picture
from nnviz.kernels.spec import KernelSpec
from tests.digit_room import Room


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Room(tmp_path_factory.mktemp("home")) as made:
        yield made


def test_it_is_the_picture_of_the_setting(room: Room) -> None:
    spec = KernelSpec(data="moons", noise=0.3, C=2, gamma=0.8)
    body = {"spec": spec.model_dump(mode="json"), "at": [1.0, 0.5], "vector": 3}
    answer = room.post("/nnviz/kernel", body)
    assert answer.status_code == 200
    found, ours = decode_frame(answer.content), picture(spec, load(spec.samples), (1.0, 0.5), 3)
    ours.meta["seconds"] = found.meta["seconds"]
    assert answer.content == encode_frame(ours, "")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"spec": {"data": "plane"}}, "data"),
        ({"spec": {"C": -1}}, "C: allowed is a number above 0"),
        ({"spec": {}, "at": [1]}, "at"),
        ({"spec": {"kernel": "x" * 5000}}, "at most 4,096 bytes"),
        ({}, "spec"),
    ],
)
def test_what_is_refused(room: Room, body: dict[str, Any], words: str) -> None:
    answer = room.post("/nnviz/kernel", body)
    assert answer.status_code in {400, 413}
    assert words in answer.json()["message"]


def test_the_web_process_has_no_large_library_before_it_is_asked() -> None:
    large = ["tensorflow", "sklearn", "scipy", "sympy", "optuna", "pandas", "latex2mathml", "pygments"]
    code = f"import sys, nnviz.web.server, nnviz.ui.rooms; print([one for one in {large} if one in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
