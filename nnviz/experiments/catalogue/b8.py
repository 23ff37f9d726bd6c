"""B8: artificial data."""

from __future__ import annotations

from nnviz.experiments.catalogue.improving import LONG_BATCHES, QUICK_LONG, long
from nnviz.experiments.claims import Order
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe

WHY = (
    "Thirty neurons learn the turned copies by heart, too, in 100 epochs, and have to tell apart more kinds of each "
    "digit. Other batches (30 images) say the same. What the copies bring is seen on turned test digits: B20."
)

RECIPE = Recipe(
    id="B8",
    title="Artificial data: rotated copies",
    question="Are turned copies of the same images as good as new ones?",
    look="The gap between both accuracy curves, and the training images: each stands there upright, and turned to both "
    "sides.",
    figure="test accuracy rises, the gap shrinks",
    place=Place("digits"),
    cases=(
        Case(
            "rotated",
            "784-30-10 with rotated copies",
            long(data={"rotate": 25}),
            quick=QUICK_LONG,
            preset="Each training image also turned by +5…+25° and by −5…−25°: three times the data out of the same "
            "digits.",
        ),
        Case("plain", "784-30-10 without", long(), quick=QUICK_LONG),
    ),
    claims=(
        Order(
            what="test accuracy: with rotated copies, without",
            of=("rotated:test.accuracy", "plain:test.accuracy"),
            lecture="rises",
            by=0.002,
            why=WHY,
        ),
        Order(
            what="gap of training and test accuracy: without, with rotated copies",
            of=("plain:gap", "rotated:gap"),
            lecture="shrinks",
            by=0.005,
            why=WHY,
        ),
    ),
    guess=NumberGuess(
        question="10,000 images bring about 94 % of the test digits. What will they bring with 20,000 turned copies "
        "beside them?",
        of="rotated:test.accuracy",
        low=0.90,
        high=1.0,
        step=0.005,
        unit="%",
    ),
    ours=(LONG_BATCHES,),
    seconds=25.0,
)
