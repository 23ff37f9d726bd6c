"""What the recurrent room asks of a network and a picture, against a real store: answers and refusals."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from nnviz.analysis.recurrence import recurrence
from nnviz.data import load
from nnviz.events import decode_frame
from nnviz.models.weights import initial_weights
from tests.digit_room import DENSE, Room, weights_at

RNN: dict[str, Any] = {**DENSE, "model": {"layers": [{"kind": "lstm", "units": 6}]}}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with Room(tmp_path_factory.mktemp("home")) as made:
        yield made


def test_of_a_run_of_an_untrained_network_and_of_a_drawing(room: Room) -> None:
    run, spec = room.run(RNN, (0, 10))
    data = load(spec.data)
    image, label = data.x[data.rows("test")][3:4], int(data.labels("test")[3])
    pixels = np.rint(image * 255).astype(np.uint8)
    cases: list[tuple[dict[str, Any], Any, int | None, int]] = [
        ({"run": run, "digit": 3}, weights_at(spec, 10), label, 10),
        ({"run": run, "digit": 3, "step": 0, "unit": 4}, weights_at(spec, 0), label, 0),
        ({"spec": RNN, "pixels": base64.b64encode(pixels.tobytes()).decode()}, initial_weights(spec), None, 0),
    ]
    for body, weights, truth, step in cases:
        answer = room.post("/nnviz/recurrence", body)
        assert answer.status_code == 200, answer.text
        found = decode_frame(answer.content)
        fed = data.as_inputs((pixels / 255).astype(np.float32) if truth is None else image)
        expected = recurrence(spec, weights, fed, truth, body.get("unit", 0), step, 0.0)
        assert (found.view, found.step, found.meta) == ("recurrence", step, expected.meta)
        for name, array in expected.arrays.items():
            np.testing.assert_allclose(found.arrays[name], array, atol=1e-5)


def test_what_is_refused(room: Room) -> None:
    run, _ = room.run(DENSE)
    rnn, spec = room.run(RNN)
    many = len(load(spec.data).labels("test"))
    cases: list[tuple[dict[str, Any], str]] = [
        ({"run": run, "digit": 0}, "no recurrent layer"), ({"digit": 0}, "one of the two"),
        ({"run": rnn}, "name a digit"), ({"run": rnn, "digit": many}, "allowed are 0 to"),
        ({"run": rnn, "pixels": "AAAA"}, "8 × 8"), ({"run": "x" * 22, "digit": 0}, "no such run"),
    ]  # fmt: skip
    for body, word in cases:
        answer = room.post("/nnviz/recurrence", body)
        assert answer.status_code in (400, 404)
        assert word in answer.json()["message"]
