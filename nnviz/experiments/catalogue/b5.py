"""B5: L1 and L2 weight decay."""

from __future__ import annotations

from collections.abc import Mapping

from nnviz.approximation.polynomial import fit, noisy_sine, true_error
from nnviz.experiments.catalogue.improving import LONG_BATCHES, QUICK_LONG, long
from nnviz.experiments.claims import Order
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value

SAMPLES, NOISE, SEED, DEGREE, DECAY = 7, 0.3, 1, 5, 0.1
"""Of the polynomial: what the room Approximation opens with."""


def measure(_: Results) -> Mapping[str, Value]:
    """A polynomial of degree 5 through seven samples without and with decay: |w₅|, and its error away from them."""
    points = noisy_sine(SAMPLES, NOISE, SEED)
    plain, decayed = (fit(points, DEGREE, decay) for decay in (0.0, DECAY))
    return {
        "w5": float(abs(plain[DEGREE])),
        "w5_decayed": float(abs(decayed[DEGREE])),
        "error": true_error(plain),
        "error_decayed": true_error(decayed),
    }


def punished(name: str, rate: float) -> dict[str, object]:
    return {"name": name, "rate": rate, "on": "output"}


RECIPE = Recipe(
    id="B5",
    title="L1 and L2 weight decay",
    question="Does a penalty on large weights keep a network from learning its training images by heart?",
    look="The gap between the training and the test curve, and the histogram of the output weights: L2 keeps them "
    "small, L1 makes most of them next to 0.",
    figure="a smaller gap; a polynomial of degree 5 whose high terms are shrunk",
    place=Place("digits"),
    cases=(
        Case(
            "l2",
            "784-30-10 with L2 weight decay",
            long(regularizer=punished("l2", 0.01)),
            quick=QUICK_LONG,
            preset="Small weights, a smaller gap. As in the lecture, the penalty is on the output layer alone.",
        ),
        Case("l1", "784-30-10 with L1 weight decay", long(regularizer=punished("l1", 0.001)), quick=QUICK_LONG),
        Case("none", "784-30-10 without", long(), quick=QUICK_LONG),
    ),
    measure=measure,
    values=("w5", "w5_decayed", "error", "error_decayed"),
    claims=(
        Order(
            what="gap of training and test accuracy: without, with L2",
            of=("none:gap", "l2:gap"),
            lecture="smaller with L2",
            by=0.003,
        ),
        Order(
            what="gap of training and test accuracy: without, with L1",
            of=("none:gap", "l1:gap"),
            lecture="smaller with L1",
            by=0.003,
        ),
        Order(
            what="|w₅| of a polynomial of degree 5: without, with decay",
            of=("value:w5", "value:w5_decayed"),
            lecture="its high terms are shrunk",
            quick=True,
        ),
        Order(
            what="its error where there are no samples: without, with decay",
            of=("value:error", "value:error_decayed"),
            lecture="smaller with decay",
            quick=True,
        ),
    ),
    guess=ChoiceGuess(
        question="Which of the three has the smallest gap between training and test accuracy?",
        options=("L2", "L1", "no penalty"),
        of=("l2:gap", "l1:gap", "none:gap"),
        least=True,
    ),
    ours=(LONG_BATCHES, "100 epochs", "L1 with 0.001, on the output layer, too"),
    seconds=15.0,
)
