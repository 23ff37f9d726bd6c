"""Files of a recorded run, made by the command: read again by those whom they are for."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.commands.recording import Recording
from nnviz.data import Dataset, load
from nnviz.events import Finished, Frame
from nnviz.export import FORMATS, Source
from nnviz.export.child import tensorboard
from nnviz.export.tensorboard import scalars
from nnviz.models.forward import predict
from nnviz.models.weights import flat_to_weights
from nnviz.spec import RunSpec
from nnviz.store.store import Store
from nnviz.training import train

SPEC = RunSpec.model_validate({
    "data": {"name": "digits", "train": 600, "validation": 100, "test": 200},
    "model": {
        "layers": [
            {"kind": "conv2d", "filters": 4, "kernel_size": 3, "padding": "same", "strides": 2},
            {"kind": "batch_normalization"}, {"kind": "l2_pooling2d", "padding": "same", "pool_size": 3},
            {"kind": "lstm", "units": 6}, {"kind": "dropout", "rate": 0.1}, {"units": 12, "activation": "mish"},
        ],
        "activation": "relu",
    },
    "training": {"loss": "categorical_crossentropy", "epochs": 2, "batch_size": 50,
                 "optimizer": {"name": "adam", "learning_rate": 0.01}},
})  # fmt: skip
POINTS = RunSpec.model_validate({"data": {"name": "circle"}, "training": {"epochs": 3}})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def recorded(home: Path, spec: RunSpec) -> str:
    """The id of a run as `nnviz train` records one."""
    recording = Recording(home, spec, pytest.fail)
    for event in train(spec, home=home, keep=True):
        if isinstance(event, Frame):
            recording.add_frame(event)
        else:
            recording.add(event.to_json())
    recording.close()
    assert recording.run is not None
    return recording.run


@pytest.fixture(scope="module")
def runs(home: Path) -> dict[str, str]:
    return {"digits": recorded(home, SPEC), "points": recorded(home, POINTS)}


def export(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nnviz.cli", "export", "--home", str(home), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=110)


def outputs(home: Path, run: str, data: Dataset) -> Any:
    """What the run's recorded network says of its test samples."""
    with Store(home) as store:
        row = store.get_run(run)
        assert row is not None
        assert isinstance(row.spec, RunSpec)
        flat = Source(row.spec, home, store, row).weights_frame().arrays["weights"]
    return predict(row.spec, flat_to_weights(row.spec, flat), data.inputs("test"))[0]


def test_a_keras_file_predicts_the_same(home: Path, runs: dict[str, str], tmp_path: Path) -> None:
    """Loaded by plain Keras, from a command that ends without a word on the error stream."""
    import keras

    path = tmp_path / "sub" / "model.keras"
    done = export(home, runs["digits"][:10], "--as", "keras", "-o", str(path))
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, str(path), "")
    model = keras.saving.load_model(path)
    data = load(SPEC.data)
    said = model.predict(data.inputs("test"), verbose=0)
    np.testing.assert_allclose(said, outputs(home, runs["digits"], data), atol=1e-6)


def test_event_files_have_the_recorded_curves(home: Path, runs: dict[str, str], tmp_path: Path) -> None:
    from tensorflow.compat.v1.train import summary_iterator

    with Store(home) as store:
        row, history = store.get_run(runs["digits"]), store.history(runs["digits"])
        assert row is not None
        rows = scalars(Source(SPEC, home, store, row))
    (tmp_path / "scalars.json").write_text(json.dumps(rows))
    (tmp_path / "log").mkdir()
    tensorboard(tmp_path, tmp_path / "log")  # the child's part, in a process that has TensorFlow already
    for split, prefix in (("train", ""), ("validation", "val_")):
        (path,) = (tmp_path / "log" / split).glob("*tfevents*")
        events = [event for event in summary_iterator(str(path)) if event.summary.value]
        assert [event.step for event in events] == history["step"]
        losses = [value.simple_value for e in events for value in e.summary.value if value.tag == "loss"]
        assert losses == pytest.approx(history[f"{prefix}loss"])


