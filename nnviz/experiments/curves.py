"""The curves of a recipe's runs as a page and the record draw them: which column, whose line, thinned. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nnviz.experiments.guesses import CurveGuess
from nnviz.experiments.recipe import Recipe
from nnviz.experiments.results import VALUE
from nnviz.figures.series import thin

Columns = Mapping[str, Sequence[float | None]]
LABELS = {
    "loss": "training loss", "accuracy": "training accuracy", "val_loss": "validation loss",
    "val_accuracy": "validation accuracy", "wrong": "told wrongly", "height": "height", "score": "score of a fold",
    "updates": "updates", "rival_loss": "training loss of the other network",
    "rival_val_loss": "validation loss of the other network",
}  # fmt: skip
"""Column → what it is called, where its own name does not say it; in the order in which they are offered."""
WHERE = frozenset({
    "step", "epoch", "epoch_end", "seconds", "learning_rate", "penalty", "recent_loss", "recent_accuracy", "candidate",
    "fold",
})  # fmt: skip
"""Columns that say where a row stands, or the same as another one."""
SHARES = frozenset({"accuracy", "val_accuracy", "score"})
"""Columns that are shares of 1."""
ACCURACIES = ("accuracy", "wrong", "gap")
"""Last parts of references that are about how many samples are told rightly."""


def shown(columns: Iterable[Columns]) -> list[str]:
    """Names of the columns that can be drawn: those in which a run has numbers."""
    found = {
        name: None for each in columns for name, values in each.items()
        if name not in WHERE and any(value is not None for value in values)
    }  # fmt: skip
    known = [name for name in LABELS if name in found]
    return [*known, *(name for name in found if name not in LABELS)]


def label(column: str) -> str:
    """What a column is called."""
    return LABELS.get(column, column.replace("_", " "))


def main_column(recipe: Recipe, there: Sequence[str]) -> str | None:
    """Of the columns that are `there` the one that the recipe is about: the one that is guessed, one that a claim
    names, an accuracy where the claims are about accuracies, else the first. None where there is none."""
    named = [recipe.guess.of] if isinstance(recipe.guess, CurveGuess) else []
    references = [one for claim in recipe.claims for one in claim.named()]
    named += [one.partition("@")[0] for one in references if not one.startswith(f"{VALUE}:")]
    for reference in named:
        if (column := reference.rpartition(":")[2]) in there:
            return column
    accuracies = any(one.rpartition(":")[2].rpartition(".")[2] in ACCURACIES for one in references)
    first = ("val_accuracy", "accuracy") if accuracies else ()
    return next((name for name in first if name in there), next(iter(there), None))


def points(columns: Columns, column: str) -> tuple[list[float], list[float]]:
    """(epochs, values) of what was measured; of a job without epochs (steps, values)."""
    x = columns.get("epoch") or columns.get("step") or ()
    y = columns.get(column) or ()
    known = [(a, b) for a, b in zip(x, y, strict=False) if a is not None and b is not None and math.isfinite(b)]
    return [a for a, _ in known], [b for _, b in known]


def lines(
    recipe: Recipe, runs: Sequence[tuple[str, str, Columns]], column: str | None, most: int
) -> list[dict[str, Any]]:
    """A line for each of the runs (case, run, columns) that has numbers in the column, of at most so many points:
    {run, case (its number), seed, first (of its case), name, x, y}."""
    numbers = {case.name: number for number, case in enumerate(recipe.cases)}
    count: dict[str, int] = {}
    found = []
    for case, run, columns in runs:
        seed = count[case] = count.get(case, -1) + 1
        x, y = thin(*points(columns, column), most) if column else ([], [])
        if x:
            found.append({"run": run, "case": numbers[case], "seed": seed, "first": seed == 0,
                          "name": recipe.cases[numbers[case]].title, "x": x, "y": y})  # fmt: skip
    return found


def axis(runs: Iterable[Columns]) -> str:
    """What `points` counts along."""
    return "epoch" if any(columns.get("epoch") for columns in runs) else "step"
