"""The slow start: its updates against Keras's own, and the lecture's picture of it in numbers."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest
from pydantic import ValidationError

from nnviz.control import QueueControl
from nnviz.depth.slow import MEASURES, MOMENTS, Course, SlowStartSpec, Start, batches, samples
from nnviz.events import Done, Frame, decode_frame, encode_frame
from nnviz.jobs import JOBS, read_spec


def course(**fields: object) -> Frame:
    spec = read_spec({"job": "slow_start", **fields})
    said = list(JOBS["slow_start"].run(spec, QueueControl()))
    assert isinstance(said[-1], Done)
    assert said[-1].reason == "learned"
    (frame,) = (one for one in said if isinstance(one, Frame))
    return decode_frame(encode_frame(frame, "run"))


def test_its_updates_are_keras_own() -> None:
    import keras

    spec = SlowStartSpec.model_validate({"networks": "mean_squared_error@2:1:-1:2,binary_crossentropy", "epochs": 3})
    ours, x = Course(spec), samples(spec)
    for _ in range(spec.steps):
        ours.advance()
    for at, network in enumerate(spec.networks):
        layers = [keras.Input((1,)), keras.layers.Dense(1, "sigmoid"), keras.layers.Dense(1, "sigmoid")]
        model = keras.Sequential(layers)
        model.set_weights([np.reshape(v, shape) for v, shape in zip(network.weights, [(1, 1), (1,)] * 2, strict=True)])
        model.compile(keras.optimizers.SGD(1.0), network.loss)
        for rows in islice(batches(spec), spec.steps):
            model.train_on_batch(x[rows, None], np.zeros((len(rows), 1)))
        theirs = [float(np.ravel(w)[0]) for w in model.get_weights()]
        np.testing.assert_allclose(ours.weights[at], theirs, rtol=1e-4)
        measured = model.evaluate(x[:, None], np.zeros((len(x), 1)), verbose=0, batch_size=1000)
        assert ours.losses()[at] == pytest.approx(measured, rel=1e-4)


def test_the_lectures_mse_stays_flat_and_its_cross_entropy_does_not() -> None:
    frame = course()
    mse, entropy = frame.meta["networks"]
    assert 60 < mse["halved"] < 100
    assert entropy["halved"] <= 1
    loss, slope = frame.arrays["loss"], frame.arrays["slope2"]
    fifty = frame.meta["epoch"].index(50)
    assert loss[0, fifty] > 0.99 * loss[0, 0]
    assert slope[0, 0] < 0.0005
    assert slope[0].max() > 100 * slope[0, 0]  # on its way it passes the place where σ is steep
    assert "is halved after" in mse["words"]
    later = course(networks="mean_squared_error@2.1:3.1:4.1:5.1,binary_crossentropy@2.1:3.1:4.1:5.1")
    assert later.meta["networks"][0]["halved"] > mse["halved"]
    assert later.meta["networks"][1]["halved"] <= 1
    other = course(networks="mean_squared_error@0.5:0.2:-0.3:0.1")
    assert other.meta["networks"][0]["halved"] <= 1


def test_who_does_not_get_away_is_told() -> None:
    assert "is still 0.99" in course(epochs=20).meta["networks"][0]["words"]


def test_a_frame_has_the_first_and_the_last_moment_of_a_long_course() -> None:
    spec = {"samples": 200, "batch_size": 10, "epochs": 130}
    frame = course(**spec)
    steps = frame.meta["step"]
    assert (steps[0], steps[-1]) == (0, 2600)
    assert len(steps) <= MOMENTS + 1
    assert {*MEASURES, "weights"} == set(frame.arrays)
    assert frame.arrays["weights"].shape == (2, len(steps), 4)
    place = 1 / (1 + math.exp(-float(frame.arrays["z2"][0, 0])))
    assert frame.arrays["place"][0, 0] == pytest.approx(place * (1 - place), rel=1e-4)


def test_it_is_stopped_between_epochs() -> None:
    said = list(JOBS["slow_start"].run(SlowStartSpec(), QueueControl({"do": "stop"})))
    assert said[-1].reason == "stopped"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"networks": "hinge@1"}, "mean_squared_error"),
        ({"networks": "mean_squared_error@1:2:3:99"}, "less than or equal to 10"),
        ({"networks": "mean_squared_error@1:2:3:4:5"}, "write a network as loss@w1:b1:w2:b2"),
        ({"epochs": 1000, "batch_size": 10}, "allowed are at most 20,000"),
    ],
)
def test_what_is_out_of_range_is_refused(fields: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SlowStartSpec.model_validate(fields)


def test_a_network_is_written_as_it_is_read() -> None:
    start = Start(loss="binary_crossentropy", w1=-0.25, b2=1e-3)
    assert SlowStartSpec.model_validate({"networks": str(start)}).networks == (start,)
