"""A run from its first event to its last, and what commands do to it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest

from nnviz import RunSpec, train
from nnviz.control import QueueControl, parse_command
from nnviz.data import load
from nnviz.events import Diverged, Event, Failed, Finished, Frame, Metrics, Started, Status
from nnviz.loops import cost, handover
from nnviz.models import evaluate, flat_to_weights, initial_weights
from nnviz.spec import EarlyStopping
from nnviz.stopping import Patience, accuracy_interval
from nnviz.training import points


def spec_of(**parts: Any) -> RunSpec:
    return RunSpec.model_validate(parts)


def kind(event: Event | Frame) -> str:
    return event.view if isinstance(event, Frame) else event.name


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without XLA: runs too short for its compile time."""
    monkeypatch.setattr(cost, "XLA_PARAMETERS", 0)


class Script(QueueControl):
    """A control that sends each command when a rest begins, and stops at the end of the script."""

    def __init__(self, *rests: list[dict[str, Any]], frames: bool = True) -> None:
        super().__init__({"do": "pause"}, frames=frames)
        self.rests: Iterator[list[dict[str, Any]]] = iter(rests)

    def wait(self, seconds: float | None) -> list[dict[str, Any]]:
        if seconds is None:
            return next(self.rests, [{"do": "stop"}])
        return super().wait(seconds)


class Clock(QueueControl):
    """A control whose waits take all the time, but for a microsecond of each look at the clock: what the machine takes
    is no part of it."""

    now = 100.0

    def read(self) -> float:
        self.now += 1e-6
        return self.now

    def wait(self, seconds: float | None) -> list[dict[str, Any]]:
        assert seconds is not None
        self.now += seconds
        return self.poll()


# ---------------------------------------------------------------------- the course of a run


def test_without_a_control_there_is_a_row_for_each_epoch() -> None:
    events = list(train(spec_of(training={"epochs": 60})))
    assert [kind(e) for e in events] == ["started", *["metrics"] * 61, "finished"]
    started, rows, finished = events[0], events[1:-1], events[-1]
    assert isinstance(started, Started)
    assert started.parameters == 25
    assert [row["name"] for row in started.layers] == ["inputs", "hidden layer 1", "hidden layer 2", "output layer"]
    assert [(row.epoch, row.step) for row in rows if isinstance(row, Metrics)] == [(e, 25 * e) for e in range(61)]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.epochs, finished.steps) == ("epochs", 60, 1500)
    assert finished.test is not None
    assert finished.test["n"] == 250
    assert finished.test["low"] < finished.test["accuracy"] <= 1
    json.dumps([e.to_json() for e in events if isinstance(e, Event)], allow_nan=False)


def test_the_same_spec_gives_the_same_curve() -> None:
    first, second = (
        [(r.loss, r.val_loss) for r in train(spec_of(training={"epochs": 60})) if isinstance(r, Metrics)] for _ in "12"
    )
    assert first == second
    other = [r.loss for r in train(spec_of(seed=1, training={"epochs": 3})) if isinstance(r, Metrics)]
    assert other[:3] != [loss for loss, _ in first[:3]]


