"""A lecture's experiment as a program: it trains the same, and judges as `nnviz reproduce` does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnviz.events import Finished
from nnviz.experiments.catalogue import RECIPES
from nnviz.experiments.claims import Accuracy, judge
from nnviz.experiments.recipe import Case
from nnviz.export import FORMATS
from nnviz.export.carried_code import ARCHIVE
from nnviz.export.lecture_code import programs, sources
from nnviz.export.verdict_code import VERDICT
from nnviz.training import train
from tests.experiments.recipes import accuracies
from tests.experiments.tiny_recipes import tiny
from tests.test_cli import complaint, nnviz

NUMPY = {
    "data": {"name": "circle", "noise": 0.1},
    "model": {"family": "scratch", "layers": [{"units": 6}]},
    "training": {"epochs": 30, "optimizer": {"name": "sgd", "learning_rate": 0.1}},
}


@pytest.mark.parametrize("printed", [0.3, 0.9, 0.97, 0.98, 0.9874, 0.995, 1.0])
@pytest.mark.parametrize("n", [100, 10_000])
def test_the_program_judges_as_the_claim_does(printed: float, n: int, capsys: pytest.CaptureFixture[str]) -> None:
    """The same formula stands in the program, since that has nothing of ours: over shares of right answers."""
    for correct in {round(n * share) for share in (0.0, 0.5, 0.95, 0.97, 0.984, 0.99, 1.0)}:
        (ours,) = judge([Accuracy(what="x", of="test.accuracy", lecture=printed)], accuracies(correct / n, n=n))
        exec(VERDICT.format(printed=printed), {"np": np, "correct": correct, "n": n})
        assert capsys.readouterr().out.strip().endswith(f"of one seed: {ours.verdict}")


def test_the_program_of_a_recipe_trains_the_same_and_says_its_verdict(tmp_path: Path) -> None:
    recipe = tiny(
        "E98", (Case("numpy", "NumPy", NUMPY),), Accuracy(what="test accuracy", of="numpy:test.accuracy", lecture=0.2)
    )
    (source,) = sources(recipe, tmp_path).values()
    folder = tmp_path / "nnviz-E98" / "numpy"
    folder.mkdir(parents=True)
    for name, data in programs(recipe, tmp_path, FORMATS["script"]).items():
        (tmp_path / name).write_bytes(data)
    program = [sys.executable, "nnviz-E98-numpy.py"]
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=True)
    *_, finished = train(source.training)
    assert isinstance(finished, Finished)
    assert finished.test is not None
    told = re.search(r"test accuracy ([0-9.]+) of 250", done.stdout)
    assert told is not None
    assert float(told[1]) == pytest.approx(finished.test["accuracy"], abs=1e-5)
    assert done.stdout.strip().endswith("of one seed: better")
    assert "the lecture: 0.2" in done.stdout


def test_each_training_that_the_lecture_prints_gets_its_program(home: Path) -> None:
    found = programs(RECIPES["D4"], home, FORMATS["notebook"])
    names = ["softmax", "50", "200", "1000", "500-500"]
    trainings = [f"nnviz-D4/{name}/nnviz-D4-{name}.ipynb" for name in names]
    assert list(found) == ["nnviz-D4/nnviz-D4.ipynb", f"nnviz-D4/{ARCHIVE}", *trainings]
    figures = [source.printed for source in sources(RECIPES["D4"], home).values()]
    assert figures == [0.8911, 0.9380, 0.9437, 0.9462, 0.9529]


def test_the_command(home: Path, tmp_path: Path) -> None:  # noqa: ARG001
    done = nnviz("export", "D1", "--as", "script", "-o", str(tmp_path))
    assert done.returncode == 0, done.stderr
    scripts = sorted(tmp_path.rglob("*.py"))
    whole, *trainings = sorted(scripts, key=lambda script: len(script.parts))
    assert whole == tmp_path / "nnviz-D1" / "nnviz-D1.py"
    assert whole.with_name(ARCHIVE).is_file()
    assert [one.name for one in trainings] == ["nnviz-D1-2.py", "nnviz-D1-20.py", "nnviz-D1-softmax.py"]
    for script in scripts:
        compile(script.read_text("utf-8"), script.name, "exec")
    assert all(script.with_name("points.csv").is_file() for script in trainings)
    done = nnviz("export", "C2", "--as", "script", "-o", str(tmp_path / "c2.py"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / ARCHIVE).is_file()
    done = nnviz("export", "B16", "--as", "csv")
    assert done.returncode == 2
    assert complaint(done) == "--as csv: allowed of a lecture's experiment are script, notebook"
