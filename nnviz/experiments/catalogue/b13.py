"""B13: sigmoid, tanh and ReLU."""

from __future__ import annotations

from nnviz.experiments.catalogue.common import dense, network, sgd
from nnviz.experiments.catalogue.improving import QUICK
from nnviz.experiments.claims import Order, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe


def wide(activation: str, rate: float) -> dict[str, object]:
    return network(dense(256, 256), sgd(rate), activation=activation, epochs=40, batch_size=128)


RECIPE = Recipe(
    id="B13",
    title="Activations: sigmoid, tanh and ReLU",
    question="With two wide layers, does it matter which function the neurons have?",
    look="The first epochs: the sigmoid's curve starts late, although its learning rate is five times as large. "
    "Gradients of the first layer: the sigmoid passes on at most a quarter in each layer, ReLU all of it.",
    figure="ReLU is better",
    place=Place("digits"),
    cases=(
        Case(
            "sigmoid",
            "784-256-256-10, sigmoid",
            wide("sigmoid", 1.0),
            quick=QUICK,
            preset="Two wide layers whose gradients the sigmoid makes small; compare with ReLU.",
        ),
        Case("tanh", "784-256-256-10, tanh", wide("tanh", 0.2), quick=QUICK),
        Case(
            "relu",
            "784-256-256-10, ReLU",
            wide("relu", 0.2),
            quick=QUICK,
            preset="The same with max(0, z), which passes its gradient on undiminished.",
        ),
    ),
    claims=(
        Order(
            what="training loss of epoch 1: sigmoid, ReLU",
            of=("sigmoid:loss@1", "relu:loss@1"),
            lecture="ReLU learns faster",
            by=0.1,
            quick=True,
        ),
        Order(
            what="test accuracy: ReLU, sigmoid",
            of=("relu:test.accuracy", "sigmoid:test.accuracy"),
            lecture="ReLU is better",
            why="After 40 epochs both have learned the training images by heart; what is left between them is less "
            "than between two trainings of the same network. ReLU is there much earlier, as its loss of epoch 1 says.",
        ),
        Within(what="test accuracy with ReLU", of="relu:test.accuracy", lecture="above 784-30-10's", low=0.975),
    ),
    guess=ChoiceGuess(
        question="Which is the most accurate on the test digits after 40 epochs?",
        options=("sigmoid", "tanh", "ReLU"),
        of=("sigmoid:test.accuracy", "tanh:test.accuracy", "relu:test.accuracy"),
    ),
    seeds=3,
    ours=("batches of 128", "tanh with the learning rate of ReLU, 0.2"),
    seconds=300.0,
)