def test_the_untrained_network_is_shown_before_tensorflow_is_touched() -> None:
    program = (
        "import sys\n"
        "from nnviz import RunSpec, train\n"
        "from nnviz.control import QueueControl\n"
        "events = train(RunSpec(), QueueControl())\n"
        "print([getattr(next(events), 'view', 'event') for _ in range(4)])\n"
        "print({'tensorflow', 'keras'} & set(sys.modules))\n"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.splitlines() == ["['event', 'data', 'network', 'event']", "set()"]


def test_importing_everything_leaves_the_runtime_untouched() -> None:
    program = (
        "import tensorflow, keras, nnviz\n"
        "import nnviz.models.keras_network, nnviz.loops.compiled, nnviz.optimizers\n"
        "from tensorflow.python.eager import context\n"
        "print(context.context()._initialized)\n"
    )
    out = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"


@pytest.mark.usefixtures("plain")
def test_frames_and_metrics_with_a_control() -> None:
    events = list(train(spec_of(training={"epochs": 200}), QueueControl()))
    kinds = [kind(e) for e in events]
    assert kinds[:5] == ["started", "data", "network", "metrics", "status"]
    assert kinds[-1] == "finished"
    assert kinds.count("finished") == 1
    frames = [e for e in events if isinstance(e, Frame)]
    assert frames[-1].step == 200 * 25
    rows = [e for e in events if isinstance(e, Metrics)]
    assert rows[-1].epoch_end
    assert all(row.epoch_end for row in rows[1:] if row.step % 25 == 0)
    assert len(rows) < 60, "quick epochs have rows only where a frame is due"


@pytest.mark.usefixtures("plain")
def test_metrics_are_the_network_s_as_it_is() -> None:
    spec = spec_of(training={"epochs": 2}, model={"regularizer": {"name": "l1", "rate": 0.01}})
    events = list(train(spec, Script([{"do": "step", "n": 3}])))
    row = [e for e in events if isinstance(e, Metrics)][1]
    frame = [e for e in events if isinstance(e, Frame) and e.view == "network"][-1]
    assert row.step == frame.step == 3
    data = load(spec.data)
    weights = flat_to_weights(spec, frame.arrays["weights"])
    assert (row.loss, row.accuracy) == evaluate(spec, weights, data.inputs("train"), data.labels("train"), 0.01)
    assert row.val_loss == evaluate(spec, weights, data.inputs("validation"), data.labels("validation"), 0.01)[0]
    assert row.penalty == pytest.approx(0.01 * sum(np.abs(w).sum() for w in weights if w.ndim == 2))


@pytest.mark.usefixtures("plain")
def test_images_report_running_means() -> None:
    spec = spec_of(
        data={"name": "digits", "train": 300, "validation": 100, "test": 100},
        model={"layers": [{"units": 16}], "activation": "relu", "initializer": "he_normal"},
        training={
            "loss": "categorical_crossentropy",
            "epochs": 6,
            "optimizer": {"name": "adam", "learning_rate": 0.01},
        },
    )
    events = list(train(spec))
    rows = [e for e in events if isinstance(e, Metrics)]
    assert len(rows) == 7
    assert all(row.val_loss is not None for row in rows)
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.test is not None
    assert finished.train["loss"] < rows[-1].loss < rows[1].loss  # a running mean lags behind
    assert finished.test["accuracy"] > 0.75


def test_start_weights() -> None:
    weights = [w + 1 for w in initial_weights(RunSpec())]
    events = train(RunSpec(), QueueControl(), start=weights)
    frame = [next(events) for _ in range(3)][2]
    assert isinstance(frame, Frame)
    np.testing.assert_array_equal(frame.arrays["weights"], np.concatenate([w.ravel() for w in weights]))
    [failed] = train(RunSpec(), start=weights[:-1])
    assert isinstance(failed, Failed)


def test_data_that_are_not_there_fail_in_words() -> None:
    events = list(train(spec_of(data={"name": "table", "table": "0" * 64})))
    assert [kind(e) for e in events] == ["started", "failed"]


# ---------------------------------------------------------------------- commands


@pytest.mark.usefixtures("plain")
def test_step_pauses_again() -> None:
    control = Script(
        [{"do": "step", "n": 2}], [{"do": "step", "unit": "epoch"}], [{"do": "step", "n": 2, "unit": "epoch"}]
    )
    events = list(train(RunSpec(), control))
    last, steps = -1, []
    for event in events:
        if isinstance(event, Status):
            assert event.status == "paused"
            steps.append(last)
        if isinstance(event, Frame):
            last = event.step
    assert steps == [0, 2, 25, 75]
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.steps) == ("stopped", 75)


