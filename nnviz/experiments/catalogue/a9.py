"""A9: a network that is trained for long on few samples learns them by heart."""

from __future__ import annotations

from typing import Any

from nnviz.experiments.catalogue.a7 import from_scratch
from nnviz.experiments.catalogue.common import dense
from nnviz.experiments.claims import Order, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value

EARLY, LAST = 5, 100


def plane(*units: int) -> dict[str, Any]:
    """A network on 100 noisy samples in the plane, of which one of six lies on the wrong side of any border."""
    return {
        "data": {"name": "circle", "noise": 0.5, "train": 100, "validation": 0, "test": 2_000},
        "model": {"layers": dense(*units), "activation": "tanh", "initializer": "glorot_uniform"},
        "training": {
            "loss": "binary_crossentropy", "optimizer": {"name": "adam", "learning_rate": 0.03}, "batch_size": 10,
            "epochs": LAST,
        },
    }  # fmt: skip


def measure(results: Results) -> dict[str, Value]:
    def apart(column: str, epoch: int) -> float:
        return results.mean(f"digits:val_{column}@{epoch}") - results.mean(f"digits:{column}@{epoch}")

    return {
        "early": apart("loss", EARLY), "late": apart("loss", LAST),
        "early_accuracy": -apart("accuracy", EARLY), "late_accuracy": -apart("accuracy", LAST),
    }  # fmt: skip


RECIPE = Recipe(
    id="A9",
    title="Overtraining",
    question="What happens if a network learns a small sample for a hundred epochs?",
    look="The two curves: the training loss goes on falling, the loss of the digits that it never sees does not.",
    figure="the curves of training and test drift apart; a more complex network overfits more",
    place=Place("digits"),
    cases=(
        Case(
            "digits", "784-30-10 on 1,000 digits",
            from_scratch(
                30, rate=3.0, batch_size=10, epochs=LAST, name="mnist", train=1_000, validation=2_000
            ),
            quick={"data.test": 1_000},
        ),
        Case("simple", "2-4-1 on 100 noisy samples", plane(4)),
        Case("complex", "2-30-30-1 on the same", plane(30, 30)),
    ),
    measure=measure,
    values=("early", "late", "early_accuracy", "late_accuracy"),
    seeds=3,
    claims=(
        Order(
            what="the held digits’ loss above the training loss, after 100 epochs and after 5",
            of=("value:late", "value:early"), lecture="the curves drift apart", by=0.03, quick=True,
        ),
        Order(
            what="the same of the accuracies", of=("value:late_accuracy", "value:early_accuracy"),
            lecture="the curves drift apart", by=0.03, quick=True,
        ),
        Within(
            what="training accuracy minus test accuracy at the end", of="digits:gap", low=0.05,
            lecture="a gap", quick=True,
        ),
        Order(
            what="training accuracy minus test accuracy of a complex network and of a simple one",
            of=("complex:gap", "simple:gap"), lecture="a more complex network overfits more", by=0.05, quick=True,
        ),
        Order(
            what="test loss of the complex network and of the simple one",
            of=("complex:test.loss", "simple:test.loss"), lecture="a more complex network overfits more", quick=True,
        ),
        Order(
            what="test accuracy of the simple network and of the complex one",
            of=("simple:test.accuracy", "complex:test.accuracy"), lecture="a more complex network overfits more",
            quick=True,
        ),
    ),
    guess=ChoiceGuess(
        question="100 noisy samples in the plane. Which network tells more of 2,000 new ones right: 2-4-1 with 17 "
        "parameters, or 2-30-30-1 with 1,051?",
        options=("2-4-1", "2-30-30-1"), of=("simple:test.accuracy", "complex:test.accuracy"),
    ),
    ours=(
        "1,000 digits to learn from, 2,000 others as the curve of those that it never sees",
        "the complex and the simple network on noisy samples in the plane: of 784 pixels also 30 neurons learn 1,000 "
        "digits by heart, and 100 with the smaller weights of A10 do no worse",
    ),
    seconds=1.8,
)  # fmt: skip
