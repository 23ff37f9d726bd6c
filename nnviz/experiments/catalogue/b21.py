"""B21: all improvements together."""

from __future__ import annotations

from nnviz.experiments.catalogue.common import dense, dropped, network, sgd
from nnviz.experiments.catalogue.improving import QUICK, small
from nnviz.experiments.claims import Order, Printed
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe

RECIPE = Recipe(
    id="B21",
    title="All improvements together",
    question="How good can a network of 784-30-10's size become with all that the lecture has shown?",
    look="The three test curves. Most of the gain comes from more data and from the loss; a network this small "
    "overtrains little, so that penalty and dropout have to be weak.",
    figure="an exercise: the best network of 784-30-10's size",
    place=Place("digits"),
    cases=(
        Case(
            "all",
            "784-30-10 with all improvements",
            small(
                [*dense(30), dropped(0.02)],
                sgd(0.1, momentum=0.9, nesterov=True),
                data={"train": 50_000, "validation": 10_000, "rotate": 15},
                epochs=60,
                regularizer={"name": "l2", "rate": 1e-5, "on": "output"},
                early_stopping={"monitor": "val_loss", "patience": 6},
            ),
            quick={"data.train": 2_000, "data.validation": 1_000, "data.test": 1_000, "training.epochs": 5},
        ),
        Case("cross", "784-30-10, softmax and cross-entropy", small(), quick=QUICK),
        Case(
            "baseline",
            "784-30-10, sigmoid, squared error",
            network(dense(30), sgd(3.0), loss="mean_squared_error", output="sigmoid"),
            quick=QUICK,
        ),
    ),
    claims=(
        Printed(what="parameters", of="all:parameters", lecture=23_860, places=0),
        Order(
            what="test accuracy: all improvements, B3's network",
            of=("all:test.accuracy", "cross:test.accuracy"),
            lecture="better",
            by=0.002,
        ),
        Order(
            what="test accuracy: all improvements, the baseline B1",
            of=("all:test.accuracy", "baseline:test.accuracy"),
            lecture="better",
            by=0.002,
        ),
    ),
    guess=NumberGuess(
        question="The baseline gets some 350 of the 10,000 test digits wrong. How many with all improvements together?",
        of="all:wrong",
        low=100,
        high=500,
        step=10,
    ),
    ours=(
        "softmax and cross-entropy, 50,000 images with turned copies up to 15°, momentum 0.9, L2 of 0.00001 on the "
        "output layer, dropout of 0.02, early stopping with a patience of 6",
    ),
    seconds=24.0,
)
