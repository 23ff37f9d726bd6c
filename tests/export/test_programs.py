"""Exported programs run by themselves, in a process that has no nnviz, and come to what the run came to."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nnviz.data import save_table
from nnviz.events import Finished
from nnviz.export import FORMATS, Source
from nnviz.spec import RunSpec
from nnviz.training import train

pytestmark = pytest.mark.timeout(300)  # Keras is imported and fits six networks, on whatever machine
Plain = dict[str, Any]
POINTS: Plain = {"data": {"name": "moons", "noise": 0.1, "seed": 3}}
DIGITS: Plain = {"data": {"name": "digits", "train": 800, "validation": 200}}
NET: Plain = {
    "model": {"layers": [{"units": 8}], "initializer": "glorot_uniform", "bias_initializer": "random_normal"},
    "training": {"loss": "binary_crossentropy", "optimizer": {"name": "adam", "learning_rate": 0.03}, "epochs": 8},
}
CONV: Plain = {
    "model": {
        "layers": [
            {"kind": "conv2d", "filters": 6, "kernel_size": 3, "padding": "same"},
            {"kind": "l2_pooling2d"}, {"kind": "conv2d", "filters": 4, "kernel_size": 2},
            {"kind": "max_pooling2d", "strides": 1}, {"units": 24, "activation": "sigmoid"},
        ],
        "activation": "relu", "initializer": "he_normal",
    },
    "training": {
        "loss": "categorical_crossentropy", "epochs": 3, "batch_size": 20, "decay": {"name": "cosine", "steps": 150},
        "optimizer": {"name": "sgd", "learning_rate": 0.1, "momentum": 0.5},
    },
}  # fmt: skip
SIGNED: Plain = {"training": {"epochs": 6, "optimizer": {"learning_rate": 0.1}}}
SVM: Plain = {"model": {"family": "svm", "C": 5}}
STOPPED: Plain = {
    "model": {
        "family": "scratch", "activation": "relu", "initializer": "he_normal",
        "layers": [
            {"kind": "average_pooling2d", "pool_size": 3, "strides": 2, "padding": "same"}, {"units": 16},
        ],
    },
    "training": {
        "loss": "categorical_crossentropy", "epochs": 40, "optimizer": {"name": "sgd", "learning_rate": 0.3},
        "early_stopping": {"monitor": "val_accuracy", "patience": 2, "min_delta": 0.001},
    },
}  # fmt: skip
DRAWN: Plain = {
    "train": 300, "validation": 50, "every": 3, "validation_seed": 1, "center": True, "center_of": "train_validation",
    "scale": False,
}  # fmt: skip
L2_ON_THE_OUTPUT: Plain = {"name": "l2", "rate": 0.001, "on": "output"}
CASES: dict[str, Plain] = {
    "network-points": {**POINTS, **NET},
    "network-digits": {**DIGITS, **CONV},
    "network-table": SIGNED,
    "scratch-points": {**POINTS, **SIGNED, "model": {"family": "scratch", "activation": "elu"}},
    "scratch-digits": {**DIGITS, **CONV, "model": {**CONV["model"], "family": "scratch"}},
    "scratch-average": {**DIGITS, **STOPPED},
    "scratch-table": {**SIGNED, "model": {"family": "scratch", "regularizer": L2_ON_THE_OUTPUT}},
    "svm-drawn": {"data": {**DIGITS["data"], **DRAWN}, **SVM},
    "svm-digits": {"data": {**DIGITS["data"], "center": True, "rotate": 9.5, "noise": 0.1, "train": 300}, **SVM},
}
"""Family and kind of data → its setting."""
RUNNER = """
import contextlib, io, json, os, runpy, sys
sys.modules["nnviz"] = None  # importing it fails
from IPython.core.interactiveshell import InteractiveShell
said = {}
for path in sys.argv[1:]:
    os.chdir(os.path.dirname(path))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        if path.endswith(".py"):
            runpy.run_path(path)
        else:
            shell = InteractiveShell()
            for cell in json.load(open(path))["cells"]:
                if cell["cell_type"] == "code":
                    shell.run_cell("".join(cell["source"])).raise_error()
    said[path] = out.getvalue()
json.dump(said, sys.stdout)
"""
RESULT = re.compile(
    r"^test accuracy ([\d.]+) of (\d+) \(95 %: ([\d.]+) to ([\d.]+)\)(?:, loss ([\d.]+))?$", re.MULTILINE
)


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[RunSpec, Path]]:
    home = tmp_path_factory.mktemp("home")
    rows = [f'{0.3 * (i % 17)},{100 + 7 * (i % 23)},"{"in" if (i % 17 - 8) * (i % 23 - 11) > 0 else "o,ut"}"'
            for i in range(391)]  # fmt: skip
    table = save_table(home, "\n".join(["x1,x2,label", *rows]).encode())
    data = {**table.data_fields(), "validation": 100, "test": 95, "inputs": ["x1", "x2", "x1_x2"]}
    with_data = {name: {**({"data": data} if "table" in name else {}), **plain} for name, plain in CASES.items()}
    return {name: (RunSpec.model_validate(plain), home) for name, plain in with_data.items()}


@pytest.fixture(scope="module")
def said(specs: dict[str, tuple[RunSpec, Path]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each program printed, by "case.py" and "case.ipynb": all in one process, which imports Keras once."""
    folder, paths = tmp_path_factory.mktemp("programs"), []
    for name, (spec, home) in specs.items():
        for kind in ("script", "notebook"):
            made = FORMATS[kind].make(Source(spec, home))
            assert (len(made) > 1) == FORMATS[kind].several(Source(spec, home))
            place = folder / f"{name}-{kind}"
            place.mkdir()
            for file, content in made.items():
                (place / file).write_bytes(content)
            paths.append(str(place / next(iter(made))))
    env = {**os.environ, "PLOTLY_RENDERER": "json", "TF_CPP_MIN_LOG_LEVEL": "3", "IPYTHONDIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, *paths], cwd=folder, env=env, capture_output=True, text=True, timeout=280,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    printed = json.loads(done.stdout[done.stdout.rindex('{"') :])
    return {Path(path).parent.name: text for path, text in printed.items()}


@pytest.mark.parametrize("case", CASES)
def test_a_program_comes_to_what_the_run_came_to(
    case: str, said: dict[str, str], specs: dict[str, tuple[RunSpec, Path]]
) -> None:
    spec, home = specs[case]
    *_, end = train(spec, home=home)
    assert isinstance(end, Finished)
    assert end.test is not None
    for kind in ("script", "notebook"):
        found = RESULT.search(said[f"{case}-{kind}"])
        assert found is not None, said[f"{case}-{kind}"][-2000:]
        accuracy, n, low, high, loss = float(found[1]), int(found[2]), float(found[3]), float(found[4]), found[5]
        assert n == end.test["n"] == spec.data.test
        if case.startswith("network"):  # another order of the samples: what both say goes together
            assert end.test["low"] <= high
            assert low <= end.test["high"]
        else:  # the same order: the same numbers, to rounding
            assert accuracy == pytest.approx(end.test["accuracy"], abs=1.01 / n)
        if case.startswith("scratch"):
            assert float(loss) == pytest.approx(end.test["loss"], rel=2e-3)
