"""Recipes of seconds, for the tests of what does them: as a program it is `nnviz` with these in the catalogue."""

from __future__ import annotations

from typing import Any

from nnviz.experiments.catalogue import RECIPES
from nnviz.experiments.claims import Accuracy, Number, Order, Printed, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results


def circle(epochs: int, *units: int, **training: Any) -> dict[str, Any]:
    layers = [{"units": n} for n in units]
    return {"data": {"name": "circle"}, "model": {"layers": layers}, "training": {"epochs": epochs, **training}}


def tiny(id: str, cases: tuple[Case, ...], *claims: Any, **more: Any) -> Recipe:
    first = cases[0].name
    return Recipe(
        id=id, title="Tiny", question="Does it?", look="See.", figure="none", cases=cases,
        claims=claims, place=Place("playground"),
        guess=ChoiceGuess(question="Which?", options=("one",), of=(f"{first}:test.accuracy",)), **more,
    )  # fmt: skip


def _measured(results: Results) -> dict[str, float]:
    return {"better by": results.mean("wide:test.accuracy") - results.mean("narrow:test.accuracy")}


WIDE = Case("wide", "eight", circle(20, 8), quick={"training.epochs": 5})
NARROW = Case("narrow", "none", circle(20), quick={"training.epochs": 5})
SHORT = tiny(
    "E91",
    (WIDE, NARROW),
    Printed(what="parameters", of="wide:parameters", lecture=33, places=0),
    Order(what="hidden neurons help", of=("wide:test.accuracy", "narrow:test.accuracy"), lecture="yes"),
    Number(what="by how much", of="value:better by", lecture=0.5, within=0.25),
    seeds=2, measure=_measured, values=("better by",), seconds=9000.0,
)  # fmt: skip
"""Four runs, begun first since it says that it takes longest."""
ONE_MORE = tiny(
    "E92",
    (Case("wider", "twelve", circle(20, 12)),),
    Within(what="test accuracy", of="test.accuracy", lecture="above guessing", low=0.6),
    seconds=8000.0,
)  # fmt: skip
ENDLESS = tiny(
    "E97",
    (Case("all", "all", circle(100_000, 8, batch_size=1)),),
    Accuracy(what="test accuracy", of="test.accuracy", lecture=1.0),
)  # fmt: skip
"""One run that a test ends."""
FALSE = tiny("E93", (WIDE,), Accuracy(what="test accuracy", of="test.accuracy", lecture=0.3, quick_least=1.1), seeds=2)
"""Its claim is false; its run is one of SHORT's."""
TINY = {recipe.id: recipe for recipe in (SHORT, ONE_MORE, FALSE, ENDLESS)}

if __name__ == "__main__":
    from nnviz.cli import main

    RECIPES.update(TINY)
    main()
