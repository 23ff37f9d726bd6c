"""B11: the size of a mini-batch."""

from __future__ import annotations

from collections.abc import Mapping

from nnviz.experiments.catalogue.improving import QUICK_LONG, long, wobble
from nnviz.experiments.claims import Order
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value

SIZES = (10, 30, 300)
EARLY = 20
"""Epochs that raggedness is measured in: later nothing is left to learn."""


def measure(results: Results) -> Mapping[str, Value]:
    """How ragged the validation loss of each is in the first epochs."""
    return {f"ragged{size}": wobble(results.runs[f"batch{size}"][0].curve("val_loss")[1][:EARLY]) for size in SIZES}


RECIPE = Recipe(
    id="B11",
    title="The size of a mini-batch",
    question="Is it better to learn from 10 images at a time, or from 300?",
    look="The validation curves of the first epochs: with 10 images a step they jump, with 300 they are smooth. But an "
    "epoch has thirty times fewer steps.",
    figure="smoother with larger batches, fewer updates",
    place=Place("digits"),
    cases=tuple(
        Case(
            f"batch{size}",
            f"batches of {size}",
            long(data={"validation": 10_000}, batch_size=size),
            quick={**QUICK_LONG, "data.validation": 1_000},
        )
        for size in SIZES
    ),
    measure=measure,
    values=tuple(f"ragged{size}" for size in SIZES),
    claims=(
        Order(
            what="how ragged the validation loss is: 10, 30, 300",
            of=tuple(f"value:ragged{size}" for size in SIZES),
            lecture="smoother with larger batches",
            why="300 is the smoothest by far. Between 10 and 30, at the learning rate 1, a few single jumps of one "
            "curve decide (30 after epoch 10: from 0.20 to 0.37 and back), and one seed has too few of them to tell.",
        ),
        Order(
            what="updates: 10, 30, 300",
            of=tuple(f"batch{size}:steps" for size in SIZES),
            lecture="fewer with larger batches",
            quick=True,
        ),
        Order(
            what="validation loss of epoch 1: 300, 30",
            of=("batch300:val_loss@1", "batch30:val_loss@1"),
            lecture="slower with few updates",
            quick=True,
        ),
    ),
    guess=ChoiceGuess(
        question="The learning rate is the same. Which has the lowest validation loss after the first epoch?",
        options=tuple(map(str, SIZES)),
        of=tuple(f"batch{size}:val_loss@1" for size in SIZES),
        least=True,
    ),
    ours=("learning rate 1 for all three", "10,000 images, 10,000 for validation"),
    seconds=13.0,
)
