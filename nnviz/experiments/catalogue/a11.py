"""A11: the exercises: the donuts with a network, 100 hidden neurons, other batches and rates."""

from __future__ import annotations

from typing import Any

from nnviz.experiments.catalogue import a8
from nnviz.experiments.catalogue.a7 import from_scratch
from nnviz.experiments.catalogue.common import dense, sgd
from nnviz.experiments.claims import Order, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe

DONUTS: dict[str, Any] = {
    "data": {"name": "donuts", "noise": 0.1, "train": 200, "validation": 0, "test": 500},
    "model": {"layers": dense(8, 8)},
    "training": {"optimizer": sgd(0.03), "epochs": 300},
}


def variant(name: str, title: str, units: int = 30, rate: float = 3.0, batch_size: int = 10) -> Case:
    plain = from_scratch(units, rate=rate, batch_size=batch_size, initializer="scaled_normal")
    return Case(name, title, plain, quick=a8.QUICK)


RECIPE = Recipe(
    id="A11",
    title="Exercises: another width, batch and rate",
    question="Which is better: more neurons, larger batches, another learning rate?",
    look="The curves over each other. A larger batch has fewer updates in an epoch, a small rate smaller ones.",
    figure="(open: the donuts with a network; 100 hidden neurons; other batch sizes and learning rates)",
    place=Place("playground"),
    cases=(
        Case("donuts", "donuts, 2-8-8-1", DONUTS),
        variant("narrow", "784-30-10, batch 10, η = 3"),
        variant("hundred", "784-100-10", units=100),
        variant("batch100", "batch 100", batch_size=100),
        variant("slow", "η = 0.3", rate=0.3),
        variant("fast", "η = 30", rate=30.0),
    ),
    seeds=2,
    claims=(
        Within(
            what="donuts: test accuracy of 2-8-8-1", of="donuts:test.accuracy", low=0.9,
            lecture="a network does it, too (the exercise)", quick=True,
        ),
        Order(
            what="test accuracy of 100 hidden neurons and of 30",
            of=("hundred:test.accuracy", "narrow:test.accuracy"), lecture="more neurons (the exercise)",
        ),
        Order(
            what="accuracy in the first epoch with batches of 10 and of 100, ten times fewer updates",
            of=("narrow:accuracy@1", "batch100:accuracy@1"), lecture="other batch sizes (the exercise)", by=0.05,
            quick=True,
        ),
        Order(
            what="accuracy in the first epoch with η = 3 and with 0.3",
            of=("narrow:accuracy@1", "slow:accuracy@1"), lecture="too small a rate is slow (the exercise)", by=0.05,
            quick=True,
        ),
        Order(
            what="test accuracy with η = 3 and with 30",
            of=("narrow:test.accuracy", "fast:test.accuracy"), lecture="too large a rate (the exercise)", by=0.05,
            quick=True,
        ),
    ),
    guess=ChoiceGuess(
        question="Which change of 784-30-10 (batch 10, η = 3) gives the best test accuracy?",
        options=("100 hidden neurons", "batches of 100", "η = 0.3", "η = 30"),
        of=("hundred:test.accuracy", "batch100:test.accuracy", "slow:test.accuracy", "fast:test.accuracy"),
    ),
    ours=("weights N(0, 1)/√N at the start", "batch 100, and η = 0.3 and 30, each changed alone"),
    seconds=54.0,
)  # fmt: skip
