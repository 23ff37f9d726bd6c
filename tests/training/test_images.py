"""A run on images from its first event to its last: what is shown when, what rests complete, who may stop it."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz import RunSpec, train
from nnviz.control import QueueControl
from nnviz.data import load
from nnviz.engine.limits import Limits
from nnviz.engine.local import LocalEngine
from nnviz.events import Event, Finished, Frame, Metrics, Status
from nnviz.loops import cost
from nnviz.models import evaluate, flat_to_weights
from nnviz.models.predictor import predictor
from nnviz.training.svm import SVMRun
from tests.engines import Ear

VIEWS = {"filters", "predictions", "statistics", "weights"}
DIGITS = {"name": "digits", "train": 400, "validation": 100, "test": 300}
CLASSES = {"loss": "categorical_crossentropy", "optimizer": {"name": "adam", "learning_rate": 0.005}}
CONV: list[dict[str, Any]] = [
    {"kind": "conv2d", "filters": 8, "kernel_size": 3},
    {"kind": "max_pooling2d"},
    {"kind": "dropout"},
]


def spec_of(layers: list[dict[str, Any]], epochs: int = 3, **parts: Any) -> RunSpec:
    return RunSpec.model_validate({
        "data": DIGITS,
        "model": {"layers": layers, "activation": "relu", "initializer": "he_normal"},
        "training": {**CLASSES, "epochs": epochs},
        **parts,
    })  # fmt: skip


SVM = RunSpec.model_validate({"data": DIGITS, "model": {"family": "svm", "C": 5, "gamma": 0.05}})


class Script(QueueControl):
    """A control that sends each command when a rest begins, and stops at the end of the script."""

    def __init__(self, *rests: dict[str, Any], frames: bool = True) -> None:
        super().__init__({"do": "pause"}, frames=frames)
        self.rests: Iterator[dict[str, Any]] = iter(rests)

    def wait(self, seconds: float | None) -> list[dict[str, Any]]:
        if seconds is None:
            return [next(self.rests, {"do": "stop"})]
        return super().wait(seconds)


def views(events: list[Event | Frame]) -> dict[str, Frame]:
    """The newest frame of each view that is a picture; what the run needs to be taken up again is none."""
    return {event.view: event for event in events if isinstance(event, Frame) and event.view != "state"}


def last(events: list[Event | Frame]) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]


def test_the_untrained_network_is_shown_before_tensorflow_and_before_the_images() -> None:
    program = (
        "import sys\n"
        "from nnviz import RunSpec, train\n"
        "from nnviz.control import QueueControl\n"
        "spec = RunSpec.model_validate({'data': {'name': 'digits'}})\n"
        "events = train(spec, QueueControl())\n"
        "print([getattr(next(events), 'view', 'event') for _ in range(3)], 'sklearn' in sys.modules)\n"
        "print([getattr(next(events), 'view', 'event') for _ in range(3)])\n"
        "print({'tensorflow', 'keras'} & set(sys.modules))\n"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.splitlines() == [
        "['event', 'filters', 'weights'] False",
        "['predictions', 'statistics', 'event']",
        "set()",
    ]


def test_commands_after_the_last_step_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The result takes a while on many images: here on 400 in blocks of 100, between which it is listened."""
    monkeypatch.setattr("nnviz.training.image_rows.BLOCK", 100)
    control, events = QueueControl(), list[Event | Frame]()
    late = [{"do": "set", "learning_rate": 0.5}, {"do": "pause"}, {"do": "play"}]
    for event in train(spec_of([{"units": 20}]), control):
        events.append(event)
        if isinstance(event, Frame) and event.step == 3 * 40:
            for command in late:
                control.send(command)
            late = []
    details = [event.detail for event in events if isinstance(event, Status) and event.detail]
    assert details[-2:] == [
        {"learning_rate": 0.5}, {"error": "pause: the training is done, its result is being computed"},
    ]  # fmt: skip
    assert last(events).reason == "epochs"


@pytest.mark.parametrize("layers", [[{"units": 20}], CONV, [{"kind": "simple_rnn", "units": 12}]])
def test_a_watched_run_ends_with_complete_pictures_of_its_last_step(layers: list[dict[str, Any]]) -> None:
    spec = spec_of(layers)
    events = list(train(spec, QueueControl()))
    finished, newest = last(events), views(events)
    assert set(newest) == VIEWS
    steps = 3 * 40
    assert {frame.step for frame in newest.values()} == {finished.steps} == {steps}
    predictions = newest["predictions"]
    assert (predictions.step, predictions.meta["n"], predictions.meta["of"]) == (steps, 300, 300)
    data = load(spec.data)
    weights = flat_to_weights(spec, newest["weights"].arrays["weights"])
    loss, accuracy = evaluate(spec, weights, data.inputs("test"), data.labels("test"), 0.0)
    assert finished.test is not None
    assert accuracy is not None
    assert (predictions.meta["accuracy"], predictions.meta["correct"]) == (accuracy, round(300 * accuracy))
    assert finished.test["accuracy"] == accuracy
    assert finished.test["loss"] == pytest.approx(loss, rel=1e-3)
    assert finished.train["accuracy"] == evaluate(spec, weights, data.inputs("train"), data.labels("train"), 0.0)[1]
    said = predictor(spec, newest["weights"].arrays).predicted(data.inputs("test"))
    assert (said == predictions.arrays["predicted"]).mean() > 0.99
    rows = [event for event in events if isinstance(event, Metrics)]
    assert rows[-1].epoch_end
    assert rows[-1].val_loss is not None
    assert newest["statistics"].meta["step"][0] == 0


