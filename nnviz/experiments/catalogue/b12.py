"""B12: seven optimisers."""

from __future__ import annotations

from collections.abc import Mapping

from nnviz.experiments.catalogue.common import ADADELTA, Plain, sgd
from nnviz.experiments.catalogue.improving import BATCHES, QUICK, RATE, small
from nnviz.experiments.claims import Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value

OPTIMIZERS: Mapping[str, tuple[str, Plain]] = {
    "sgd": ("SGD", sgd(RATE)),
    "adagrad": ("Adagrad", {"name": "adagrad", "learning_rate": 0.01, "initial_accumulator_value": 0.0}),
    "adadelta": ("Adadelta", ADADELTA),
    "rmsprop": ("RMSprop", {"name": "rmsprop", "learning_rate": 0.001}),
    "adam": ("Adam", {"name": "adam", "learning_rate": 0.001}),
    "adamax": ("Adamax", {"name": "adamax", "learning_rate": 0.002}),
    "nadam": ("Nadam", {"name": "nadam", "learning_rate": 0.002}),
}
"""With the rates that were Keras's defaults when the lecture was written."""


def measure(results: Results) -> Mapping[str, Value]:
    """behind: how far SGD's test accuracy is below the best of the other six; worst: the lowest of all seven."""
    found = {name: results.mean(f"{name}:test.accuracy") for name in OPTIMIZERS}
    return {"behind": max(found[name] for name in found if name != "sgd") - found["sgd"], "worst": min(found.values())}


RECIPE = Recipe(
    id="B12",
    title="Seven optimisers",
    question="Is plain gradient descent beaten by the optimisers that adapt their steps?",
    look="The seven curves in one chart: they differ in the first epochs, and come out close together.",
    figure="“SGD actually performs very well”",
    place=Place("digits"),
    cases=tuple(
        Case(name, label, small(optimizer=optimizer), quick=QUICK) for name, (label, optimizer) in OPTIMIZERS.items()
    ),
    measure=measure,
    values=("behind", "worst"),
    claims=(
        Within(
            what="test accuracy of the best other one minus SGD's",
            of="value:behind",
            lecture="SGD performs very well",
            high=0.01,
        ),
        Within(what="lowest test accuracy of the seven", of="value:worst", lecture="all seven learn", low=0.9),
    ),
    guess=ChoiceGuess(
        question="Which will have the highest test accuracy after 20 epochs?",
        options=tuple(label for label, _ in OPTIMIZERS.values()),
        of=tuple(f"{name}:test.accuracy" for name in OPTIMIZERS),
    ),
    ours=("B3's network, 20 epochs", "SGD with the learning rate 1, the others as in the Keras of that time", BATCHES),
    seconds=40.0,
)
