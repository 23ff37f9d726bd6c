"""C1: a first network, by Keras's own example."""

from __future__ import annotations

from nnviz.experiments.catalogue.common import dense, network
from nnviz.experiments.claims import Accuracy, Number, Printed
from nnviz.experiments.guesses import CurveGuess
from nnviz.experiments.recipe import Case, Place, Recipe

LOSSES = (0.2536, 0.1032, 0.0671, 0.0491, 0.0362)
ACCURACIES = (0.9265, 0.9699, 0.9795, 0.9854, 0.9889)

RECIPE = Recipe(
    id="C1",
    title="A first network",
    question="How far does a network come with handwriting in five passes over 60,000 images?",
    look="The first epoch does most of it. The gap between training and test opens from the third one on.",
    figure="407,050 parameters; five epochs 0.2536/0.9265 … 0.0362/0.9889; test 0.9793",
    place=Place("digits"),
    cases=(
        Case(
            "network",
            "784-512-10, RMSprop",
            network(
                dense(512), {"name": "rmsprop", "learning_rate": 0.001}, activation="relu", batch_size=128, epochs=5
            ),
            quick={"data.train": 6_000, "data.test": 2_000},
            preset="A first network in five epochs.",
            figure="test 0.9793",
        ),
    ),
    claims=(
        Printed(what="parameters", of="parameters", lecture=407_050, places=0),
        *(
            Number(what=f"training loss in epoch {i}", of=f"loss@{i}", lecture=loss, within=0.15, share=True)
            for i, loss in enumerate(LOSSES, 1)
        ),
        *(
            Number(what=f"training accuracy in epoch {i}", of=f"accuracy@{i}", lecture=accuracy, within=0.004)
            for i, accuracy in enumerate(ACCURACIES, 1)
        ),
        Accuracy(what="test accuracy", of="test.accuracy", lecture=0.9793, quick_least=0.88),
    ),
    guess=CurveGuess(
        question="How does the accuracy on the training images grow over five epochs?",
        of="accuracy", epochs=5, low=0.8, high=1.0,
    ),
    seeds=3,
    ours=("batch of 128, as in the Keras example that it is",),
    seconds=27.0,
)  # fmt: skip