@pytest.mark.usefixtures("plain")
def test_steps_asked_for_in_quick_succession_add_up() -> None:
    step, epoch = {"do": "step"}, {"do": "step", "unit": "epoch"}
    rests, steps = [], 0
    for event in train(spec_of(), Script([step, step, step], [step, epoch, epoch])):
        steps = event.step if isinstance(event, Metrics) else steps
        rests += [steps] if event == Status("paused") else []
    assert rests == [0, 3, 50]


def test_edit_recomputes_everything_while_paused() -> None:
    edit = {"do": "edit", "layer": 1, "what": "kernel", "row": 3, "column": 1, "value": 2.5}
    bias = {"do": "edit", "layer": 2, "what": "bias", "column": 0, "value": -1.0}
    events = list(train(RunSpec(), Script([{"do": "step", "n": 1}], [edit], [bias], [{"do": "step", "n": 1}])))
    frames = [e for e in events if isinstance(e, Frame) and e.view == "network"]
    rows = [e for e in events if isinstance(e, Metrics)]
    assert [f.step for f in frames] == [0, 1, 1, 1, 2]
    assert [r.step for r in rows] == [0, 1, 1, 1, 2]
    weights = flat_to_weights(RunSpec(), frames[3].arrays["weights"])
    assert weights[2][3, 1] == 2.5
    assert weights[5][0] == -1
    assert rows[1].loss != rows[2].loss != rows[3].loss
    assert not np.array_equal(frames[2].arrays["boundary"], frames[1].arrays["boundary"])


@pytest.mark.usefixtures("plain")
def test_commands_that_make_no_sense_are_answered() -> None:
    far = {"do": "edit", "layer": 7, "what": "bias", "column": 0, "value": 1.0}
    wide = {"do": "edit", "layer": 0, "what": "kernel", "row": 2, "column": 0, "value": 1.0}
    events = list(train(RunSpec(), Script([far], [wide], [{"do": "set", "learning_rate": -1}], [{"do": "jump"}])))
    errors = [e.detail["error"] for e in events if isinstance(e, Status) and "error" in e.detail]
    assert len(errors) == 4
    assert "0 to 2" in errors[0]
    assert "(2, 4)" in errors[1]
    assert "learning_rate" in errors[2]
    with pytest.raises(ValueError, match="value"):
        parse_command({**far, "value": float("inf")})
    with pytest.raises(ValueError, match="fps"):  # more seconds than a clock counts
        parse_command({"do": "set", "speed": {"steps": 1, "fps": 1e-12}})


@pytest.mark.usefixtures("plain")
def test_rates_change_without_a_reset() -> None:
    spec = spec_of(model={"regularizer": {"name": "l2", "rate": 0.0}})
    change = {"do": "set", "learning_rate": 0.5, "regularization_rate": 0.1}
    events = list(train(spec, Script([{"do": "step", "n": 5}], [change], [{"do": "step", "n": 5}])))
    rows = [e for e in events if isinstance(e, Metrics)]
    assert [(r.step, r.learning_rate) for r in rows] == [(0, 0.03), (5, 0.03), (5, 0.5), (10, 0.5)]
    assert [r.penalty > 0 for r in rows] == [False, False, True, True]
    assert any(isinstance(e, Status) and e.detail.get("learning_rate") == 0.5 for e in events)


@pytest.mark.usefixtures("plain")
def test_paced_frames_show_exactly_the_steps_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    control = Clock({"do": "set", "speed": {"steps": 3, "fps": 40}})
    monkeypatch.setattr(time, "perf_counter", control.read)
    began, steps = 0.0, []
    for event in train(spec_of(training={"epochs": 100}), control):
        if isinstance(event, Frame) and event.view == "network":
            steps.append(event.step)
            if event.step == 3:
                began = control.now
            if event.step == 33:
                control.send({"do": "stop"})
                break
    assert steps == list(range(0, 34, 3))
    assert control.now - began == pytest.approx(10 / 40, abs=0.001)


