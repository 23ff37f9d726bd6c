"""A1: kernel SVMs on double donuts, and on digits 0 and 1 by two numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnviz.experiments.claims import Number, Order, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value
from nnviz.models.kernels import Kernel

NARROW, MIDDLE, WIDE = 50.0, 0.5, 0.005
TODAY = 14.04496136
"""1/(features · variance) of the two numbers of the digits: what scikit-learn's gamma="scale" stands for there."""
THEN = 0.5
"""1/features: gamma="auto", the default until 0.22."""


def svm(kernel: str, gamma: float = MIDDLE, **more: Any) -> dict[str, Any]:
    """One SVM with C = 1 as a search that has one candidate: it is fitted to all training samples at the end."""
    return {
        "job": "grid_search", "kernel": kernel, "C": 1, "gamma": gamma, "C_values": [1], "gamma_values": [gamma],
        "folds": 2, **more,
    }  # fmt: skip


def digits(kernel: str, gamma: float = MIDDLE, **more: Any) -> dict[str, Any]:
    return svm(kernel, gamma, data="zeros_ones", train=12_665, test=2_115, noise=0, **more)


def half_width(gamma: float) -> float:
    """How far from its middle a bump exp(−γ r²) is half as high."""
    r = math.sqrt(math.log(2) / gamma)
    assert abs(float(Kernel("rbf", gamma)(np.array([[r]]), np.zeros((1, 1)))[0, 0]) - 0.5) < 1e-9
    return r


def measure(_: Results) -> dict[str, Value]:
    return {"narrow": half_width(NARROW), "middle": half_width(MIDDLE), "wide": half_width(WIDE)}


QUICK = {"train": 2_000, "test": 500}
RECIPE = Recipe(
    id="A1",
    title="Kernel SVMs: lines, bumps and polynomials",
    question="What border does each kernel draw, and what does γ do to it?",
    look="The region of each class. Turn γ: each support vector is a bump, wide where γ is small, narrow where it is "
    "large.",
    figure="decision regions on double donuts and on the digits 0 and 1 by two numbers; small γ = wide Gaussian, "
    "large γ = narrow",
    place=Place("kernels"),
    cases=(
        Case("rbf", "donuts, RBF, γ = 0.5", svm("rbf"), seeded=False),
        Case("linear", "donuts, linear", svm("linear"), seeded=False),
        Case("poly", "donuts, polynomial of degree 3, η = 1", svm("poly", coef0=1, degree=3), seeded=False),
        Case("narrow", "donuts, RBF, γ = 50", svm("rbf", NARROW), seeded=False),
        Case("wide", "donuts, RBF, γ = 0.005", svm("rbf", WIDE), seeded=False),
        Case("digits_linear", "0 and 1, linear", digits("linear"), quick=QUICK, seeded=False),
        Case("digits_rbf", "0 and 1, RBF, γ = 0.5", digits("rbf"), quick=QUICK, seeded=False),
        Case("digits_then", "0 and 1, polynomial, γ of then", digits("poly", THEN, coef0=0), quick=QUICK, seeded=False),
        Case("digits_now", "0 and 1, polynomial, today’s γ", digits("poly", TODAY, coef0=0), quick=QUICK, seeded=False),
    ),
    measure=measure,
    values=("narrow", "middle", "wide"),
    claims=(
        Within(
            what="donuts: test accuracy of the RBF kernel, γ = 0.5", of="rbf:best.test.accuracy", low=0.95,
            lecture="its border goes round both donuts", quick=True,
        ),
        Within(
            what="donuts: test accuracy of the linear kernel", of="linear:best.test.accuracy", high=0.6,
            lecture="no line parts them", quick=True,
        ),
        Within(
            what="donuts: test accuracy of a polynomial of degree 3, γ = 0.5, η = 1", of="poly:best.test.accuracy",
            low=0.8, lecture="a bent border", quick=True,
        ),
        Order(
            what="how far from its middle a bump is half as high, for γ = 0.005, 0.5 and 50",
            of=("value:wide", "value:middle", "value:narrow"), lecture="small γ = wide Gaussian, large γ = narrow",
            quick=True,
        ),
        Order(
            what="donuts: test accuracy for γ = 0.5 and for 50, where each training sample has its own hill",
            of=("rbf:best.test.accuracy", "narrow:best.test.accuracy"), lecture="too narrow is no better", by=0.05,
            quick=True,
        ),
        Order(
            what="donuts: test accuracy for γ = 0.5 and for 0.005, where all bumps are one flat hill",
            of=("rbf:best.test.accuracy", "wide:best.test.accuracy"), lecture="too wide is no better", by=0.05,
            quick=True,
        ),
        Within(
            what="0 and 1: test accuracy of the linear kernel", of="digits_linear:best.test.accuracy", low=0.98,
            lecture="a line is enough here", quick=True,
        ),
        Within(
            what="0 and 1: test accuracy of the RBF kernel", of="digits_rbf:best.test.accuracy", low=0.98,
            lecture="hardly another border", quick=True,
        ),
        Number(
            what="0 and 1: test accuracy of the polynomial with the library’s γ of then, 1/features (by scikit-learn; "
            "the lecture prints the region alone)",
            of="digits_then:best.test.accuracy", lecture=0.853, within=0.0005,
        ),
        Number(
            what="… and with today’s, 1/(features · variance)", of="digits_now:best.test.accuracy", lecture=0.996,
            within=0.0005,
        ),
    ),
    guess=ChoiceGuess(
        question="Two donuts beside each other, the hole of each filled with the other class. Which kernel tells most "
        "test samples right?",
        options=("linear: x·x′", "polynomial of degree 3", "RBF: a bump on each support vector"),
        of=("linear:best.test.accuracy", "poly:best.test.accuracy", "rbf:best.test.accuracy"),
    ),
    ours=(
        "donuts: 200 samples to learn from, 500 to test", "polynomials of degree 3, η = 1 on the donuts, 0 (the "
        "library’s) on the digits", "all 12,665 zeros and ones to learn from",
    ),
    seconds=4.3,
)  # fmt: skip
