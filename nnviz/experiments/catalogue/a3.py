"""A3: a kernel SVM on all pixels."""

from __future__ import annotations

from typing import Any

from nnviz.data import load
from nnviz.experiments.claims import Number, Order, Printed
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import NothingThereError, Results, Value
from nnviz.models.predictor import predictor
from nnviz.spec import RunSpec

FIRST = 100


def svm(train: int = 10_000, **model: Any) -> dict[str, Any]:
    return {"data": {"name": "mnist", "train": train, "validation": 0}, "model": {"family": "svm", **model}}


def measure(results: Results) -> dict[str, Value]:
    run = results.runs["rbf"][0]
    arrays = run.frame("weights")
    assert isinstance(run.spec, RunSpec)
    if arrays is None:
        raise NothingThereError("weights: this run left no support vectors")
    data = load(run.spec.data)
    wrong = predictor(run.spec, arrays).predicted(data.inputs("test", slice(0, FIRST))) != data.labels("test")[:FIRST]
    return {"support": len(arrays["support"]), "wrong_first": int(wrong.sum())}


QUICK = {"data.train": 1_000, "data.test": 500}
RECIPE = Recipe(
    id="A3",
    title="A kernel SVM on all pixels",
    question="How well does a support vector machine read digits, which has no layers at all?",
    look="One mistake in the first 100 test digits. More than half of the training digits are support vectors: it "
    "keeps them and compares each new digit with all of them.",
    figure="10,000 images, C = 5, γ = 0.05: training 1.0, test 0.9664, 6,202 support vectors; about 0.984 with 60,000; "
    "linear about 92 %; 1 error in the first 100",
    place=Place("digits"),
    cases=(
        Case(
            "rbf", "Kernel SVM on all pixels", svm(kernel="rbf", C=5, gamma=0.05), quick=QUICK, seeded=False,
            preset="No layers: a digit is compared with thousands of training digits. The first 10,000 images, C = 5, "
            "γ = 0.05.",
            figure="test 0.9664, training 1.0",
        ),
        Case("linear", "linear, C = 1", svm(kernel="linear"), quick=QUICK, seeded=False),
        Case("then", "the library’s default of then, γ = 1/784", svm(gamma="auto"), quick=QUICK, seeded=False),
        Case("today", "the library’s default of today", svm(gamma="scale"), quick=QUICK, seeded=False),
        Case(
            "all", "all 60,000 images", svm(60_000, kernel="rbf", C=5, gamma=0.05),
            quick={"data.train": 2_000, "data.test": 500}, seeded=False,
        ),
    ),
    measure=measure,
    values=("support", "wrong_first"),
    claims=(
        Printed(what="training accuracy", of="rbf:train.accuracy", lecture=1.0, places=4, quick=False),
        Printed(what="test accuracy", of="rbf:test.accuracy", lecture=0.9664, places=4, quick=False),
        Printed(what="support vectors", of="value:support", lecture=6_202, places=0, quick=False),
        Printed(what="errors in the first 100 test digits", of="value:wrong_first", lecture=1, places=0, quick=False),
        Number(
            what="test accuracy with all 60,000 images", of="all:test.accuracy", lecture=0.984, within=0.002
        ),
        Number(what="test accuracy of the linear kernel", of="linear:test.accuracy", lecture=0.92, within=0.005),
        Number(
            what="test accuracy of the library’s default of then, γ = 1/784 (by scikit-learn; the lecture compares "
            "without a figure)",
            of="then:test.accuracy", lecture=0.9213, within=0.00005,
        ),
        Number(
            what="… and of its default of today, γ = 1/(784 · variance)", of="today:test.accuracy", lecture=0.9594,
            within=0.00005,
        ),
        Order(
            what="test accuracy of C = 5, γ = 0.05, and of the default of then",
            of=("rbf:test.accuracy", "then:test.accuracy"), lecture="C and γ matter", by=0.02,
        ),
        Order(
            what="… and of the linear kernel", of=("rbf:test.accuracy", "linear:test.accuracy"),
            lecture="bumps are better than planes", by=0.02,
        ),
    ),
    guess=NumberGuess(
        question="Of 10,000 training digits, how many are support vectors?",
        of="value:support", low=0, high=10_000, step=100,
    ),
    ours=("C = 1, the library’s, for the linear kernel and for its default kernel; linear with C = 5 has 0.9124",),
    seconds=560.0,
)  # fmt: skip
