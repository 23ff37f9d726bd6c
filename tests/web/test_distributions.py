"""What the rooms ask about histograms, against a real store: of a run on images, of one on points, of neither."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from nnviz.analysis.distributions import distributions
from nnviz.data import load
from nnviz.events import Frame, decode_frame, encode_frame
from nnviz.models.weights import initial_weights, weights_to_flat
from nnviz.spec import RunSpec
from tests.digit_room import DENSE, Room, weights_at

POINTS: dict[str, Any] = {"data": {"name": "moons"}, "model": {"family": "scratch", "layers": [{"units": 3}]}}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with Room(tmp_path_factory.mktemp("home")) as made:
        yield made


def asked(room: Room, **body: Any) -> Frame:
    answer = room.post("/nnviz/distributions", body)
    assert answer.status_code == 200, answer.text
    assert len(answer.content) < 100_000
    return decode_frame(answer.content)


def same(found: Frame, spec: RunSpec, weights: list[Any], step: int) -> None:
    expected = distributions(spec, load(spec.data), initial_weights(spec), weights, step, 0.0)
    assert (found.view, found.step) == ("distributions", step)
    for name, array in expected.arrays.items():
        np.testing.assert_array_equal(found.arrays[name], array)


def test_of_a_run_on_images_at_each_step(room: Room) -> None:
    run, spec = room.run(DENSE, (0, 10))
    for step in (0, 10):
        same(asked(room, run=run, step=step), spec, weights_at(spec, step), step)
    same(asked(room, run=run), spec, weights_at(spec, 10), 10)


def test_of_a_run_on_points_and_of_a_weight_changed_by_hand(room: Room) -> None:
    run, spec = room.run(POINTS, ())
    same(asked(room, run=run), spec, initial_weights(spec), 0)  # nothing is recorded yet
    for seq, seed in enumerate((3, 4), 1):
        weights = weights_at(spec, seed)
        flat = {"weights": weights_to_flat(spec, weights)}
        room.store.add_frame(run, seq, encode_frame(Frame("network", 20, 2.0, {}, flat), run))
        assert room.store.flush()
        same(asked(room, run=run), spec, weights, 20)


def test_before_any_training(room: Room) -> None:
    spec = RunSpec.model_validate(POINTS)
    found = asked(room, spec=spec.model_dump(mode="json"))
    same(found, spec, initial_weights(spec), 0)
    np.testing.assert_array_equal(found.arrays["weights"], found.arrays["weights_before"])


def test_what_is_refused(room: Room) -> None:
    run, _ = room.run(DENSE)
    svm = {"data": {"name": "digits"}, "model": {"family": "svm"}}
    other, _ = room.run(svm, ())
    for body, word in (({}, "one of the two"), ({"run": run, "spec": DENSE}, "one of the two"), ({"spec": svm}, "SVM"),
                       ({"run": other}, "not been fitted"), ({"run": "x" * 22}, "no such run")):  # fmt: skip
        answer = room.post("/nnviz/distributions", body)
        assert answer.status_code in (400, 404)
        assert word in answer.json()["message"]


def test_formulas_and_code(room: Room) -> None:
    said = room.client.get("/nnviz/distributions/about").json()
    assert all(text.startswith("<math") for text in said["formulas"].values())
    names = [code["name"].rpartition(".")[2] for part in said["codes"].values() for code in part]
    assert names == ["dense", "descend", "DensePass", "output_counts", "histogram", "forward", "sum_width"]
