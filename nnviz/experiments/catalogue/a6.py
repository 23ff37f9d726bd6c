"""A6: how many parameters a network has."""

from __future__ import annotations

from nnviz.experiments.catalogue import a7, a8
from nnviz.experiments.claims import Printed
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value
from nnviz.models import summary
from nnviz.spec import RunSpec

SMALL, LARGE = a7.RECIPE.cases[0], a8.RECIPE.cases[0]


def _layers(case: Case) -> list[int]:
    """Parameters of each layer that has any."""
    assert isinstance(case.spec, RunSpec)
    return [row["parameters"] for row in summary(case.spec) if row["parameters"]]


def measure(_: Results) -> dict[str, Value]:
    return {
        "small": SMALL.spec.parameters,
        "small_layers": _layers(SMALL),
        "large": LARGE.spec.parameters,
        "large_layers": _layers(LARGE),
    }


RECIPE = Recipe(
    id="A6",
    title="Layers and parameters",
    question="How many weights and biases does a network have?",
    look="Every neuron has one weight for each of its inputs, and one bias.",
    figure="27 for 2-5-2, 23,860 for 784-30-10",
    place=Place("backpropagation", {"layers": "2,5,2", "activations": "sigmoid", "seed": "1"}),
    measure=measure,
    values=("small", "small_layers", "large", "large_layers"),
    claims=(
        Printed(what="2-5-2", of="value:small", lecture=27, places=0),
        Printed(what="its layers: (2 + 1)·5 and (5 + 1)·2", of="value:small_layers", lecture=[15, 12], places=0),
        Printed(what="784-30-10", of="value:large", lecture=23_860, places=0),
        Printed(
            what="its layers: (784 + 1)·30 and (30 + 1)·10", of="value:large_layers", lecture=[23_550, 310], places=0
        ),
    ),
    guess=NumberGuess(
        question="Two inputs, five hidden neurons, two outputs: how many parameters?",
        of="value:small", low=0, high=60, step=1,
    ),
    seconds=0.1,
)  # fmt: skip
