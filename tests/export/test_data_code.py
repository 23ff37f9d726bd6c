"""The samples that an exported program reads or makes are those of the run: the same numbers in the same order."""

from __future__ import annotations

import gzip
import io
import runpy
import zipfile
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image

from nnviz.data import load, save_images, save_table
from nnviz.data.dataset import Split
from nnviz.events import Finished
from nnviz.export import FORMATS, Source
from nnviz.export.data_code import add_data
from nnviz.export.program import Program
from nnviz.models import initial_weights
from nnviz.models.weights import weights_to_flat
from nnviz.sets.fashion_mnist import FILES
from nnviz.sets.mnist import SHAPES
from nnviz.spec import RunSpec
from nnviz.store.store import Store
from nnviz.training import train

Plain = dict[str, Any]


def check(spec: RunSpec, home: Path, folder: Path, **tolerance: float) -> None:
    """Run the section that loads the samples, and compare them with what the run is fed."""
    program = Program("", [])
    add_data(program, Source(spec, home), keras=False)
    for name, content in program.files.items():
        (folder / name).write_bytes(content)
    (folder / "data.py").write_text(program.script())
    known, data = runpy.run_path(str(folder / "data.py")), load(spec.data, home)
    for split in get_args(Split):
        if len(data.labels(split)):
            np.testing.assert_allclose(
                known[f"x_{split}"], data.inputs(split), **{"rtol": 1e-6, "atol": 1e-6, **tolerance}
            )
            np.testing.assert_allclose(known[f"y_{split}"], data.labels(split), atol=1e-6)
        else:
            assert f"x_{split}" not in known


@pytest.mark.parametrize(
    "data",
    [
        {"name": "spiral", "classes": 3, "noise": 0.2, "validation": 0, "inputs": ["x2", "sin_x1", "x1_x2"]},
        {"name": "plane", "test": 0, "validation": 0},
        {"name": "digits", "train": 50, "validation": 20, "test": 30},
        {"name": "digits", "train": 40, "test": 30, "noise": 0.2, "rotate": 12.5, "center": True},
    ],
    ids=["spiral", "plane", "digits", "augmented"],
)
def test_made_and_public_sets(data: Plain, tmp_path: Path) -> None:
    check(RunSpec.model_validate({"data": data}), tmp_path, tmp_path, atol=1e-5)


def test_own_tables(tmp_path: Path) -> None:
    """A regression, whose targets and columns are scaled."""
    rows = [f"{i % 7},{1000 * (i % 5)},{3.5 * i - 20}" for i in range(60)]
    info = save_table(tmp_path, "\n".join(["x1,x2,label", *rows]).encode())
    data = {**info.data_fields(), "train": 40, "validation": 0, "test": 15, "inputs": ["x1", "x2_squared"], "seed": 4}
    check(RunSpec.model_validate({"data": data}), tmp_path, tmp_path, rtol=1e-4, atol=1e-5)


def test_own_images(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for i in range(20):
            png = io.BytesIO()
            Image.new("L", (28, 28), 10 * i).save(png, "PNG")
            archive.writestr(f"{'dark' if i < 9 else 'light'}/{i}.png", png.getvalue())
    info = save_images(tmp_path, out.getvalue())
    check(RunSpec.model_validate({"data": {**info.data_fields(), "center": True}}), tmp_path, tmp_path)


def test_mnist_from_its_file(mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ".keras" / "datasets"
    folder.mkdir(parents=True)
    (folder / "mnist.npz").symlink_to(mnist.absolute())
    monkeypatch.setenv("HOME", str(tmp_path))
    data = {"name": "mnist", "train": 300, "validation": 100, "test": 200}
    check(RunSpec.model_validate({"data": data}), tmp_path, tmp_path)


def test_fashion_mnist_from_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of that format, where Keras keeps them; their contents are ours."""
    folder = tmp_path / ".keras" / "datasets" / "fashion-mnist"
    folder.mkdir(parents=True)
    for name, file in FILES.items():
        shape = SHAPES[name]
        values = (np.arange(shape[0]) % 10).astype(np.uint8).reshape(-1, *[1] * (len(shape) - 1))
        head = bytes([0, 0, 8, len(shape)]) + np.array(shape, ">u4").tobytes()
        whole = np.ascontiguousarray(np.broadcast_to(values, shape))
        (folder / file).write_bytes(gzip.compress(head + whole.tobytes(), 1))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NNVIZ_DATA", raising=False)
    monkeypatch.delenv("KERAS_HOME", raising=False)
    check(RunSpec.model_validate({"data": {"name": "fashion_mnist", "train": 70, "test": 60}}), tmp_path, tmp_path)


def test_a_run_from_given_weights_takes_them_along(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As one that trains on from a film's picture: its program starts there, and comes to the same loss."""
    spec = RunSpec.model_validate({"model": {"family": "scratch"}, "training": {"epochs": 2}, "seed": 1})
    start = [3 * array for array in initial_weights(spec.model_copy(update={"seed": 2}))]
    with Store(tmp_path / "home") as store:
        store.create_run("forked", spec, visitor=None, start=weights_to_flat(spec, start).tobytes())
        source = Source(spec, tmp_path / "home", store, store.get_run("forked"))
        for name, content in FORMATS["script"].make(source).items():
            (tmp_path / name).write_bytes(content)
        assert FORMATS["script"].several(source)
    runpy.run_path(str(tmp_path / "nnviz-forked.py"))
    *_, end = train(spec, start=start)
    assert isinstance(end, Finished)
    assert end.test is not None
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("test accuracy ")
    assert float(last.rpartition(" ")[2]) == pytest.approx(end.test["loss"], rel=1e-3)