def test_tables_and_weights(home: Path, runs: dict[str, str], tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    assert export(home, runs["points"], "--as", "csv", "-o", str(archive)).returncode == 0
    with zipfile.ZipFile(archive) as opened:
        curves, predictions = ([*csv.DictReader(io.TextIOWrapper(opened.open(n)))] for n in opened.namelist())
    assert [int(row["step"]) for row in curves] == [0, 25, 50, 75]
    data = load(POINTS.data)
    said = outputs(home, runs["points"], data)
    assert [float(row["output"]) for row in predictions] == pytest.approx(said[:, 0].tolist(), abs=1e-6)
    assert [int(row["true"]) for row in predictions] == data.labels("test").tolist()
    assert [float(row["x1"]) for row in predictions] == pytest.approx(data.x[500:, 0].tolist())
    path = tmp_path / "w.npz"
    assert export(home, runs["points"], "--as", "weights", "-o", str(path)).returncode == 0
    with np.load(path) as arrays:
        assert list(arrays) == [f"{layer}/{array}" for layer in ("hidden layer 1", "hidden layer 2", "output layer")
                                for array in ("kernel", "bias")]  # fmt: skip
        assert arrays["hidden layer 1/kernel"].shape == (2, 4)


def test_a_run_of_the_command_line_can_be_drawn(home: Path, runs: dict[str, str], tmp_path: Path) -> None:
    """The report of each has its figures, and what was asked; nothing of it leads outside."""
    shown = {"digits": ("curves-0", "confusion-2", "mistakes-3"), "points": ("curves-0", "boundary-2")}
    for name, figures in shown.items():
        path = tmp_path / f"{name}.html"
        assert export(home, runs[name], "--as", "report", "-o", str(path)).returncode == 0
        text = path.read_text("utf-8")
        assert all(f'<div id="{figure}"' in text for figure in figures)
        assert "Not recorded" not in text
        assert runs[name] in text
        text = text.partition("</head>")[2]  # Plotly's own script names its home
        assert 'src="http' not in text
        assert 'href="http' not in text


def test_a_setting_gives_what_needs_no_run(tmp_path: Path) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text(POINTS.model_dump_json())
    source = Source(POINTS, tmp_path)
    free = {name for name, kind in FORMATS.items() if kind.refusal(source) is None}
    assert free == {"script", "notebook", "json"}
    done = export(tmp_path, str(spec), "--as", "keras")
    assert (done.returncode, done.stderr) == (
        2, "nnviz: keras: needs a run of this setting: start one on its page, or with nnviz train\n",
    )  # fmt: skip
    assert export(tmp_path, str(spec), "--as", "json", "-o", str(tmp_path / "again.json")).returncode == 0
    assert RunSpec.model_validate_json((tmp_path / "again.json").read_text()) == POINTS


def test_data_that_are_gone_are_said_before(tmp_path: Path) -> None:
    spec = RunSpec.model_validate(
        {"data": {"name": "table", "table": "0" * 64, "train": 5, "validation": 5, "test": 5}}
    )
    for name in ("script", "notebook"):
        assert "not kept here any more" in str(FORMATS[name].refusal(Source(spec, tmp_path)))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none", "--as", "script"), "run none: there is no such run"),
        (("none", "--as", "pdf"), "--as pdf: allowed are report, notebook, script"),
        (("none.json", "--as", "script"), "none.json: cannot be read"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    done = export(tmp_path, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(f"nnviz: {words}")
    assert done.stderr.count("\n") == 1


def test_the_result_of_a_kept_run_is_the_same() -> None:
    """Keeping its frames changes nothing of a training, and without `keep` there are none."""
    ends = []
    for keep in (False, True):
        said = list(train(POINTS, keep=keep))
        assert any(isinstance(one, Frame) for one in said) == keep
        assert isinstance(said[-1], Finished)
        ends.append(json.dumps({**said[-1].to_json(), "seconds": 0}))
    assert ends[0] == ends[1]
