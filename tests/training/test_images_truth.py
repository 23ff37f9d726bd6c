"""Whatever a run on images shows together is of one network; looking at it changes nothing of its training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from nnviz import RunSpec, train
from nnviz.control import QueueControl
from nnviz.data import load
from nnviz.events import Event, Frame, Metrics
from nnviz.models import flat_to_weights
from nnviz.models.forward import predict
from nnviz.stopping import accuracy_interval
from nnviz.training import evaluations, images
from nnviz.training.beside import Beside
from nnviz.training.chunks import Chunks

DIGITS = {"name": "digits", "train": 900, "validation": 200, "test": 600}
DENSE = [{"units": 16}]
CONV = [{"kind": "conv2d", "filters": 4, "kernel_size": 3}, {"kind": "max_pooling2d"}, {"kind": "dropout"}]


def spec_of(layers: list[dict[str, Any]], epochs: int = 100_000, **model: Any) -> RunSpec:
    return RunSpec.model_validate({
        "data": DIGITS,
        "model": {"layers": layers, "activation": "relu", "initializer": "he_normal", **model},
        "training": {"loss": "categorical_crossentropy", "optimizer": {"learning_rate": 0.05}, "epochs": epochs},
    })  # fmt: skip


@pytest.fixture(params=["an idle core", "all cores busy"])
def _cores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures made by a thread beside the training, or between its chunks, whatever this machine has."""
    monkeypatch.setattr(images, "leaves_a_core", lambda _: request.param == "an idle core")


def watched(spec: RunSpec, points: int, control: QueueControl | None = None) -> Iterator[Event | Frame]:
    """A run at full speed, stopped when so many evaluations after the first step have been shown."""
    control, seen = control or QueueControl(), 0
    for event in train(spec, control):
        if isinstance(event, Frame) and event.view == "predictions" and event.step > 0:
            seen += 1
            if seen == points:
                control.send({"do": "stop"})
        yield event


@pytest.mark.usefixtures("_cores")
@pytest.mark.parametrize(("layers", "family"), [(DENSE, "network"), (CONV, "network"), (DENSE, "scratch")])
def test_matrix_mistakes_accuracy_and_curve_are_of_one_step(layers: list[dict[str, Any]], family: str) -> None:
    spec = spec_of(layers, family=family)
    data = load(spec.data)
    weights: dict[int, list[Any]] = {}
    frames, rows = [], {}
    for event in watched(spec, 12):
        if isinstance(event, Metrics):
            rows[event.step] = event
        elif isinstance(event, Frame) and event.view == "weights":
            weights[event.step] = flat_to_weights(spec, event.arrays["weights"])
        elif isinstance(event, Frame) and event.view == "predictions":
            frames.append(event)
    assert len(frames) > 12
    assert frames[-1].meta["n"] == 600, "a run rests complete"
    checked = 0
    for frame in frames:
        meta, index = frame.meta, frame.arrays.get("index", np.arange(600))
        labels = data.labels("test")[index]
        correct = int((frame.arrays["predicted"] == labels).sum())
        assert (meta["n"], meta["correct"]) == (len(index), correct)
        assert meta["accuracy"] == correct / meta["n"]
        assert (meta["low"], meta["high"]) == pytest.approx(accuracy_interval(correct, meta["n"]))
        point = {name: column[-1] for name, column in meta["history"].items()}
        assert (point["step"], point["n"]) == (frame.step, meta["n"])
        assert point["accuracy"] == pytest.approx(meta["accuracy"], abs=1e-5)
        row = rows[frame.step]
        assert row.epoch == frame.epoch
        if frame.step > 0:
            assert meta["train"]["accuracy"] == row.recent_accuracy
        if frame.step in weights:
            checked += 1
            said = predict(spec, weights[frame.step], data.inputs("test"))[0].argmax(1)
            assert np.mean(frame.arrays["predicted"] == said[index]) > 0.99
            held = predict(spec, weights[frame.step], data.inputs("validation"))[0].argmax(1)
            if meta["validation"] and meta["validation"]["n"] == 200:
                accuracy = np.mean(held == data.labels("validation"))
                assert meta["validation"]["accuracy"] == pytest.approx(accuracy, abs=0.011)
    assert checked >= 3


