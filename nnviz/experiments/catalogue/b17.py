"""B17: larger convolutional networks."""

from __future__ import annotations

from nnviz.experiments.catalogue.common import ADADELTA, Plain, conv, dense, dropped, network
from nnviz.experiments.claims import Accuracy, Order
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe

QUICK = {"data.train": 1_000, "data.test": 500, "training.epochs": 3}


def net(*layers: Plain) -> Plain:
    return network(list(layers), ADADELTA, activation="relu", batch_size=128)


RECIPE = Recipe(
    id="B17",
    title="Larger convolutional networks",
    question="How far down can the mistakes be brought with more filters and more layers?",
    look="The number of wrong digits of the three networks. Of the second layer's feature maps: parts of digits "
    "instead of strokes. The last fifty wrong digits are hard for us, too.",
    figure="32 filters 0.9890 (110 wrong); with dense 512 0.9923; two convolutions and two dense layers 0.9948 (52 "
    "wrong); the record is 0.21 % wrong",
    place=Place("digits"),
    cases=(
        Case(
            "32",
            "Convolution, 32 of 5×5",
            net(*conv(32), dropped()),
            quick=QUICK,
            preset="Twice as many filters.",
            figure="test 0.9890",
        ),
        Case(
            "dense",
            "Convolution, 32 of 5×5, and dense 512",
            net(*conv(32), dropped(), *dense(512), dropped()),
            quick=QUICK,
            preset="What the filters find is put together before the decision.",
            figure="test 0.9923",
        ),
        Case(
            "deep",
            "Two convolutions, two dense layers",
            net(*conv(32), *conv(32), dropped(), *dense(512), dropped(), *dense(512), dropped()),
            quick=QUICK,
            preset="Strokes, then parts of digits, then digits: some fifty mistakes in 10,000.",
            figure="test 0.9948",
        ),
    ),
    claims=(
        Accuracy(what="test accuracy, 32 filters", of="32:test.accuracy", lecture=0.9890, quick_least=0.5),
        Accuracy(what="test accuracy, with dense 512", of="dense:test.accuracy", lecture=0.9923),
        Accuracy(what="test accuracy, two convolutions and two dense layers", of="deep:test.accuracy", lecture=0.9948),
        Order(
            what="wrong test digits of the three",
            of=("32:wrong", "dense:wrong", "deep:wrong"),
            lecture="110 > 77 > 52",
        ),
    ),
    guess=NumberGuess(
        question="One convolution with 32 filters gets about 110 of the 10,000 test digits wrong. How many will two "
        "convolutions with two dense layers?",
        of="deep:wrong",
        low=0,
        high=150,
        step=5,
    ),
    ours=(
        "batches of 128",
        "dropout of 0.2 before each dense layer",
        "Adadelta with the learning rate 1.0 of its time",
        "20 epochs, as in B16",
    ),
    seconds=860.0,
)