def test_a_pause_shows_everything_of_that_step() -> None:
    script = Script({"do": "step", "n": 7}, {"do": "step", "n": 1, "unit": "epoch"}, frames=False)
    events = list(train(spec_of(CONV, epochs=50), script))
    rests: list[int] = []
    for i, event in enumerate(events):
        if event == Status("paused"):
            rests.append(events[i - 1].step)  # type: ignore[union-attr]
    assert rests == [0, 7, 40]
    for step in (7, 40):
        shown = {e.view: e for e in events if isinstance(e, Frame) and e.step == step and e.view != "state"}
        assert set(shown) == VIEWS
        assert shown["predictions"].meta["n"] == 300
        assert [e.step for e in events if isinstance(e, Metrics)].count(step) == 1


def test_paced_frames_show_exactly_the_steps_asked_for() -> None:
    control = QueueControl({"do": "set", "speed": {"steps": 4, "fps": 50}})
    steps: dict[str, list[int]] = {view: [] for view in VIEWS}
    for event in train(spec_of([{"units": 8}], epochs=100), control):
        if isinstance(event, Frame) and event.step <= 40:
            steps[event.view].append(event.step)
        if isinstance(event, Frame) and event.step > 40:
            control.send({"do": "stop"})
    for view in ("filters", "statistics"):
        assert steps[view] == list(range(0, 44, 4))


def test_several_frames_within_an_epoch_and_validation_in_between(mnist: Path) -> None:  # noqa: ARG001
    data = {"name": "mnist", "train": 20_000, "validation": 500, "test": 2_000}
    control, frames, rows = QueueControl(), [], []
    for event in train(spec_of([{"units": 512}, {"units": 512}], epochs=100, data=data), control):
        if isinstance(event, Frame):
            frames.append(event)
        elif isinstance(event, Metrics):
            rows.append(event)
            if event.epoch > 1:
                control.send({"do": "stop"})
    within = [frame for frame in frames if 0 < frame.epoch < 1]
    assert {frame.view for frame in within} == VIEWS
    assert len([frame for frame in within if frame.view == "filters"]) >= 3
    inside = [row for row in rows if 0 < row.epoch < 1]
    assert len(inside) >= 5
    assert next(row for row in rows if row.epoch == 1).val_accuracy is not None
    judged = [frame for frame in within if frame.view == "predictions"]
    assert all(frame.meta["validation"]["n"] <= frame.meta["n"] <= 2000 for frame in judged)
    assert {frame.step for frame in judged} <= {row.step for row in rows}, "each goes with a row of its step"


def test_pictures_leave_the_time_to_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processor's time: how much of it this machine has for us is no part of it; nor is Python's collector, which a
    run's own process has not to fear."""
    monkeypatch.setattr(cost, "XLA_PARAMETERS", 0)  # no wait for a compiler, which takes no time of this kind
    monkeypatch.setattr(time, "perf_counter", time.process_time)
    control, began, before, pictures = QueueControl(), 0.0, 0.0, 0
    gc.disable()
    try:
        for event in train(spec_of([{"units": 64}], epochs=100_000), control):
            pictures += isinstance(event, Frame)
            if isinstance(event, Metrics) and event.seconds > 1:  # nothing is compiled any more
                began, before = began or time.perf_counter(), before or event.seconds
                if (passed := time.perf_counter() - began) > 3:
                    break
    finally:
        gc.enable()
    assert event.seconds - before > 0.85 * passed
    assert pictures > 20


def test_without_a_control_nothing_is_shown() -> None:
    events = list(train(spec_of(CONV)))
    assert not views(events)
    assert [event.epoch for event in events if isinstance(event, Metrics)] == [0.0, 1.0, 2.0, 3.0]


def test_weights_are_not_edited_by_hand() -> None:
    edit = {"do": "edit", "layer": 0, "what": "bias", "column": 0, "value": 1.0}
    events = list(train(spec_of(CONV), Script(edit)))
    [error] = [e.detail["error"] for e in events if isinstance(e, Status) and "error" in e.detail]
    assert error.startswith("edit: ")


