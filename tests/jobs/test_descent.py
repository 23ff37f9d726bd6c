"""The job `descent`: from JSON to events, a frame with every step, and the end in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnviz.control import QueueControl
from nnviz.events import Done, Frame, decode_frame, encode_frame
from nnviz.jobs import JOBS, SpecError, read_spec
from nnviz.surfaces.frames import Relief, surface_frame
from nnviz.surfaces.race import race
from nnviz.surfaces.spec import DescentSpec


def events(spec: dict[str, Any], control: QueueControl | None = None) -> list[Any]:
    read = read_spec({"job": "descent", **spec})
    return list(JOBS["descent"].run(read, control))


def frame_of(said: list[Any]) -> Frame:
    (frame,) = [one for one in said if isinstance(one, Frame)]
    return decode_frame(encode_frame(frame, "run"))


def test_a_race_is_one_frame_with_every_step() -> None:
    spec = {"surface": "ravine", "steps": 120}
    said = events(spec, QueueControl())
    frame, paths = frame_of(said), race(DescentSpec.model_validate(spec))
    assert [type(one).__name__ for one in said] == ["Started", "Frame", "Row", "Done"]
    assert frame.arrays["x"].shape == (4, 121)
    for i, path in enumerate(paths):
        n = path.steps + 1
        np.testing.assert_array_equal(np.stack([frame.arrays["x"][i, :n], frame.arrays["y"][i, :n]], 1), path.places)
        np.testing.assert_allclose(frame.arrays["distance"][i, :n], np.hypot(*path.places.T), rtol=1e-5)
        np.testing.assert_array_equal(frame.arrays["above"][i, :n], path.heights)
        assert np.isnan(frame.arrays["x"][i, n:]).all()
        assert frame.meta["racers"][i]["steps"] == path.steps
    done = said[-1]
    assert isinstance(done, Done)
    assert (done.reason, done.steps) == ("raced", 120)
    assert [one["racer"] for one in done.result["racers"]] == [
        "SGD 0.9", "SGD 0.3, momentum 0.9", "RMSprop 0.08", "Adam 0.2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"surface": "ravine", "racers": "sgd@2"}, "diverged: beyond all bounds at step 5"),
        ({"surface": "network"}, "at rest after 266 steps, at the local minimum w_A"),
        ({"surface": "rastrigin"}, "at rest after 12 steps, in a local minimum"),
        ({"surface": "bowl", "steps": 3}, "still on its way after all 3 steps"),
        ({"surface": "ravine", "tolerance": 0}, "at the minimum after all 300 steps"),
        ({"surface": "rosenbrock", "racers": "sgd@0.00001"}, "at rest after 5 steps, but at no minimum"),
    ],
)
def test_the_end_of_a_racer_is_told(spec: dict[str, Any], words: str) -> None:
    if "rosenbrock" in spec.values():
        spec = {**spec, "tolerance": 0.01}
    frame = frame_of(events(spec, QueueControl()))
    assert frame.meta["racers"][0]["words"].startswith(words)


def test_without_a_control_there_is_no_picture_and_a_stop_is_heard() -> None:
    assert not [one for one in events({}) if isinstance(one, Frame)]
    stopped = events({}, QueueControl({"do": "stop"}))
    assert stopped[-1].reason == "stopped"


def test_a_bad_race_is_refused_in_words() -> None:
    with pytest.raises(SpecError, match="formula: character 3: there is no “z”"):
        read_spec({"job": "descent", "surface": "formula", "formula": "x+z"})


def test_a_surface_without_a_minimum_has_heights_alone() -> None:
    spec = {"surface": "formula", "formula": "x + y", "steps": 20}
    frame = frame_of(events(spec, QueueControl()))
    assert {"x", "y", "height", "drawn"} == set(frame.arrays)
    assert surface_frame(DescentSpec.model_validate(spec)).meta["lowest"] is None


def test_the_map_is_stretched_but_keeps_the_order_of_heights() -> None:
    spec = DescentSpec(surface="rosenbrock")
    frame, relief = surface_frame(spec), Relief(spec.place)
    heights, drawn = frame.arrays["heights"].ravel(), frame.arrays["drawn"].ravel()
    assert (np.diff(drawn[np.argsort(heights)]) >= 0).all()
    assert 0 <= drawn.min() < 0.01
    assert drawn.max() == 1
    assert 0.4 < np.median(drawn) < 0.6
    ticks = relief.ticks()
    assert ticks["words"][0] == "0"
    np.testing.assert_allclose(relief.drawn(np.array([57.9])), 0.4, atol=0.01)
    assert ticks["words"][2] == "57.9"


def test_a_race_in_a_link_is_the_race() -> None:
    text = "sgd@0.1:momentum=0.9:nesterov=True:batch_size=4,adam@0.02:decay_rate=0.1:decay_name=cosine"
    spec = DescentSpec.model_validate({"surface": "regression", "racers": text, "start": "0.5,-1"})
    assert spec.start == (0.5, -1)
    first, second = spec.runners
    assert first.label == "SGD 0.1, Nesterov 0.9, batch 4"
    assert second.label == "Adam 0.02, cosine decay"
    again = DescentSpec.model_validate({"surface": "regression", "racers": ",".join(map(str, spec.runners))})
    assert again.runners == spec.runners