@pytest.mark.usefixtures("_cores")
@pytest.mark.parametrize("layers", [DENSE, CONV])
def test_being_watched_changes_no_weight(layers: list[dict[str, Any]]) -> None:
    """Nor any number of the result; so the same seed is the same curve."""
    spec = spec_of(layers, epochs=15)
    [*_, alone] = train(spec)
    for control in (QueueControl(), QueueControl({"do": "set", "speed": {"steps": 50, "fps": 60}})):
        [*_, end] = train(spec, control)
        assert end.train == alone.train  # type: ignore[union-attr]
        assert end.test["accuracy"] == alone.test["accuracy"]  # type: ignore[union-attr]


@pytest.mark.usefixtures("_cores")
def test_the_end_of_every_long_epoch_is_a_point_of_the_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluations, "EVALUATED", 1e-9)  # every epoch is a long one
    monkeypatch.setattr(evaluations, "SOMETIMES", 0.0)
    monkeypatch.setattr(evaluations, "MOST_SHARE", 1e9)
    monkeypatch.setattr("nnviz.training.beside.LEISURE", 0.0)
    monkeypatch.setattr("nnviz.training.beside.CONTENDED", 0.0)
    spec = spec_of(CONV, epochs=12)
    _chunks_of_ten_steps(monkeypatch, at_leisure=True)
    [*_, frame] = [e for e in train(spec, QueueControl()) if isinstance(e, Frame) and e.view == "predictions"]
    ends = [step for step in frame.meta["history"]["step"] if step % 90 == 0]
    assert ends == [90 * epoch for epoch in range(13)]


def _chunks_of_ten_steps(monkeypatch: pytest.MonkeyPatch, at_leisure: bool = False) -> None:
    """`at_leisure`: each is begun when the pictures beside are done."""
    real_advance, real_begin, begun = Chunks.advance, Beside.begin, list[Beside]()

    def advance(self: Chunks, last: int) -> Any:
        for beside in begun if at_leisure else ():
            if beside._job is not None:
                beside._job.exception()
        self.size = min(10, self.size)
        return real_advance(self, last)

    def begin(self: Beside, job: Any) -> None:
        begun[:] = [self]
        real_begin(self, job)

    monkeypatch.setattr(Chunks, "advance", advance)
    monkeypatch.setattr(Beside, "begin", begin)


@pytest.mark.usefixtures("_cores")
def test_a_run_that_nobody_watches_has_a_curve_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluations, "EVALUATED", 0.001)
    monkeypatch.setattr(evaluations, "SOMETIMES", 0.0)
    monkeypatch.setattr(evaluations, "SHARE", 1.0)
    control, seen = QueueControl(frames=False), []
    for event in train(spec_of(DENSE), control):
        if isinstance(event, Frame):
            seen.append(event)
        if isinstance(event, Metrics) and event.step > 20_000:
            control.send({"do": "stop"})
    assert {frame.step for frame in seen[:-4] if frame.view == "predictions"} <= {0, seen[-1].step}
    [*_, last] = [frame for frame in seen if frame.view == "predictions"]
    assert len(last.meta["history"]["step"]) > 5


def test_a_frame_that_takes_long_has_evaluations_within_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluations, "EVALUATED", 0.0)
    _chunks_of_ten_steps(monkeypatch)
    control, steps = QueueControl({"do": "set", "speed": {"steps": 90, "fps": 60}}), []
    for event in train(spec_of(CONV, epochs=4), control):
        if isinstance(event, Frame) and event.view in {"predictions", "filters"}:
            steps.append((event.view, event.step))
    assert {step for view, step in steps if view == "filters"} == {0, 90, 180, 270, 360}
    assert len({step for view, step in steps if view == "predictions"}) > 20


# ---------------------------------------------------------------------- the thread beside


def test_a_thread_beside_does_one_job_at_a_time_and_gives_it_once() -> None:
    beside, frame = Beside(), Frame("filters", 1, 0.1, {}, {})
    assert beside.free(0.0)
    beside.begin(lambda: [frame])
    assert not beside.free(float("inf"))
    assert beside.take(wait=True) == [frame]
    assert beside.take(wait=True) == []
    assert beside.free(float("inf"))
    beside.begin(lambda: [][0])
    with pytest.raises(IndexError):
        beside.take(wait=True)
    beside.close()


def test_a_run_given_up_leaves_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "leaves_a_core", lambda _: True)
    events = train(spec_of(DENSE), QueueControl())
    seen = 0
    closed: list[bool] = []
    real = Beside.close
    monkeypatch.setattr(Beside, "close", lambda self: (closed.append(True), real(self))[-1])
    for event in events:
        seen += isinstance(event, Frame) and event.step > 0
        if seen > 3:
            break
    events.close()  # type: ignore[attr-defined]
    assert closed == [True]
