"""A7: a network from scratch tells MNIST's zeros from its ones by two numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.data import load
from nnviz.experiments.catalogue.common import dense, network, sgd
from nnviz.experiments.claims import Accuracy, Number, Order, Printed, Within
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import NothingThereError, Results, Value
from nnviz.models import initial_weights
from nnviz.models.forward import predict
from nnviz.models.weights import flat_to_weights
from nnviz.spec import RunSpec

BINS = 50
DATA: dict[str, Any] = {"name": "zeros_ones", "train": 12_665, "validation": 0, "test": 2_115, "scale": False}


def from_scratch(
    *units: int, rate: float, batch_size: int, initializer: str = "random_normal", epochs: int = 20, **data: Any
) -> dict[str, Any]:
    """The lecture's own network in NumPy: sigmoids, ½‖y − t‖², biases N(0, 1), one output for each class."""
    return network(
        dense(*units), sgd(rate), loss="half_squared_error", output="sigmoid", initializer=initializer,
        bias="random_normal", family="scratch", batch_size=batch_size, epochs=epochs, data=data or None,
    )  # fmt: skip


def overlap(values: NDArray[np.float32], own: NDArray[np.bool_]) -> float:
    """How much of two histograms of BINS bins from 0 to 1, of one class's samples and of the others', lies over each
    other: 0 apart, 1 the same."""
    each = [np.histogram(values[rows], BINS, (0, 1))[0] / max(1, rows.sum()) for rows in (own, ~own)]
    return float(np.minimum(*each).sum())


def measure(results: Results) -> dict[str, Value]:
    run = results.runs["scratch"][0]
    assert isinstance(run.spec, RunSpec)
    arrays = run.frame("network")
    if arrays is None:
        raise NothingThereError("network: this run left no weights")
    data = load(run.spec.data)
    x, y = data.inputs("train"), data.labels("train")
    before = predict(run.spec, initial_weights(run.spec), x)[0]
    after = predict(run.spec, flat_to_weights(run.spec, arrays["weights"]), x)[0]
    return {
        "before": max(overlap(before[:, k], y == k) for k in (0, 1)),
        "after": max(overlap(after[:, k], y == k) for k in (0, 1)),
    }


PLAIN = from_scratch(5, rate=1.0, batch_size=30, **DATA)
PLAIN["model"]["outputs"] = "per_class"
RECIPE = Recipe(
    id="A7",
    title="A network from scratch, on two numbers of a digit",
    question="Can a network of nine neurons tell a 0 from a 1 by how much ink there is, and how much in the middle?",
    look="The border between the classes, a straight line at first. The lecture draws histograms of each output for "
    "each class: over each other before the training, at opposite ends after it.",
    figure="epochs 1–4 accuracy 0.917, 0.9365, 0.9455, 0.9655; epoch 20: training 0.0075/0.9928, test 0.0055/0.9957",
    place=Place("playground"),
    cases=(
        Case(
            "scratch", "2-5-2 from scratch", PLAIN,
            quick={"data.train": 3_000, "data.test": 1_000}, figure="test 0.9957",
        ),
    ),
    measure=measure,
    values=("before", "after"),
    seeds=5,
    claims=(
        Printed(what="parameters", of="parameters", lecture=27, places=0),
        Accuracy(what="accuracy after epoch 1", of="accuracy@1", lecture=0.917),
        Accuracy(what="accuracy after epoch 2", of="accuracy@2", lecture=0.9365),
        Accuracy(what="accuracy after epoch 3", of="accuracy@3", lecture=0.9455),
        Accuracy(what="accuracy after epoch 4", of="accuracy@4", lecture=0.9655),
        Number(what="loss after epoch 1", of="loss@1", lecture=0.0904, within=0.4, share=True),
        Accuracy(what="test accuracy", of="test.accuracy", lecture=0.9957, quick_least=0.95),
        Number(what="test loss", of="test.loss", lecture=0.0055, within=0.2, share=True),
        Accuracy(what="training accuracy", of="train.accuracy", lecture=0.9928),
        Number(what="training loss", of="train.loss", lecture=0.0075, within=0.2, share=True),
        Order(
            what="how much the histograms of the two classes overlap, before and after the training",
            of=("value:before", "value:after"), lecture="over each other before, apart after", by=0.25,
        ),
        Within(
            what="their overlap after the training", of="value:after", high=0.05, lecture="at opposite ends",
        ),
    ),
    guess=NumberGuess(
        question="Two numbers of each digit, 27 parameters: what share of the 2,115 test digits will it get right?",
        of="test.accuracy", low=0.5, high=1.0, step=0.005, unit="%",
    ),
    ours=(
        "all 12,665 zeros and ones to learn from, all 2,115 of the test set",
        "the two means as they are, from 0 to 1: centred and widened, as the Playground’s inputs usually are, the "
        "network is at 99 % after the first epoch",
    ),
    seconds=1.2,
)  # fmt: skip
