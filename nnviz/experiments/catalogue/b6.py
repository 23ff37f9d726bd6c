"""B6: dropout."""

from __future__ import annotations

from nnviz.experiments.catalogue.common import dense, dropped
from nnviz.experiments.catalogue.improving import LONG_BATCHES, QUICK_LONG, long
from nnviz.experiments.claims import Order
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe

RECIPE = Recipe(
    id="B6",
    title="Dropout",
    question="Can a network learn better when a fifth of it is left out at random in each step?",
    look="The training curve stays below 100 %: no step sees the whole network. The test curve comes closer to it.",
    figure="a smaller gap",
    place=Place("digits"),
    cases=(
        Case(
            "dropout",
            "784-30-10 with dropout",
            long([dropped(), *dense(30), dropped()]),
            quick=QUICK_LONG,
            preset="A fifth of the pixels and a fifth of the hidden neurons are left out of each step, at random: none "
            "can rely on one other.",
        ),
        Case("none", "784-30-10 without", long(), quick=QUICK_LONG),
    ),
    claims=(
        Order(
            what="gap of training and test accuracy: without, with dropout",
            of=("none:gap", "dropout:gap"),
            lecture="smaller with dropout",
            by=0.003,
        ),
    ),
    guess=ChoiceGuess(
        question="Which network has the higher accuracy on its own training images after 100 epochs?",
        options=("with dropout", "without"),
        of=("dropout:train.accuracy", "none:train.accuracy"),
    ),
    ours=(LONG_BATCHES, "10,000 images, 100 epochs"),
    seconds=12.0,
)
