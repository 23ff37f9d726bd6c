"""A5: a sigmoid neuron answers to a small change of its weights by a small change, a perceptron by a jump."""

from __future__ import annotations

from nnviz.experiments.claims import Printed, Within
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Place, Recipe
from nnviz.experiments.results import Results, Value
from nnviz.neuron.outputs import Change, change

AT, WEIGHTS, BIAS = (1.0, 1.0), (2.0, 2.0), -3.9
"""The sum is 0.1: a little above the threshold."""
DELTA = (-0.2, 0.0, 0.0)


def _size(found: Change) -> float:
    return abs(found.error / found.true)


def measure(_: Results) -> dict[str, Value]:
    jump = change("step_above", AT, WEIGHTS, BIAS, DELTA)
    smooth = change("sigmoid", AT, WEIGHTS, BIAS, DELTA)
    # Where the sigmoid is bent: at z = 0.1 it is almost a straight line.
    bent, halved = (change("sigmoid", AT, WEIGHTS, -3.0, (size, -size / 2, size / 2)) for size in (0.2, 0.1))
    return {
        "jump": jump.true,
        "true": smooth.true,
        "predicted": smooth.predicted,
        "off": _size(smooth),
        "off_bent": _size(bent),
        "halved": abs(bent.error / halved.error),
    }


RECIPE = Recipe(
    id="A5",
    title="A sigmoid neuron beside the perceptron",
    question="What does a small change of a weight do to the output of a neuron?",
    look="Both neurons get the same weights, the same point and the same change. Look at the diamond on each curve.",
    figure="ΔO ≈ Σ ∂O/∂w Δw + ∂O/∂b Δb for the sigmoid neuron; the perceptron stays or jumps",
    place=Place("neuron", {"gate": "and", "weights": "2,2,-3.9", "change": "-0.2,0,0", "at": "1,1"}),
    measure=measure,
    values=("jump", "true", "predicted", "off", "off_bent", "halved"),
    claims=(
        Printed(
            what="the perceptron’s output after Δw₁ = −0.2, from a sum of 0.1: it jumps from 1 to 0",
            of="value:jump", lecture=-1.0, places=0,
        ),
        Within(
            what="the sigmoid neuron’s output after the same change",
            of="value:true", low=-0.06, high=0.0, lecture="a small change",
        ),
        Within(
            what="how far Σ ∂O/∂w Δw + ∂O/∂b Δb is from it, as a share",
            of="value:off", high=0.01, lecture="ΔO ≈ Σ ∂O/∂w Δw + ∂O/∂b Δb", quick=True,
        ),
        Within(
            what="the same where the sigmoid is bent, at z = 1",
            of="value:off_bent", high=0.1, lecture="ΔO ≈ Σ ∂O/∂w Δw + ∂O/∂b Δb", quick=True,
        ),
        Within(
            what="how many times smaller that error gets with half of the change",
            of="value:halved", low=3.5, high=4.5, lecture="≈: the error is of second order, a quarter", quick=True,
        ),
    ),
    guess=NumberGuess(
        question="A sigmoid neuron with the sum 0.1 answers 0.525. Its weight falls by 0.2 at an input of 1. By how "
        "much does the output change?",
        of="value:true", low=-1.0, high=0.0, step=0.01,
    ),
    ours=("weights 2 and 2, bias −3.9, inputs 1 and 1", "Δw₁ = −0.2, the others 0"),
    seconds=0.1,
)  # fmt: skip
