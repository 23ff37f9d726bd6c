"""Every experiment can be taken home; one of each family runs where there is no nnviz and says what we say of it."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from nnviz.events import Finished
from nnviz.experiments.alone import reproduce, run
from nnviz.experiments.catalogue import RECIPES
from nnviz.experiments.claims import Accuracy, judge
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results
from nnviz.export import FORMATS, CannotExport
from nnviz.export.carried_code import ARCHIVE, PACKAGE, archive
from nnviz.export.lecture_code import programs
from nnviz.training import train
from tests.experiments.recipes import accuracies
from tests.experiments.tiny_recipes import tiny
from tests.export.test_programs import RUNNER
from tests.test_cli import lines, nnviz

pytestmark = pytest.mark.timeout(300)  # Keras is imported and fits three networks, on whatever machine
DATA = {"name": "digits", "train": 500, "validation": 0}
TRAINING = {
    "loss": "categorical_crossentropy", "epochs": 2, "batch_size": 20, "optimizer": {"name": "adam"},
}  # fmt: skip


def learned(*layers: dict[str, Any]) -> dict[str, Any]:
    return {"data": DATA, "model": {"layers": list(layers)}, "training": TRAINING}


FAMILIES = {
    "dense": (learned({"units": 16, "activation": "relu"}), 0.2),
    "convolution": (learned({"kind": "conv2d", "filters": 4, "kernel_size": 3}), 0.2),
    "recurrent": (learned({"kind": "simple_rnn", "units": 12}), 1.0),
    "scratch": (
        {
            "data": DATA,
            "model": {"family": "scratch", "layers": [{"units": 12}]},
            "training": {**TRAINING, "optimizer": {"name": "sgd", "learning_rate": 0.1}},
        },
        1.0,
    ),
    "svm": ({"data": DATA, "model": {"family": "svm", "C": 5}}, 0.2),
}
"""Case → its setting, and a figure that a lecture might print: some are beaten, some are not reached."""
TRAINED = tiny(
    "E97",
    tuple(Case(name, name, plain) for name, (plain, _) in FAMILIES.items()),
    *(Accuracy(what=name, of=f"{name}:test.accuracy", lecture=printed) for name, (_, printed) in FAMILIES.items()),
)
CARRIED = ("C2", "E2", "E4", "E8")
"""No run at all; Rosenblatt's rule and scikit-learn's; descents; trainings of networks."""


@pytest.mark.parametrize("id", RECIPES)
def test_every_experiment_is_a_script_and_a_notebook(id: str, tmp_path: Path) -> None:
    for kind in ("script", "notebook"):
        files = programs(RECIPES[id], tmp_path, FORMATS[kind])
        written = [name for name in files if name.endswith((".py", ".ipynb"))]
        assert written
        for name in written:
            text = files[name].decode()
            if name.endswith(".ipynb"):
                cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
                codes = ["".join(cell["source"]) for cell in cells]
                text = "\n".join(code for code in codes if not code.startswith("%%writefile"))
            compile(text, name, "exec")
            assert not re.search(r"^\s*(from|import) nnviz\b", text, re.MULTILINE)


def test_what_travels_imports_nothing_of_ours() -> None:
    with zipfile.ZipFile(io.BytesIO(archive())) as held:
        names = held.namelist()
        assert {f"{PACKAGE}/__init__.py", f"{PACKAGE}/experiments/alone.py"} <= set(names)
        assert not [name for name in names if name.split("/")[1] in {"ui", "web", "commands", "bench", "engine"}]
        for name in names:
            text = held.read(name).decode()
            compile(text, name, "exec")
            assert not re.search(r"^\s*(from|import) nnviz\b", text, re.MULTILINE), name
    archive.cache_clear()
    with zipfile.ZipFile(io.BytesIO(archive())) as again:
        assert again.namelist() == names


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each program printed, by its file's name: all in one process, which imports Keras once."""
    folder, paths = tmp_path_factory.mktemp("programs"), []
    wanted = [(TRAINED, "script"), *((RECIPES[id], "script") for id in CARRIED), (RECIPES["C2"], "notebook")]
    for recipe, kind in wanted:
        for name, data in programs(recipe, folder, FORMATS[kind]).items():
            path = folder / recipe.id / kind / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            if path.suffix in {".py", ".ipynb"} and (recipe is TRAINED or path.stem == f"nnviz-{recipe.id}"):
                paths.append(str(path))
    env = {**os.environ, "PLOTLY_RENDERER": "json", "TF_CPP_MIN_LOG_LEVEL": "3", "IPYTHONDIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, *paths], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    printed = json.loads(done.stdout[done.stdout.rindex('{"') :])
    return {Path(path).name: text for path, text in printed.items()}


@pytest.mark.parametrize("name", FAMILIES)
def test_a_training_of_each_family_says_our_verdict(name: str, said: dict[str, str], tmp_path: Path) -> None:
    spec = TRAINED.case(name).spec
    *_, end = train(spec, home=tmp_path)  # type: ignore[arg-type]
    assert isinstance(end, Finished)
    assert end.test is not None
    claim = Accuracy(what=name, of="test.accuracy", lecture=FAMILIES[name][1])
    (ours,) = judge([claim], accuracies(end.test["accuracy"], n=end.test["n"]))
    assert said[f"nnviz-E97-{name}.py"].strip().endswith(f"of one seed: {ours.verdict}")


def test_a_whole_experiment_says_what_the_command_says(home: Path, said: dict[str, str]) -> None:  # noqa: ARG001
    done = nnviz("reproduce", *CARRIED, "--json")
    told = {one["recipe"]: one for one in lines(done.stdout)}
    assert set(told) == set(CARRIED)
    for id, one in told.items():
        for file in [f"nnviz-{id}.py", *(["nnviz-C2.ipynb"] if id == "C2" else [])]:
            *_, last = printed = said[file].strip().splitlines()
            assert last == f"{id} {one['title']}: {one['verdict']}"
            claims = printed[-1 - len(one["claims"]) : -1]
            for line, claim in zip(claims, one["claims"], strict=True):
                assert line.startswith(f"{claim['what']}: the lecture ")
                assert line.endswith(f": {claim['verdict']}")


def test_done_alone_a_recipe_has_its_results_and_the_quick_one_less(capsys: pytest.CaptureFixture[str]) -> None:
    found = reproduce(RECIPES["B2"], quick=True)
    assert found.results.quick
    assert {name: len(runs) for name, runs in found.results.runs.items()} == dict.fromkeys(
        (case.name for case in RECIPES["B2"].cases), 1
    )
    assert capsys.readouterr().out.endswith(f"B2 {RECIPES['B2'].title}: {found.verdict}\n")
    done = run(RECIPES["E1"].cases[0].spec)
    assert done.result["event"] == "finished"
    assert Results({"one": [done]}).numbers("wrong@last") == [0]


def test_what_nobody_declared_cannot_be_taken_home(tmp_path: Path) -> None:
    unknown = Recipe(
        id="E96", title="None", question="Is there one?", look="", figure="", claims=RECIPES["C2"].claims,
        values=RECIPES["C2"].values, measure=RECIPES["C2"].measure, guess=RECIPES["C2"].guess, place=Place("tensors"),
    )  # fmt: skip
    with pytest.raises(CannotExport, match="E96 is not in the catalogue"):
        programs(unknown, tmp_path, FORMATS["script"])
    assert ARCHIVE in programs(RECIPES["C2"], tmp_path, FORMATS["script"])
