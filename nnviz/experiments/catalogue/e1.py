"""E1: Rosenblatt's perceptron learns the iris flowers."""

from __future__ import annotations

from typing import Any

from nnviz.experiments.claims import Number, Order, Printed, Within
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import NothingThereError, Results, Value


def iris(rate: float, **more: Any) -> dict[str, Any]:
    return {"job": "perceptron", "learning_rate": rate, "epochs": 50, **more}


THREE: dict[str, Any] = {"species": ["setosa", "versicolor", "virginica"]}
RATES = {"rate01": 0.01, "rate10": 0.1, "rate100": 1.0}


def measure(results: Results) -> dict[str, Value]:
    said = {}
    for case, runs in results.runs.items():
        said[case] = runs[0].result.get("result", {}).get("ours")
        if said[case] is None:
            raise NothingThereError(f"{case}: this run has no result")
    two = [said[case] for case in RATES]
    small, large = said["zeros01"], said["zeros100"]
    scale = [b / a for a, b in zip(
        (*small["weights"][0], *small["thresholds"]), (*large["weights"][0], *large["thresholds"]), strict=True
    )]  # fmt: skip
    setosa, versicolor, _ = said["three_absolute"]["errors"][-1]
    return {
        "last_errors": [one["errors"][-1][0] for one in two],
        "misclassified": [one["wrong"] for one in two],
        "passes": two[0]["passes"],
        "scale": scale,
        "same_errors": small["errors"] == large["errors"],
        "setosa_errors": setosa,
        "versicolor_errors": versicolor,
        "three_wrong": said["three"]["wrong"],
        "three_absolute_wrong": said["three_absolute"]["wrong"],
    }


RECIPE = Recipe(
    id="E1",
    title="Rosenblatt’s perceptron on iris",
    question="Does a perceptron find the line between setosa and versicolor by itself?",
    look="The errors of each pass over the 100 flowers, and the line after each update. When a pass has no error, "
    "nothing moves any more.",
    figure="errors per pass, the flowers in cm with the region of each class; η from 0.01 to 1, up to 50 passes",
    place=Place("neuron", {"tab": "learn"}),
    cases=(
        Case("rate10", "η = 0.1", iris(0.1), seeded=False),
        Case("rate01", "η = 0.01", iris(0.01), seeded=False),
        Case("rate100", "η = 1", iris(1.0), seeded=False),
        Case("zeros01", "η = 0.01, from zeros", iris(0.01, initializer="zeros"), seeded=False),
        Case("zeros100", "η = 1, from zeros", iris(1.0, initializer="zeros"), seeded=False),
        Case("three", "three species, largest net input", iris(0.01, **THREE), seeded=False),
        Case(
            "three_absolute", "three species, largest absolute net input",
            iris(0.01, decision="largest_absolute", **THREE), seeded=False,
        ),
    ),
    measure=measure,
    values=(
        "last_errors", "misclassified", "passes", "scale", "same_errors", "setosa_errors", "versicolor_errors",
        "three_wrong", "three_absolute_wrong",
    ),
    claims=(
        Printed(
            what="errors in the last pass, for η = 0.01, 0.1 and 1", of="value:last_errors", lecture=[0, 0, 0], places=0
        ),
        Printed(
            what="flowers on the wrong side of the line then", of="value:misclassified", lecture=[0, 0, 0], places=0
        ),
        Within(
            what="passes until then", of="value:passes", high=50, lecture="up to 50 passes", quick=True
        ),
        Printed(
            what="from zero weights, how many times as large weights and threshold are with η = 1 as with 0.01",
            of="value:scale", lecture=[100, 100, 100], places=6,
        ),
        Printed(
            what="… and whether the errors of all passes are the same", of="value:same_errors", lecture=True, places=0
        ),
        Number(
            what="three species, one against all: setosa’s errors in the last pass", of="value:setosa_errors",
            lecture=0, within=0, quick=True,
        ),
        Within(
            what="versicolor’s, which lies between the others", of="value:versicolor_errors", low=1,
            lecture="no line parts it from both (not in the lecture)", quick=True,
        ),
        Order(
            what="of 150 flowers misclassified: by the largest absolute net input, by the largest",
            of=("value:three_absolute_wrong", "value:three_wrong"),
            lecture="the lecture takes the absolute value: whoever is very sure that it is not his wins", quick=True,
        ),
    ),
    guess=NumberGuess(
        question="After how many passes over the 100 flowers is there a pass without an error?",
        of="value:passes", low=1, high=50, step=1,
    ),
    ours=("weights N(0, 0.01²) from seed 1, flowers in the data set’s order", "setosa −1, versicolor 1"),
    seconds=0.2,
)  # fmt: skip
