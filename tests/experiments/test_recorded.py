"""What is recorded of the recipes: of these recipes, in the README as it is, and kept while others are done."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nnviz.experiments.catalogue import RECIPES
from nnviz.experiments.claims import Accuracy, Printed, Within
from nnviz.experiments.curves import lines, main_column, points, shown
from nnviz.experiments.guesses import CurveGuess, NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.recorded import Recording, digest, machine, recorded, stale, table, write
from nnviz.experiments.reproduce import Reproduced, judged
from nnviz.experiments.results import Results, RunResult
from tests.experiments import readme_table

B16 = Recipe(
    id="B16", title="A convolutional network", question="Better?", look="the filters", figure="test 0.9874",
    place=Place("digits"), guess=NumberGuess(question="How many?", of="wrong", low=0, high=500, step=10),
    cases=(Case("conv", "16 filters", {"data": {"name": "digits"}}, quick={"data.train": 500}),),
    claims=(
        Printed(what="parameters", of="parameters", lecture=300, places=0),
        Accuracy(what="test accuracy", of="test.accuracy", lecture=0.9874),
        Accuracy(what="training accuracy", of="train.accuracy", lecture=0.9927),
    ),
)  # fmt: skip
WHERE = Recording("2026-01-02", "a machine", "nnviz reproduce B16")
COLUMNS = {"step": [0, 5, 10], "epoch": [0, 1, 2], "loss": [2.0, 1.5, None], "accuracy": [0.1, 0.5, 0.987654321]}


def done(recipe: Recipe, accuracy: float) -> Reproduced:
    result = {
        "event": "finished", "test": {"accuracy": accuracy, "n": 10_000}, "train": {"accuracy": 0.9927},
        "seconds": 61.25,
    }  # fmt: skip
    run = RunResult("r", recipe.cases[0].spec, result, COLUMNS)
    return judged(recipe, Results({recipe.cases[0].name: [run]}))


def test_the_readme_has_the_record_as_it_is() -> None:
    assert readme_table.part(readme_table.README.read_text("utf-8")) == readme_table.made(), (
        "write it anew: python -m tests.experiments.readme_table"
    )


def test_nothing_is_recorded_of_another_recipe() -> None:
    assert stale(RECIPES, recorded()) == [], "do them again: nnviz reproduce ID… --record FILE (see the README)"


def test_a_record_is_kept_by_recipe_and_told_as_a_table(tmp_path: Path) -> None:
    file = tmp_path / "recorded.json"
    write(file, [done(B16, 0.9871)], WHERE)
    first = json.loads(file.read_text("utf-8"))
    assert first["B16"]["lines"][0]["y"] == [0.1, 0.5, 0.9877]
    assert (first["B16"]["verdict"], first["B16"]["seconds"], first["B16"]["column"]) == (
        "reproduced",
        61.3,
        "accuracy",
    )
    other = replace(B16, id="B17")
    write(file, [done(other, 0.5)], WHERE)
    both = json.loads(file.read_text("utf-8"))
    assert both["B16"] == first["B16"]
    assert both["B17"]["verdict"] == "not reproduced"
    recipes = {"B16": B16, "B17": other, "B18": replace(B16, id="B18", title="Another")}
    assert stale(recipes, both) == []
    head, _, titles, _, *rows = table(recipes, both)
    assert head == "2026-01-02, a machine: `nnviz reproduce B16`."
    assert titles.startswith("|  | setting | lecture | ours |")
    assert rows[0] == "| B16 | A convolutional network: parameters | 300 | 300 | exactly | reproduced | 61.3 |"
    assert rows[-1] == "| B18 | Another |  |  |  | not run yet |  |"
    assert "2 core" in machine() or "core" in machine()


def test_another_declaration_has_another_digest_and_other_words_of_ours_have_not() -> None:
    first, *rest = B16.claims
    assert digest(replace(B16, claims=(replace(first, why="because"), *rest))) == digest(B16)
    assert digest(replace(B16, look="elsewhere", seconds=3)) == digest(B16)
    others = [
        replace(B16, claims=tuple(rest)),
        replace(B16, claims=(replace(first, what="weights"), *rest)),
        replace(B16, claims=(Within(what=first.what, of="parameters", lecture="few", high=1e5), *rest)),
        replace(B16, cases=(replace(B16.cases[0], quick={}),)),
        replace(B16, seeds=3),
    ]
    assert len({digest(one) for one in [B16, *others]}) == len(others) + 1
    assert stale({"B16": others[0]}, {"B16": {"digest": digest(B16)}, "Z1": {"digest": ""}}) == ["B16", "Z1"]


def test_the_curve_is_the_one_that_the_recipe_is_about() -> None:
    there = ["loss", "accuracy", "val_loss", "val_accuracy"]
    loss = Printed(what="loss", of="loss@last", lecture=1, places=0)
    assert main_column(B16, there) == "val_accuracy"
    assert main_column(B16, ["loss", "accuracy"]) == "accuracy"
    assert main_column(replace(B16, claims=(loss,)), there) == "loss"
    assert main_column(replace(B16, claims=(Printed(what="p", of="parameters", lecture=1, places=0),)), there) == "loss"
    drawn = CurveGuess(question="How?", of="val_loss", epochs=2, low=0, high=1)
    assert main_column(replace(B16, guess=drawn), there) == "val_loss"
    assert main_column(B16, []) is None


def test_a_line_for_each_run_that_has_numbers() -> None:
    assert shown([COLUMNS, {"epoch": [0], "loss": [None]}]) == ["loss", "accuracy"]
    assert points(COLUMNS, "loss") == ([0, 1], [2.0, 1.5])
    assert points({"step": [0, 4], "height": [3.0, float("nan")]}, "height") == ([0], [3.0])
    case = B16.cases[0].name
    found = lines(B16, [(case, "a", COLUMNS), (case, "b", {}), (case, "c", COLUMNS)], "accuracy", 40)
    assert [(one["run"], one["seed"], one["first"]) for one in found] == [("a", 0, True), ("c", 2, False)]
    long = {"epoch": list(range(1000)), "loss": [1 / (i + 1) for i in range(1000)]}
    ((x, y),) = [(one["x"], one["y"]) for one in lines(B16, [(case, "a", long)], "loss", 40)]
    assert len(x) <= 40
    assert (x[0], y[0]) == (0, 1.0)


@pytest.mark.parametrize("id", recorded())
def test_a_recorded_picture_is_small(id: str) -> None:
    assert all(len(line["x"]) <= 40 for line in recorded()[id]["lines"])
