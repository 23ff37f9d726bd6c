"""E8: three diagnoses, two questions, one nerve cell."""

from __future__ import annotations

from typing import Any

from nnviz.data import load
from nnviz.depth.linear import Stack, answer
from nnviz.diagnosis import guessing
from nnviz.experiments.catalogue.a9 import plane
from nnviz.experiments.claims import Printed, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import NothingThereError, Results, RunResult, Value
from nnviz.fit import fit, held_of
from nnviz.neuron.outputs import net_input, output
from nnviz.spec import RunSpec

THRESHOLD = -55.0
"""Of a nerve cell, in mV."""
NAMES = {"high_bias": 0, "high_variance": 1, "good_fit": 2}
LINEAR: dict[str, Any] = {**plane(), "data": {**plane()["data"], "noise": 0.0}}
CALM: dict[str, Any] = {**plane(8), "data": {"name": "circle", "noise": 0.0, "train": 500, "validation": 0,
                                             "test": 2_000}}  # fmt: skip


def diagnosis(run: RunResult) -> str:
    """What the dashboard says of a run that has ended, by its accuracies."""
    assert isinstance(run.spec, RunSpec)
    held = held_of(run.spec, run.result, {"val_accuracy": []}, 0)
    if held is None:
        raise NothingThereError("test: this run has no test accuracy")
    guess = guessing(run.spec, load(run.spec.data).labels("train"))[1]
    assert guess is not None
    return fit(run.spec, run.number("train.accuracy"), held, guess).id


def measure(results: Results) -> dict[str, Value]:
    said = {case: diagnosis(runs[0]) for case, runs in results.runs.items()}
    fires = output("step", net_input([[-70.0], [-55.1], [-55.0], [-40.0]], [1.0], -THRESHOLD))
    return {
        **said,
        "noisy": NAMES[said["by_heart"]],
        "linear_apart": answer(Stack(layers=2))["apart"],
        "tanh_apart": answer(Stack(layers=2, function="tanh"))["apart"],
        "fires": [int(one) for one in fires],
    }


RECIPE = Recipe(
    id="E8",
    title="Three diagnoses, and the nerve cell",
    question="What do the accuracies on training samples and on others say about a network?",
    look="Below the curves the dashboard says it in words, with the two numbers, and offers a remedy.",
    figure="high bias, high variance, good fit; a linear network of two layers against one of tanh; a nerve cell that "
    "fires at −55 mV",
    place=Place("playground"),
    cases=(
        Case("by_heart", "2-30-30-1 on 100 noisy samples", plane(30, 30)),
        Case("too_simple", "no hidden layer on a circle", LINEAR),
        Case("fits", "2-8-1 on a circle", CALM),
    ),
    measure=measure,
    values=("by_heart", "too_simple", "fits", "noisy", "linear_apart", "tanh_apart", "fires"),
    claims=(
        Printed(
            what="a line for a circle: few training samples right, few others", of="value:too_simple",
            lecture="high_bias", places=0,
        ),
        Printed(
            what="1,051 parameters for 100 noisy samples: many training samples right, fewer others",
            of="value:by_heart", lecture="high_variance", places=0,
        ),
        Printed(what="8 tanh neurons for a circle: both high", of="value:fits", lecture="good_fit", places=0),
        Within(
            what="how far two linear layers are from the one layer W₁W₂, at most", of="value:linear_apart",
            high=1e-9, lecture="a linear network of two layers is one layer", quick=True,
        ),
        Within(
            what="the same with tanh between them", of="value:tanh_apart", low=0.01, lecture="with tanh it is not",
            quick=True,
        ),
        Printed(
            what="a step with the threshold −55 as a nerve cell: at −70, −55.1, −55 and −40 mV", of="value:fires",
            lecture=[0, 0, 1, 1], places=0,
        ),
    ),
    guess=ChoiceGuess(
        question="94 % of the training samples are right, and 71 % of the others. What is it?",
        options=("high bias: too simple", "high variance: learned by heart", "a good fit"), of=("value:noisy",),
    ),
    ours=(
        "a circle of points in the plane for all three networks",
        "a cell that fires peaks at 35 mV, whatever the sum: that is the step’s 1",
    ),
    seconds=1.0,
)  # fmt: skip
