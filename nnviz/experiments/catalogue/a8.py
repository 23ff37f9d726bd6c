"""A8: the same network from scratch on all pixels."""

from __future__ import annotations

from nnviz.experiments.catalogue.a7 import from_scratch
from nnviz.experiments.claims import Accuracy, Number, Printed
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe

QUICK = {"data.train": 6_000, "data.test": 1_000, "training.epochs": 4}
WORDS = "784-30-10 in nothing but NumPy: sigmoid, ½‖y − t‖², weights N(0, 1), η = 3."
LECTURE = (0.9076, 0.9292, 0.9351, 0.9433)
"""Accuracies after the epochs 1 to 4."""


def _shorter(epochs: int) -> Case:
    """The same run to the end of that epoch, where all training images are judged once more."""
    return Case(
        f"epochs{epochs}", f"the first {epochs} epochs" if epochs > 1 else "the first epoch",
        from_scratch(30, rate=3.0, batch_size=10, epochs=epochs), quick={**QUICK, "training.epochs": 1},
    )  # fmt: skip


RECIPE = Recipe(
    id="A8",
    title="The network from scratch on all pixels",
    question="How well does a network of 30 hidden neurons read digits, written in nothing but NumPy?",
    look="The accuracy is above 90 % after one pass over the images. Then the first 100 test digits: about five of "
    "them are marked as wrong.",
    figure="epochs 1–4 accuracy 0.9076, 0.9292, 0.9351, 0.9433; training 0.0317/0.9636, test 0.0448/0.9486",
    place=Place("digits"),
    cases=(
        Case(
            "wide", "The network from scratch, 784-30-10", from_scratch(30, rate=3.0, batch_size=10), quick=QUICK,
            preset=WORDS, figure="test 0.9486",
        ),
        *(_shorter(epochs) for epochs in (1, 2, 3, 4)),
    ),
    seeds=5,
    claims=(
        Printed(what="parameters", of="wide:parameters", lecture=23_860, places=0),
        *(
            Accuracy(
                what=f"training accuracy after epoch {epoch}", of=f"epochs{epoch}:train.accuracy", lecture=accuracy
            )
            for epoch, accuracy in enumerate(LECTURE, 1)
        ),
        Accuracy(what="test accuracy", of="wide:test.accuracy", lecture=0.9486, quick_least=0.75),
        Number(what="test loss", of="wide:test.loss", lecture=0.0448, within=0.1, share=True, better="lower"),
        Accuracy(what="training accuracy", of="wide:train.accuracy", lecture=0.9636),
        Number(what="training loss", of="wide:train.loss", lecture=0.0317, within=0.1, share=True, better="lower"),
    ),
    guess=NumberGuess(
        question="784 pixels, 30 hidden neurons, 20 passes over 60,000 digits: what share of the test digits will be "
        "right?",
        of="wide:test.accuracy", low=0.5, high=1.0, step=0.005, unit="%",
    ),
    ours=("the lecture’s accuracies after the epochs 1 to 4 are taken as those of the training images",),
    seconds=39.0,
)  # fmt: skip
