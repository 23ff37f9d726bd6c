"""B16: a convolutional network with one layer of filters."""

from __future__ import annotations

from collections.abc import Mapping

from nnviz.experiments.catalogue.common import ADADELTA, Plain, conv, dense, dropped, network
from nnviz.experiments.claims import Accuracy, Printed, Within
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value
from nnviz.jobs import read_spec

QUICK = {"data.train": 2_000, "data.test": 1_000, "training.epochs": 4}


def filters(kernel_size: int) -> Plain:
    return network([*conv(16, kernel_size), dropped()], ADADELTA, activation="relu", batch_size=128)


def measure(results: Results) -> Mapping[str, Value]:
    """share: how many times as many parameters 784-512-512-10 has."""
    large = read_spec(network(dense(512, 512), ADADELTA))
    return {"share": large.parameters // results.runs["conv"][0].spec.parameters}


RECIPE = Recipe(
    id="B16",
    title="A convolutional network",
    question="Does a network with the parameters of 784-30-10 get better when it shares its weights over the picture?",
    look="The sixteen filters while they learn: strokes in different directions. The feature maps of one digit show "
    "where each of them answers.",
    figure="23,466 parameters, 1/28 of 784-512-512-10's; training 0.9927, test 0.9874 (126 wrong)",
    place=Place("convolution"),
    cases=(
        Case(
            "conv",
            "Convolution, 16 of 5×5",
            filters(5),
            quick=QUICK,
            preset="Sixteen small filters slide over the picture, the same weights at every place: as many parameters "
            "as 784-30-10, and two thirds of its mistakes gone.",
            figure="test 0.9874",
        ),
        Case("kernel3", "Convolution, 16 of 3×3", filters(3), quick=QUICK),
        Case("kernel7", "Convolution, 16 of 7×7", filters(7), quick=QUICK),
    ),
    measure=measure,
    values=("share",),
    claims=(
        Printed(what="parameters", of="conv:parameters", lecture=23_466, places=0),
        Printed(what="how many times as many 784-512-512-10 has", of="value:share", lecture=28, places=0),
        Accuracy(what="test accuracy", of="conv:test.accuracy", lecture=0.9874, quick_least=0.75),
        Accuracy(what="training accuracy", of="conv:train.accuracy", lecture=0.9927),
        Within(what="test accuracy with kernels of 3×3", of="kernel3:test.accuracy", lecture="an exercise", low=0.98),
        Within(what="test accuracy with kernels of 7×7", of="kernel7:test.accuracy", lecture="an exercise", low=0.98),
    ),
    guess=NumberGuess(
        question="How many of the 10,000 test digits will it get wrong?", of="conv:wrong", low=0, high=500, step=10
    ),
    ours=("batch of 128", "dropout before the output layer", "Adadelta with the learning rate 1.0 of its time"),
    seconds=90.0,
)