def test_no_step_waits_for_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first step of XLA's is not begun before it is there: a run that waits inside TensorFlow hears no pause."""
    monkeypatch.setattr(handover, "handover_step", lambda _: 99)
    begun = []

    def run(loop: Any, steps: int) -> Any:
        begun.append((loop.step, loop.step + steps, loop.handover, loop.busy()))
        return real(loop, steps)

    real = handover.HandoverLoop.run
    monkeypatch.setattr(handover.HandoverLoop, "run", run)
    list(train(spec_of(), Script([{"do": "step", "n": 1000}])))
    assert begun[-1][1] == 1000
    assert not [one for one in begun if one[3] or one[0] < one[2] < one[1]]


@pytest.mark.usefixtures("plain")
def test_pictures_leave_half_of_the_time_to_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processor's time: how much of it this machine has for us is no part of it."""

    def dear(*of: Any) -> Any:
        end = time.process_time() + 0.1
        while time.process_time() < end:
            pass
        return evaluate(*of)

    monkeypatch.setattr(time, "perf_counter", time.process_time)

    monkeypatch.setattr(points, "evaluate", dear)
    control = QueueControl()
    began, row = 0.0, None
    for event in train(spec_of(training={"epochs": 100_000}), control):
        if isinstance(event, Metrics) and event.step > 0:
            row = event
            began = began or time.process_time() - event.seconds
            if time.process_time() - began > 3:
                control.send({"do": "stop"})
    assert row is not None
    assert row.seconds > 0.25 * (time.process_time() - began)


@pytest.mark.parametrize("speed", [{"steps": 1, "fps": 0.2}, {"steps": None, "fps": 20}])
def test_a_stop_is_honoured_at_once(speed: dict[str, Any]) -> None:
    """It does not wait for the next frame: at a pace no step is done after it."""
    control, shown = QueueControl({"do": "set", "speed": speed}), 0
    timer: threading.Timer | None = None
    for event in train(spec_of(training={"epochs": 100_000}), control):
        if isinstance(event, Frame) and event.step > 0:
            shown = event.step
            if timer is None:
                timer = threading.Timer(0.3, control.send, ({"do": "stop"},))
                timer.start()
        if isinstance(event, Finished):
            assert event.reason == "stopped"
            assert speed["steps"] is None or event.steps == shown == 1
            return
    pytest.fail("never finished")


def test_frames_only_where_somebody_looks() -> None:
    events = list(train(spec_of(training={"epochs": 100}), QueueControl(frames=False)))
    assert [e.step for e in events if isinstance(e, Frame) and e.view != "state"] == [0, 0, 2500]
    assert len([e for e in events if isinstance(e, Metrics)]) >= 2


# ---------------------------------------------------------------------- the ends


@pytest.mark.usefixtures("plain")
def test_the_epoch_that_ends_a_run_is_told() -> None:
    control = QueueControl({"do": "set", "speed": {"fps": 0.1}})  # no picture is due
    *_, row, _, state, finished = train(spec_of(data={"name": "gauss"}, training={"target_loss": 0.02}), control)
    assert isinstance(state, Frame)
    assert state.view == "state"
    assert isinstance(finished, Finished)
    assert isinstance(row, Metrics)
    assert finished.reason == "target"
    assert row.step == finished.steps
    assert row.val_loss is not None
    assert row.val_loss < 0.02


def test_target_loss() -> None:
    events = list(train(spec_of(data={"name": "gauss"}, training={"target_loss": 0.05})))
    finished, rows = events[-1], [e for e in events if isinstance(e, Metrics)]
    assert isinstance(finished, Finished)
    assert finished.reason == "target"
    assert rows[-1].val_loss is not None
    assert rows[-1].val_loss < 0.05
    assert all(r.val_loss is not None and r.val_loss >= 0.05 for r in rows[:-1])


