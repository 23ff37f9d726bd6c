"""D2: stopping when the validation loss no longer falls."""

from __future__ import annotations

from nnviz.experiments.catalogue.common import on_the_ring
from nnviz.experiments.claims import OneRun, Within
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value


def _measure(results: Results) -> dict[str, Value]:
    return {"more by all epochs": results.mean("whole:test.accuracy") - results.mean("stopped:test.accuracy")}


RECIPE = Recipe(
    id="D2",
    title="Early stopping in the plane",
    question="When does a training of 100 epochs end if it stops five epochs after the last better validation loss?",
    look="The validation loss: it has fallen far after a few epochs, and from then on goes up and down.",
    figure="stops early, at epoch 9",
    place=Place("playground"),
    cases=(
        Case(
            "stopped", "2 ReLU, stopped early",
            on_the_ring(0.3, 2, early_stopping={"monitor": "val_loss", "patience": 5, "min_delta": 0.0001}),
        ),
        Case("whole", "2 ReLU, all 100 epochs", on_the_ring(0.3, 2)),
    ),
    claims=(
        OneRun(what="epochs until it stops", of="stopped:epochs", lecture=9),
        Within(what="… of 100", of="stopped:epochs", lecture="stops early", high=50, quick=True),
        Within(what="test accuracy that the other epochs would bring", of="value:more by all epochs",
               lecture="little", high=0.03, quick=True),
    ),
    measure=_measure,
    values=("more by all epochs",),
    guess=NumberGuess(
        question="After how many of at most 100 epochs does it stop?", of="stopped:epochs", low=5, high=100, step=1
    ),
    seeds=10,
    ours=("the data: D1's disc within a ring",),
    seconds=1.0,
)  # fmt: skip
