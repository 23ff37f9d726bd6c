"""`nnviz.keras.Dashboard` in fit, without a dashboard: every kind of model is recorded as far as it can be shown, and
what goes wrong never reaches the training."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from nnviz.events import decode_frame
from nnviz.jobs.own_model import OwnModelSpec
from nnviz.keras import Dashboard
from nnviz.store.runs import RunRow
from nnviz.store.store import Store
from tests.keras.models import CASES, Case, numbers


def fit(case: Case, *callbacks: Any, epochs: int = 2, **how: Any) -> Any:
    return case.model.fit(case.x, case.y, epochs=epochs, batch_size=32, verbose=0, callbacks=[*callbacks], **how)


def dashboard(case: Case, home: Path, **how: Any) -> Dashboard:
    return Dashboard(home=home, test_data=(case.x, case.y) if case.test else None, picture=case.picture, **how)


def recorded(home: Path) -> list[tuple[RunRow, dict[str, Any], dict[str, list[Any]]]]:
    """Of each run, the oldest first: its row, its newest frames, its metrics."""
    with Store(home) as store:
        rows = store.list_runs()[::-1]
        newest = [{v: decode_frame(d) for v, d in store.newest_frames(row.id).items()} for row in rows]
        return [(row, frames, store.history(row.id)) for row, frames in zip(rows, newest, strict=True)]


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
@pytest.mark.parametrize("name", CASES)
def test_every_model_is_recorded_as_far_as_it_can_be_shown(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = CASES[name]()
    found = fit(case, dashboard(case, tmp_path, name="mine")).history
    ((row, frames, history),) = recorded(tmp_path)
    assert (row.status, row.room, row.result and row.result["reason"]) == ("finished", "model", "epochs")
    assert isinstance(row.spec, OwnModelSpec)
    assert row.spec.name == "mine"
    assert set(frames) - {"notes"} == case.views
    said = " ".join(frames["notes"].meta["left_out"]) if "notes" in frames else ""
    assert case.left_out in said
    assert bool(said) == bool(case.left_out)
    assert history["loss"][-1] == pytest.approx(found["loss"][-1], rel=1e-4)
    assert (history["step"][-1], history["epoch"][-1], history["epoch_end"][-1]) == (6, 2.0, True)
    out = capsys.readouterr()
    assert out.out.count("\n") == 1
    assert out.out.startswith("nnviz: no dashboard is running; the run is recorded in")
    assert [one for one in threading.enumerate() if one.name.startswith("nnviz")] == []


@pytest.mark.parametrize("name", ["pictures", "plane", "recurrent"])
def test_the_training_is_the_same_with_and_without(name: str, tmp_path: Path) -> None:
    weights = []
    for callbacks in (False, True):
        keras.utils.set_random_seed(3)
        case = CASES[name]()
        fit(case, *([dashboard(case, tmp_path)] * callbacks), epochs=3, validation_split=0.25)
        weights.append(case.model.get_weights())
    assert all((one == other).all() for one, other in zip(*weights, strict=True))


def test_what_it_shows_is_what_keras_says(tmp_path: Path) -> None:
    """Accuracy, matrix and mistakes against the model's own predictions; filters against its weights; the gradient
    against TensorFlow's; the running means against Keras's history."""
    import tensorflow as tf

    case = CASES["pictures"]()
    history = fit(case, dashboard(case, tmp_path, class_names=["a", "b", "c"]), validation_split=0.25).history
    ((row, frames, kept),) = recorded(tmp_path)
    answers = case.model.predict(case.x, verbose=0)
    predicted, labels = (frames["predictions"].arrays[name] for name in ("predicted", "labels"))
    truth = answers.argmax(1)
    assert np.bincount(predicted, minlength=3).tolist() == np.bincount(truth, minlength=3).tolist()
    assert frames["predictions"].meta["correct"] == int((truth == case.y).sum()) == int((predicted == labels).sum())
    assert frames["predictions"].meta["class_names"] == ["a", "b", "c"]
    assert row.result is not None
    assert row.result["test"]["accuracy"] == pytest.approx((truth == case.y).mean())
    wrong = frames["mistakes"].arrays
    assert (truth[wrong["place"]] == wrong["predicted"]).all()
    assert (case.y[wrong["place"]] == wrong["truth"]).all()
    shade = case.x[wrong["place"][0], :, :, 0]
    shade = (shade - case.x.min()) / (case.x.max() - case.x.min()) * 255
    assert np.abs(wrong["pictures"][0] - shade).max() <= 1
    kernel = case.model.layers[0].get_weights()[0]
    shown, peak = frames["filters"].arrays["w0"], frames["filters"].arrays["peak0"]
    again = (shown.astype(float) - 128) / 127 * peak[:, None, None]
    assert np.abs(again - np.moveaxis(kernel[:, :, 0], -1, 0)).max() <= peak.max() / 127
    sizes = frames["statistics"].arrays["weight_rms"]
    assert sizes[0, -1] == pytest.approx(np.sqrt((kernel**2).mean()), rel=1e-5)
    order = np.random.default_rng(0).permutation(len(case.x))[:2000]
    order = np.sort(order)[np.random.default_rng(1).permutation(len(case.x))][:32]
    with tf.GradientTape() as tape:
        p = case.model(case.x[order], training=False)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(case.y[order], p))
    gradient = tape.gradient(loss, case.model.layers[0].kernel.value).numpy()
    assert frames["statistics"].arrays["gradient"][0, -1] == pytest.approx(np.sqrt((gradient**2).mean()), rel=1e-4)
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert kept[name][-1] == pytest.approx(history[name][-1], rel=1e-5)


def test_the_plane_is_the_models_answer_at_each_place(tmp_path: Path) -> None:
    case = CASES["plane"]()
    fit(case, dashboard(case, tmp_path))
    ((_, frames, _),) = recorded(tmp_path)
    plane = frames["plane"]
    x1, x2 = (low + (np.arange(64) + 0.5) * (high - low) / 64 for low, high in plane.meta["domain"])
    grid = np.stack(np.meshgrid(x1, x2), -1).reshape(-1, 2).astype(np.float32)
    answers = case.model.predict(grid, verbose=0).reshape(64, 64)
    assert np.abs(plane.arrays["boundary"][0] - answers).max() < 1e-5
    assert {tuple(point) for point in frames["data"].arrays["x"]} <= {tuple(point) for point in case.x}


class Raising(keras.callbacks.Callback):  # type: ignore[misc]
    """An exception in the midst of fit."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        del logs
        if batch == 1:
            raise self.error


