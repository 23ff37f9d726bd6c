"""A10: weights at the start that are smaller the more inputs a neuron has."""

from __future__ import annotations

import numpy as np

from nnviz.experiments.catalogue import a8
from nnviz.experiments.catalogue.a7 import from_scratch
from nnviz.experiments.claims import Accuracy, Difference, Number, Order
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value
from nnviz.initializers import INITIALIZERS

INPUTS, NEURONS = 784, 2_000


def width(initializer: str) -> float:
    """Standard deviation of a sum of INPUTS weights as this draws them: of a neuron whose inputs are all 1."""
    kernel = INITIALIZERS[initializer].draw(np.random.default_rng(0), (INPUTS, NEURONS))
    return float(kernel.sum(0).std())


def measure(results: Results) -> dict[str, Value]:
    return {
        "wide_sum": width("random_normal"),
        "narrow_sum": width("scaled_normal"),
        "gain": results.mean("narrow:test.accuracy") - results.mean("wide:test.accuracy"),
    }


RECIPE = Recipe(
    id="A10",
    title="Smaller weights at the start",
    question="Does a network learn faster if its weights begin smaller?",
    look="The two accuracy curves in the first epochs. With N(0, 1) the sum of a hidden neuron is so large that its "
    "sigmoid is stuck at 0 or 1, where it has no slope.",
    figure="training 0.0225/0.9752, test 0.0365/0.9584 instead of 0.9486; “learning speed is already much faster”",
    place=Place("digits"),
    cases=(
        Case(
            "narrow", "From scratch, weights N(0, 1)/√N",
            from_scratch(30, rate=3.0, batch_size=10, initializer="scaled_normal"), quick=a8.QUICK,
            preset="A sum of N terms has width √N: smaller starting weights, and the sigmoids are not stuck at their "
            "ends.",
            figure="test 0.9584",
        ),
        Case("wide", "From scratch, weights N(0, 1)", from_scratch(30, rate=3.0, batch_size=10), quick=a8.QUICK),
    ),
    measure=measure,
    values=("wide_sum", "narrow_sum", "gain"),
    seeds=5,
    claims=(
        Accuracy(
            what="test accuracy with N(0, 1)/√N", of="narrow:test.accuracy", lecture=0.9584, quick_least=0.8
        ),
        Accuracy(what="test accuracy with N(0, 1)", of="wide:test.accuracy", lecture=0.9486, quick_least=0.75),
        Difference(
            what="the difference of the two", of=("narrow:test.accuracy", "wide:test.accuracy"), lecture=0.0098
        ),
        Accuracy(what="training accuracy with N(0, 1)/√N", of="narrow:train.accuracy", lecture=0.9752),
        Number(what="training loss", of="narrow:train.loss", lecture=0.0225, within=0.1, share=True, better="lower"),
        Number(what="test loss", of="narrow:test.loss", lecture=0.0365, within=0.1, share=True, better="lower"),
        Order(
            what="accuracy during the first epoch", of=("narrow:accuracy@1", "wide:accuracy@1"),
            lecture="much faster from the first epochs", by=0.02, quick=True,
        ),
        Number(
            what="width of a sum of 784 weights from N(0, 1)", of="value:wide_sum", lecture=28.0, within=0.05,
            share=True, quick=True,
        ),
        Number(
            what="width of a sum of 784 weights from N(0, 1)/√784", of="value:narrow_sum", lecture=1.0, within=0.05,
            share=True, quick=True,
        ),
    ),
    guess=NumberGuess(
        question="By how much will the test accuracy rise when the weights begin √N times as small?",
        of="value:gain", low=-0.02, high=0.05, step=0.001, unit="%",
    ),
    ours=("the same five seeds for both",),
    seconds=60.0,
)  # fmt: skip
