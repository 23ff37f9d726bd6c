"""D1: more hidden neurons, a better region."""

from __future__ import annotations

from nnviz.experiments.catalogue.common import on_the_ring
from nnviz.experiments.claims import Order, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe

NAMES = ("20", "2", "softmax")

RECIPE = Recipe(
    id="D1",
    title="Hidden neurons and the region",
    question="How many hidden neurons does it take to part two classes of which one lies around the other?",
    look="The region: without hidden neurons a half-plane, with two a corner, with twenty a ring. And the loss that "
    "each "
    "of them is left with.",
    figure="more hidden nodes, better region; 20 nodes separate the classes",
    place=Place("playground"),
    cases=(
        Case("softmax", "no hidden layer", on_the_ring(0.01)),
        Case("2", "2 ReLU", on_the_ring(0.3, 2)),
        Case("20", "20 ReLU", on_the_ring(0.3, 20)),
    ),
    claims=(
        Order(what="test accuracy with 20, 2 and no hidden neurons",
            of=tuple(f"{name}:test.accuracy" for name in NAMES),
              lecture="more hidden nodes, better region", by=0.05, quick=True),
        Order(what="training loss with none, 2 and 20", of=tuple(f"{name}:train.loss" for name in reversed(NAMES)),
              lecture="the more, the lower", quick=True),
        Within(what="training accuracy with 20", of="20:train.accuracy", lecture="separates the classes", low=0.98,
               quick=True),
    ),
    guess=ChoiceGuess(
        question="Softmax alone, 2 hidden ReLU neurons, or 20: which is the first to get 95 % of the test samples "
        "right?",
        options=("softmax alone", "2 hidden neurons", "20 hidden neurons"),
        of=tuple(f"{name}:test.accuracy" for name in reversed(NAMES)),
    ),
    seeds=5,
    ours=("the data: a disc within a ring, noise 10, 200 samples", "momentum 0.9 and Nesterov for all three"),
    seconds=1.0,
)  # fmt: skip
