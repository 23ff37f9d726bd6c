"""A run that has ended goes on as if it had never stopped: the same weights, the same curve, from one story."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nnviz.control import QueueControl
from nnviz.events import Array, Event, Finished, Frame, Metrics, Status, decode_frame, encode_frame
from nnviz.loops import handover
from nnviz.spec import RunSpec
from nnviz.training import train
from nnviz.training.resume import MAX_BYTES, STATE, complete, resume_of

POINTS: dict[str, Any] = {"data": {"name": "moons", "train": 45, "validation": 20}, "training": {"batch_size": 10}}
DIGITS: dict[str, Any] = {
    "data": {"name": "digits", "train": 120, "validation": 30, "test": 50},
    "training": {"batch_size": 25, "loss": "categorical_crossentropy"},
}
SMALL = {"layers": [{"units": 6}, {"units": 3}]}
CHANGING = {"layers": [{"units": 6}, {"kind": "batch_normalization"}, {"kind": "dropout", "rate": 0.3}]}
Said = list[Event | Frame]


def spec_of(base: dict[str, Any], epochs: int, model: dict[str, Any], **training: Any) -> RunSpec:
    training = {**base["training"], "epochs": epochs, **training}
    return RunSpec.model_validate({**base, "model": model, "training": training, "seed": 7})


def newest(said: Said, view: str) -> Frame:
    return next(f for f in reversed(said) if isinstance(f, Frame) and f.view == view)


def weights(said: Said) -> Array:
    return next(
        f.arrays["weights"] for f in reversed(said) if isinstance(f, Frame) and f.view in {"network", "weights"}
    )


def rows(said: Said) -> list[Metrics]:
    return [event for event in said if isinstance(event, Metrics)]


def go_on(spec: RunSpec, before: Said, epochs: float, forgotten: bool = False) -> Said:
    """Take the run up again, as a server does: by way of bytes."""
    end = before[-1]
    assert isinstance(end, Finished)
    state = None if forgotten else decode_frame(encode_frame(newest(before, STATE), "r"))
    row = {key: value for key, value in rows(before)[-1].to_json().items() if key != "event"}
    frame = decode_frame(encode_frame(complete(state, weights(before), row, end.reason, {}), "r"))
    return list(train(spec, QueueControl(), resume=resume_of(spec, frame), epochs=epochs))


@pytest.mark.parametrize(
    ("model", "optimizer"),
    [
        ({**SMALL, "family": "scratch"}, {"name": "sgd", "momentum": 0.9}),
        (SMALL, {"name": "sgd"}),
        (SMALL, {"name": "nadam"}),
        (CHANGING, {"name": "sgd", "momentum": 0.9}),
        (CHANGING, {"name": "adam"}),
    ],
)
def test_a_run_in_two_parts_is_the_run_in_one(model: dict[str, Any], optimizer: dict[str, Any]) -> None:
    decay = {"name": "exponential", "rate": 0.5, "steps": 20}
    whole = list(train(spec_of(POINTS, 9, model, optimizer=optimizer, decay=decay), QueueControl()))
    spec = spec_of(POINTS, 4, model, optimizer=optimizer, decay=decay)
    first = list(train(spec, QueueControl()))
    rest = go_on(spec, first, 9)
    np.testing.assert_allclose(weights(rest), weights(whole), rtol=2e-5, atol=2e-6)
    assert (rest[-1].steps, rest[-1].epochs, rest[-1].reason) == (45, 9.0, "epochs")  # type: ignore[union-attr]
    assert rows(rest)[0].step > rows(first)[-1].step == 20
    assert rows(rest)[-1].seconds > rows(first)[-1].seconds
    assert not any(isinstance(event, Status) and event.detail for event in rest)


def test_past_the_handover_the_optimiser_remembers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "handover_step", lambda _spec: 500)
    optimizer = {"name": "adam"}
    whole = list(train(spec_of(POINTS, 400, SMALL, optimizer=optimizer), QueueControl()))
    spec = spec_of(POINTS, 350, SMALL, optimizer=optimizer)  # 1,750 steps
    rest = go_on(spec, list(train(spec, QueueControl())), 400)
    np.testing.assert_array_equal(weights(rest), weights(whole))


def test_on_images_the_curves_go_on() -> None:
    model = {"layers": [{"kind": "conv2d", "filters": 2, "kernel_size": 3}, {"kind": "dropout", "rate": 0.2}]}
    whole = list(train(spec_of(DIGITS, 6, model), QueueControl()))
    spec = spec_of(DIGITS, 4, model)
    first = list(train(spec, QueueControl()))
    rest = go_on(spec, first, 6)
    np.testing.assert_allclose(weights(rest), weights(whole), rtol=2e-4, atol=2e-5)
    history = newest(rest, "predictions").meta["history"]
    before = newest(first, "predictions").meta["history"]
    assert history["step"][: len(before["step"])] == before["step"]
    assert history["step"][-1] == 30
    assert newest(rest, "statistics").meta["step"][0] == 0
    assert rows(rest)[-1].loss == pytest.approx(rows(whole)[-1].loss, rel=1e-4)


def test_without_a_checkpoint_the_weights_go_on_and_it_is_said() -> None:
    spec = spec_of(DIGITS, 2, SMALL, optimizer={"name": "adam"})
    first = list(train(spec, QueueControl()))
    rest = go_on(spec, first, 3, forgotten=True)
    assert any(isinstance(event, Status) and "begins anew" in event.detail.get("message", "") for event in rest)
    assert rows(rest)[-1].step == 15
    assert all(row.loss > 0.5 * rows(first)[-1].loss for row in rows(rest))


def test_who_goes_on_after_the_target_wants_more() -> None:
    spec = spec_of(POINTS, 500, SMALL, target_loss=0.45)
    first = list(train(spec, QueueControl()))
    assert first[-1].reason == "target"  # type: ignore[union-attr]
    end = first[-1].epochs  # type: ignore[union-attr]
    assert go_on(spec, first, end + 3)[-1].epochs == end + 3  # type: ignore[union-attr]


def test_a_run_without_an_end_is_stopped_only_by_a_visitor() -> None:
    control, spec = QueueControl(), spec_of(POINTS, 2, SMALL)
    end = None
    for said in train(spec, control, epochs=math.inf):
        if isinstance(said, Metrics) and said.epoch > 50:
            control.send({"do": "stop"})
        end = said
    assert isinstance(end, Finished)
    assert (end.reason, end.epochs > 50) == ("stopped", True)


def test_an_optimiser_that_remembers_too_much_is_left_out() -> None:
    from nnviz.loops.checkpoint import Checkpoint
    from nnviz.training.resume import state_frame

    large = Checkpoint([[np.zeros(MAX_BYTES // 4 + 1, np.float32)]], [], None, 0, (0.0, 0.0))
    frame = state_frame(1, 1.0, large, ({}, {}))
    assert not frame.arrays
    assert not frame.meta["whole"]
