"""B4: more data against overtraining."""

from __future__ import annotations

from nnviz.experiments.catalogue.improving import LONG_BATCHES, QUICK_LONG, long
from nnviz.experiments.claims import Order
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe

RECIPE = Recipe(
    id="B4",
    title="More data against overtraining",
    question="Does the gap between training and test accuracy close when there is more to learn from?",
    look="The two accuracy curves: with 1,000 images the network soon knows all of them by heart, and the test curve "
    "stays where it is. With 60,000 both curves stay close together.",
    figure="the gap between training and test closes",
    place=Place("digits"),
    cases=(
        Case(
            "tenth",
            "784-30-10 on 10,000 images, 100 epochs",
            long(),
            quick=QUICK_LONG,
            preset="Overtraining: the training curve goes on, the test curve does not. Give it all 60,000 and the gap "
            "closes.",
        ),
        Case(
            "few",
            "784-30-10 on 1,000 images, 100 epochs",
            long(data={"train": 1_000}),
            quick={**QUICK_LONG, "data.train": 200},
        ),
        Case(
            "all",
            "784-30-10 on 60,000 images, 100 epochs",
            long(data={"train": 60_000}),
            quick={**QUICK_LONG, "data.train": 5_000},
        ),
    ),
    claims=(
        Order(
            what="gap of training and test accuracy: 1,000, 10,000, 60,000 images",
            of=("few:gap", "tenth:gap", "all:gap"),
            lecture="the more data, the smaller",
            by=0.005,
        ),
        Order(
            what="test accuracy: 60,000, 10,000, 1,000 images",
            of=("all:test.accuracy", "tenth:test.accuracy", "few:test.accuracy"),
            lecture="the more data, the better",
            by=0.005,
            quick=True,
        ),
    ),
    guess=NumberGuess(
        question="With 10,000 training images for 100 epochs: by how much is the accuracy on them above that on the "
        "test digits?",
        of="tenth:gap",
        low=0.0,
        high=0.2,
        step=0.005,
        unit="%",
    ),
    ours=(LONG_BATCHES, "1,000 images as a third size"),
    seconds=30.0,
)
