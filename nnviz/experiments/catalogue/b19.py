"""B19: the error of an accuracy."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from nnviz.experiments.catalogue.improving import QUICK, small
from nnviz.experiments.claims import Printed, Within, interval
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value
from nnviz.stopping import accuracy_interval

SAMPLES, DIGITS = 2_000, 1_000


def half_width(accuracy: float, n: int) -> float:
    """± of an accuracy measured on n images, in percent: 1.96·√(p(1 − p)/n)."""
    _, low, high, _ = interval([accuracy], n)
    return 50 * (high - low)


def needed(accuracy: float, half: float) -> int:
    """Test images for which ± is `half`, in percent."""
    n = 1
    while half_width(accuracy, n) > half:
        n *= 2
    low, high = n // 2, n
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if half_width(accuracy, middle) > half else (low, middle)
    return high


def covered(accuracy: float) -> float:
    """The share of many small test sets of 1,000 digits, drawn from as many as there are, in whose interval (Wilson's,
    which the pages show) the accuracy on all of them lies."""
    right = np.random.default_rng(19).binomial(DIGITS, accuracy, SAMPLES)
    bounds = [accuracy_interval(float(k), DIGITS) for k in right]
    return sum(low <= accuracy <= high for low, high in bounds) / SAMPLES


def measure(results: Results) -> Mapping[str, Value]:
    found = results.mean("small:test.accuracy")
    return {
        "half": half_width(0.995, 10_000),
        "half_hundred": half_width(0.995, 100),
        "deviation": 100 * math.sqrt(0.995 * 0.005 / 10_000),
        "needed": needed(0.995, 0.05),
        "covered": covered(found),
    }


RECIPE = Recipe(
    id="B19",
    title="The error of an accuracy",
    question="A network gets 99.5 % of 10,000 test digits right. How far may that be from the truth?",
    look="The band around every accuracy on these pages. With 100 test digits it is so wide that most of the lecture's "
    "networks could not be told apart.",
    figure="99.5 ± ? %: a question",
    place=Place("digits"),
    cases=(Case("small", "784-30-10, softmax", small(), quick=QUICK),),
    measure=measure,
    values=("half", "half_hundred", "deviation", "needed", "covered"),
    claims=(
        Printed(
            what="standard deviation of 99.5 % of 10,000 images, %: √(p(1 − p)/n)",
            of="value:deviation",
            lecture=0.07,
            places=2,
        ),
        Printed(what="±, 95 %, of 99.5 % of 10,000 images, %", of="value:half", lecture=0.14, places=2),
        Within(
            what="test images for ± 0.05 %",
            of="value:needed",
            lecture="some 76,000",
            low=76_000,
            high=77_000,
            quick=True,
        ),
        Within(
            what="test sets of 1,000 digits whose interval holds B3's accuracy, share",
            of="value:covered",
            lecture="95 %",
            low=0.93,
            high=0.97,
            quick=True,
        ),
    ),
    guess=NumberGuess(
        question="99.5 % of 10,000 test digits are right. Within ± how many percent does the true accuracy lie, with "
        "95 % certainty?",
        of="value:half",
        low=0.0,
        high=1.0,
        step=0.01,
    ),
    ours=("the lecture asks; its figures here are the formula's", "95 %, the normal approximation of the binomial"),
    seconds=6.0,
)