@pytest.mark.parametrize("error", [ValueError("wrong"), KeyboardInterrupt()])
def test_an_exception_that_the_script_catches_ends_the_run_as_stopped(error: BaseException, tmp_path: Path) -> None:
    case = CASES["plane"]()
    with pytest.raises(type(error)):
        fit(case, dashboard(case, tmp_path), Raising(error))
    while found := [one for one in threading.enumerate() if one.name.startswith("nnviz")]:
        found[0].join()
    ((row, _, _),) = recorded(tmp_path)
    assert row.status == "stopped"


def test_one_callback_for_several_trainings_is_a_run_each(tmp_path: Path) -> None:
    case = CASES["plane"]()
    callback = dashboard(case, tmp_path)
    fit(case, callback)
    with pytest.raises(ValueError, match="wrong"):
        fit(case, callback, Raising(ValueError("wrong")))
    fit(case, callback)
    while found := [one for one in threading.enumerate() if one.name.startswith("nnviz")]:
        found[0].join()
    states = [row.status for row, _, _ in recorded(tmp_path)]
    assert (len(states), states[0], states[2]) == (3, "finished", "finished")
    assert states[1] in {"stopped", "failed"}  # seen by the thread that looks, or by the training that came next


def test_a_loss_that_is_no_number_is_told(tmp_path: Path) -> None:
    case = CASES["regression"]()
    case.model.compile(keras.optimizers.SGD(1e30), "mse")
    found = fit(case, dashboard(case, tmp_path), epochs=3).history
    assert not np.isfinite(found["loss"][-1])
    ((row, _, _),) = recorded(tmp_path)
    assert row.status == "diverged"
    assert row.result is not None
    assert "no number" in row.result["message"]


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_early_stopping_and_an_epoch_of_unknown_length(tmp_path: Path) -> None:
    import tensorflow as tf

    case = CASES["plane"]()
    data = tf.data.Dataset.from_tensor_slices((case.x, case.y)).batch(32).filter(lambda _x, _y: True)
    stopping = keras.callbacks.EarlyStopping("loss", min_delta=10, patience=1)
    case.model.fit(data, epochs=9, shuffle=False, verbose=0, callbacks=[stopping, dashboard(case, tmp_path)])
    ((row, _, history),) = recorded(tmp_path)
    assert row.result is not None
    assert (row.result["reason"], row.result["epochs"], row.result["steps"]) == ("early_stopping", 2.0, 6)
    assert history["epoch"][-1] == 2.0


@pytest.mark.parametrize("data", [None, (1, 2), "text", (numbers(2), numbers(3)[:4]), (numbers(5), numbers(1)), {}])
def test_test_data_that_cannot_be_used_cost_no_training(data: Any, tmp_path: Path) -> None:
    case = CASES["plane"]()
    fit(case, Dashboard(home=tmp_path, test_data=data))
    ((row, frames, _),) = recorded(tmp_path)
    assert row.status == "finished"
    assert frames["notes"].meta["left_out"]


def test_a_home_that_cannot_be_used_costs_the_record_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    case = CASES["plane"]()
    assert fit(case, dashboard(case, tmp_path / "file")).history["loss"]
    out = capsys.readouterr().out
    assert "cannot write to nnviz's home" in out
    assert "training goes on" in out
    assert out.count("\n") == 1


def test_a_full_disk_in_the_midst_of_it_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own limit of pages stands for the disk's end."""
    from nnviz.store import schema

    connect = schema.connect

    def small(*given: Any, **how: Any) -> sqlite3.Connection:
        db = connect(*given, **how)
        db.execute("PRAGMA max_page_count=1")  # no smaller than what is there: not a page more
        return db

    case = CASES["pictures"]()
    Store(tmp_path).close()
    monkeypatch.setattr(schema, "connect", small)
    assert fit(case, dashboard(case, tmp_path)).history["loss"]
    out = capsys.readouterr().out
    assert "the training goes on" in out
    assert out.count("the training goes on") == 1


def test_a_fault_of_ours_ends_the_showing_not_the_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES["plane"]()
    callback = dashboard(case, tmp_path)
    monkeypatch.setattr(callback, "_show", lambda *_, **__: 1 / 0)
    assert len(fit(case, callback).history["loss"]) == 2
    assert "it goes on" in capsys.readouterr().out
    ((row, _, _),) = recorded(tmp_path)
    assert row.status == "failed"
