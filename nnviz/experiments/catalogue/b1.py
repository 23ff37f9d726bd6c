"""B1: the baseline and its wrong digits."""

from __future__ import annotations

from nnviz.experiments.catalogue.common import dense, network, sgd
from nnviz.experiments.catalogue.improving import QUICK
from nnviz.experiments.claims import Accuracy, Printed, Within
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe

RECIPE = Recipe(
    id="B1",
    title="The baseline and its wrong digits",
    question="How good is a small network with thirty hidden neurons, and which digits does it get wrong?",
    look="The gallery of wrong digits: many of them you would have to look at twice yourself. The confusion matrix "
    "says which two digits are taken for each other most.",
    figure="test 0.966; the first 100 of the 300 or so wrong digits",
    place=Place("digits"),
    cases=(
        Case(
            "baseline",
            "784-30-10, sigmoid, squared error",
            network(dense(30), sgd(3.0), loss="mean_squared_error", output="sigmoid"),
            quick=QUICK,
            preset="The baseline: about 96 % of the test digits, and the 300 to 400 that it gets wrong.",
            figure="test 0.966",
        ),
    ),
    claims=(
        Printed(what="parameters", of="parameters", lecture=23_860, places=0),
        Accuracy(what="test accuracy", of="test.accuracy", lecture=0.966, quick_least=0.7),
        Within(what="wrong test digits", of="wrong", lecture="300 or more", low=300, high=450),
    ),
    guess=NumberGuess(
        question="How many of the 10,000 test digits will it get wrong?", of="wrong", low=0, high=2000, step=20
    ),
    seeds=3,
    ours=("learning rate 3, batches of 10, 20 epochs", "weights as Keras draws them (Glorot), biases 0"),
    seconds=10.0,
)