def test_the_numpy_network_trains_like_the_compiled_one_and_without_tensorflow() -> None:
    model = {"layers": [{"units": 16}], "activation": "sigmoid", "initializer": "scaled_normal"}
    training = {"loss": "categorical_crossentropy", "optimizer": {"learning_rate": 0.5}, "epochs": 3}
    curves = []
    for family in ("network", "scratch"):
        spec = RunSpec.model_validate({"data": DIGITS, "model": {**model, "family": family}, "training": training})
        events = list(train(spec, QueueControl()))
        assert set(views(events)) == VIEWS
        assert (views(events)["predictions"].step, views(events)["predictions"].meta["n"]) == (last(events).steps, 300)
        curves.append([row.val_loss for row in events if isinstance(row, Metrics) and row.epoch_end][-1])
    assert curves[0] == pytest.approx(curves[1], rel=1e-3)
    program = (
        "import sys\n"
        "from nnviz import RunSpec, train\n"
        "spec = {'data': {'name': 'digits'}, 'model': {'family': 'scratch'}, 'training': {'epochs': 1}}\n"
        "print([event.name for event in train(RunSpec.model_validate(spec))][-1], 'tensorflow' in sys.modules)\n"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["finished", "False"]


# ---------------------------------------------------------------------- support vector machines


def test_an_svm_is_fitted_and_shown() -> None:
    events = list(train(SVM, QueueControl()))
    statuses = [event for event in events if isinstance(event, Status)]
    assert statuses[0] == Status("running")
    assert "400 images" in statuses[1].detail["message"]
    [row] = [event for event in events if isinstance(event, Metrics)]
    assert (row.epoch, row.epoch_end) == (1.0, True)
    newest, finished = views(events), last(events)
    assert set(newest) == {"filters", "predictions", "weights"}
    data = load(SVM.data)
    model = predictor(SVM, newest["weights"].arrays)
    np.testing.assert_array_equal(newest["predictions"].arrays["predicted"], model.predicted(data.inputs("test")))
    assert newest["weights"].arrays["support"].dtype == np.uint8 or newest["weights"].arrays["support"].max() <= 1
    assert finished.test is not None
    assert finished.test["accuracy"] == newest["predictions"].meta["accuracy"] > 0.8
    assert finished.train == {"loss": row.loss, "accuracy": row.accuracy, "n": 400}
    assert [e.name for e in train(SVM) if isinstance(e, Event)] == ["started", "metrics", "finished"]


def test_an_svm_too_large_to_be_kept_is_judged_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnviz.training.svm.MOST_BYTES", 1000)
    events = list(train(SVM, QueueControl()))
    assert set(views(events)) == {"filters", "predictions"}
    said = [event.detail.get("message", "") for event in events if isinstance(event, Status)]
    assert any("too many to look into" in words for words in said)
    assert last(events).test["accuracy"] > 0.8


def test_an_svm_waits_for_its_start_and_answers_what_it_cannot_do(monkeypatch: pytest.MonkeyPatch) -> None:
    real = SVMRun._begin

    def begin(self: SVMRun, control: QueueControl) -> Any:
        yield from real(self, control)
        control.send({"do": "pause"})

    monkeypatch.setattr(SVMRun, "_begin", begin)
    events = list(train(SVM, Script({"do": "play"})))
    said = [event for event in events if isinstance(event, Status)]
    assert [status.status for status in said][:2] == ["paused", "running"]
    assert any("one go" in status.detail.get("error", "") for status in said)
    assert last(events).reason == "epochs"


def test_a_long_fit_says_how_long_it_has_gone_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SVMRun, "tell", 0.0)
    monkeypatch.setattr("nnviz.training.svm.LISTEN", 0.001)
    spec = RunSpec.model_validate({"data": {"name": "digits"}, "model": {"family": "svm"}})
    events = list(train(spec, QueueControl()))
    said = [event.detail.get("message", "") for event in events if isinstance(event, Status)]
    assert any(
        text
        == "fitting an SVM to 1,347 images: 0 seconds so far; expected are a second or two where nothing else is done"
        for text in said
    )
    assert last(events).reason == "epochs"


def test_weights_to_start_from_are_refused_by_an_svm() -> None:
    [failed] = train(SVM, start=[np.zeros(3, np.float32)])
    assert isinstance(failed, Event)
    assert failed.name == "failed"


def test_a_fit_is_stopped_at_once_and_cleanly(home: Path, mnist: Path) -> None:  # noqa: ARG001
    spec = RunSpec.model_validate({"data": {"name": "mnist", "train": 60_000}, "model": {"family": "svm"}})
    engine = LocalEngine(home, ear := Ear(), limits=Limits(terminate=600, kill=600))  # by its word alone
    try:
        engine.wait_ready(60)
        run = engine.submit(spec, visitor="v")
        ear.wait(run, lambda m: isinstance(m, dict) and "fitting" in m.get("detail", {}).get("message", ""))
        time.sleep(0.5)  # it is in the midst of it
        engine.send(run, {"do": "stop"})
        end = ear.end(run)
        assert (end["event"], end["reason"]) == ("finished", "stopped")
        assert end["test"] is None
    finally:
        engine.close()
