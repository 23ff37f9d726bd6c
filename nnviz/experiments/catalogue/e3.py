"""E3: a perceptron by hand."""

from __future__ import annotations

from nnviz.experiments.catalogue.a4 import table
from nnviz.experiments.claims import Printed
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Place, Recipe
from nnviz.experiments.results import Results, Value
from nnviz.neuron.gates import GATES

GATE = GATES["by_hand"]


def measure(_: Results) -> dict[str, Value]:
    step = table(GATE.weights, -GATE.bias, "step")
    return {"step": step, "fires": sum(step), "bipolar": table(GATE.weights, -GATE.bias, "bipolar_step")}


RECIPE = Recipe(
    id="E3",
    title="A perceptron by hand",
    question="What does a perceptron with three weights of 0.3 and a threshold of 0.4 answer?",
    look="u = Σ w·x − 0.4 of each row of the truth table, with paper and pencil first.",
    figure="its truth table, with the step and with the bipolar step",
    place=Place("neuron", {"gate": "by_hand", "step": "bipolar_step", "threshold": "on"}),
    measure=measure,
    values=("step", "fires", "bipolar"),
    claims=(
        Printed(
            what="with the step, inputs 000 to 111", of="value:step", lecture=[0, 0, 0, 1, 0, 1, 1, 1], places=0
        ),
        Printed(
            what="with the bipolar step", of="value:bipolar", lecture=[-1, -1, -1, 1, -1, 1, 1, 1], places=0
        ),
    ),
    guess=NumberGuess(
        question="Three inputs of 0 or 1, weights 0.3, threshold 0.4: in how many of the 8 cases does it fire?",
        of="value:fires", low=0, high=8, step=1,
    ),
    seconds=0.1,
)  # fmt: skip