@pytest.mark.parametrize("monitor", ["val_loss", "val_accuracy"])
@pytest.mark.parametrize(("patience", "min_delta"), [(1, 0.0), (3, 0.0), (3, 0.05), (5, 0.01)])
def test_early_stopping_is_that_of_keras(monitor: str, patience: int, min_delta: float) -> None:
    class Model:
        stop_training = False

    for seed in range(5):
        rng = np.random.default_rng(seed)
        values = np.linspace(1, 0.5, 60) + 0.1 * rng.standard_normal(60)
        theirs = keras.callbacks.EarlyStopping(
            monitor, patience=patience, min_delta=min_delta, mode="max" if monitor == "val_accuracy" else "min"
        )
        theirs.set_model(Model())
        theirs.on_train_begin()
        ours = Patience(EarlyStopping(monitor=monitor, patience=patience, min_delta=min_delta))
        for epoch, value in enumerate(values):
            theirs.on_epoch_end(epoch, {monitor: value})
            assert ours.over(value) == theirs.model.stop_training
            if theirs.model.stop_training:
                break


@pytest.mark.usefixtures("plain")
def test_early_stopping_ends_a_run() -> None:
    early = {"monitor": "loss", "patience": 2, "min_delta": 0.5}
    for control in (None, QueueControl()):
        finished = list(train(spec_of(training={"early_stopping": early}), control))[-1]
        assert isinstance(finished, Finished)
        assert (finished.reason, finished.epochs) == ("early_stopping", 3)


@pytest.mark.parametrize("control", [None, QueueControl()])
def test_divergence_is_frozen_and_named(control: QueueControl | None) -> None:
    spec = spec_of(
        data={"name": "plane"}, model={"activation": "relu", "layers": [{"units": 8}, {"units": 8}]},
        training={"optimizer": {"learning_rate": 10}},
    )  # fmt: skip
    events = list(train(spec, control))
    diverged = events[-1]
    assert isinstance(diverged, Diverged)
    assert diverged.layer in {"hidden layer 1", "hidden layer 2", "output layer"}
    assert f"In epoch {int(diverged.epoch) + 1} " in diverged.message
    assert "learning rate of 10 " in diverged.message
    assert "try 1 or less" in diverged.message
    assert diverged.epoch == pytest.approx(diverged.step / 25)
    frames = [e for e in events if isinstance(e, Frame) and e.view == "network"]
    if control is not None:
        assert frames[-1].step == diverged.step - 1
        assert np.isfinite(frames[-1].arrays["weights"]).all()


@pytest.mark.usefixtures("plain")
def test_divergence_by_the_penalty_blames_the_penalty() -> None:
    spec = spec_of(
        model={"regularizer": {"name": "l2", "rate": 10}},
        training={"optimizer": {"learning_rate": 1, "clipnorm": None}},
    )
    diverged = list(train(spec))[-1]
    assert isinstance(diverged, Diverged)
    assert "regularisation rate of 10" in diverged.message
    assert "0.1 or less" in diverged.message


def test_accuracy_interval() -> None:
    assert accuracy_interval(9949, 10_000) == pytest.approx((0.9933, 0.9961), abs=1e-4)
    assert all(accuracy_interval(0, n)[0] == 0 and accuracy_interval(n, n)[1] == 1 for n in range(1, 400))
    assert accuracy_interval(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)


# ---------------------------------------------------------------------- it learns as TensorFlow Playground does


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("name", "median", "low", "high"),
    [("circle", 49, 25, 85), ("xor", 57, 28, 110), ("gauss", 4, 2, 8), ("spiral", 238, 110, 480)],
)
def test_epochs_to_a_validation_loss_below_a_twentieth(name: str, median: int, low: int, high: int) -> None:
    """TensorFlow Playground's defaults, median of 5 seeds; its own figure is `median`."""
    model: dict[str, Any] = {}
    data: dict[str, Any] = {"name": name}
    if name == "spiral":
        model["layers"] = [{"units": 8}, {"units": 8}]
        data["inputs"] = ["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"]
    epochs = []
    for seed in range(5):
        spec = spec_of(data={**data, "seed": seed}, model=model, seed=seed, training={"target_loss": 0.05})
        *_, finished = train(spec)
        assert isinstance(finished, Finished)
        epochs.append(finished.epochs)
    print(name, median, sorted(epochs))
    assert low <= np.median(epochs) <= high
