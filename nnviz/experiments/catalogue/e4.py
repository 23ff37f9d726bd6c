"""E4: gradient descent on error surfaces, with one minimum and with two."""

from __future__ import annotations

from typing import Any

from nnviz.experiments.claims import Number, Order, Printed, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import NothingThereError, Results, RunResult, Value
from nnviz.surfaces import SURFACES

STEPS, FEW = 1_000, 20
NEAR = 0.05
"""How near to a minimum an end counts as being there."""


def race(surface: str, steps: int = STEPS, **optimizer: Any) -> dict[str, Any]:
    racer = {"optimizer": {"name": "sgd", **optimizer}}
    return {"job": "descent", "surface": surface, "steps": steps, "racers": [racer]}


def _end(run: RunResult) -> dict[str, Any]:
    """Where its one racer was at the end, and why it ended."""
    racers = run.result.get("result", {}).get("racers")
    if not racers:
        raise NothingThereError("racers: this race has no end")
    found: dict[str, Any] = racers[0]
    return found


def _minimum(end: dict[str, Any]) -> str:
    """The name of the minimum of the network's surface that the racer came to."""
    for minimum in SURFACES["network"].minima:
        if abs(end["x"] - minimum.x) < NEAR and abs(end["y"] - minimum.y) < NEAR:
            return minimum.name
    return "neither"


def measure(results: Results) -> dict[str, Value]:
    end = {case: _end(runs[0]) for case, runs in results.runs.items()}
    plain, rolling = _minimum(end["network"]), _minimum(end["rolling"])
    return {
        "small_step": end["regression"]["reason"],
        "most_steps": end["few"]["reason"],
        "few_steps": end["few"]["steps"],
        "plain": plain,
        "rolling": rolling,
        "winner": {"w_A": 0, "w_B": 1}.get(plain, 2),
        "height_A": end["network"]["height"],
        "height_B": end["rolling"]["height"],
    }


MINIMUM = SURFACES["regression"].minima[0]
RECIPE = Recipe(
    id="E4",
    title="Gradient descent on error surfaces",
    question="Does going downhill always lead to the lowest place?",
    look="The path on the map. The regression has one minimum, the network a local one, w_A, and the global one, w_B.",
    figure="the path down the error of a linear regression, and down that of a network with w_A and w_B; it stops on a "
    "small step or after a maximum number of iterations",
    place=Place("descent", {"surface": "network"}),
    cases=(
        Case("regression", "regression, SGD 0.1", race("regression", learning_rate=0.1), seeded=False),
        Case("few", "regression, at most 20 steps", race("regression", FEW, learning_rate=0.1), seeded=False),
        Case("network", "network, SGD 0.3", race("network", learning_rate=0.3), seeded=False),
        Case(
            "rolling", "network, momentum 0.9", race("network", learning_rate=0.1, momentum=0.9), seeded=False
        ),
    ),
    measure=measure,
    values=(
        "small_step", "most_steps", "few_steps", "plain", "rolling", "winner", "height_A", "height_B",
    ),
    claims=(
        Number(
            what="weight at the end; least squares gives the lecture’s column",
            of="regression:racers.0.x", lecture=MINIMUM.x, within=0.01, quick=True,
        ),
        Number(
            what="bias at the end", of="regression:racers.0.y", lecture=MINIMUM.y, within=0.01, quick=True,
        ),
        Printed(
            what="why it stops: its steps stay shorter than the tolerance", of="value:small_step",
            lecture="tolerance", places=0,
        ),
        Printed(
            what="why it stops where it may take 20 steps", of="value:most_steps", lecture="steps", places=0
        ),
        Printed(what="the minimum of the network that plain descent comes to", of="value:plain", lecture="w_A",
                places=0),
        Printed(what="… and with momentum 0.9 from the same start", of="value:rolling", lecture="w_B", places=0),
        Order(
            what="the error at w_A and at w_B", of=("value:height_A", "value:height_B"),
            lecture="w_A is a local minimum, w_B the global one", by=0.05, quick=True,
        ),
        Within(
            what="steps to the minimum of the regression", of="regression:racers.0.steps", high=STEPS - 1,
            lecture="an end before the maximum", quick=True,
        ),
    ),
    guess=ChoiceGuess(
        question="Plain descent on the network’s surface, from the upper left: where does it end?",
        options=("in the local minimum w_A", "in the global minimum w_B", "somewhere else"),
        of=("value:winner",),
    ),
    ours=("24 samples for the line, a network of one hidden neuron and 4 samples",),
    seconds=0.5,
)  # fmt: skip
