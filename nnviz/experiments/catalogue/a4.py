"""A4: the perceptron as a decision of three questions."""

from __future__ import annotations

from nnviz.experiments.claims import Printed
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Place, Recipe
from nnviz.experiments.results import Results, Value
from nnviz.neuron.gates import GATES, truth_rows
from nnviz.neuron.outputs import net_input, output

GATE = GATES["ice_cream"]
HIGH_THRESHOLD = 5.0


def table(weights: tuple[float, ...], threshold: float, step: str = GATE.step) -> list[int]:
    """The answers to all rows of the truth table, the last input changing fastest."""
    answers = output(step, net_input(truth_rows(len(weights)), weights, -threshold))
    return [int(answer) for answer in answers]


def measure(_: Results) -> dict[str, Value]:
    coins, hot, _lunch = GATE.weights
    answers = table(GATE.weights, -GATE.bias)
    return {
        "table": answers,
        "fires": sum(answers),
        "no_lunch": table((coins, hot, 0), -GATE.bias),
        "high": table(GATE.weights, HIGH_THRESHOLD),
        "at_threshold": float(output(GATE.step, net_input([1, 1, 1], GATE.weights, -sum(GATE.weights)))),
    }


RECIPE = Recipe(
    id="A4",
    title="A perceptron decides",
    question="Can three weights and a threshold decide whether to eat ice cream?",
    look="The truth table: each row is one situation. Move a weight or the threshold and see which rows change.",
    figure="a perceptron that fires where Σ w·x is greater than its threshold, and its truth table",
    place=Place("neuron", {"gate": "ice_cream", "threshold": "on"}),
    measure=measure,
    values=("table", "fires", "no_lunch", "high", "at_threshold"),
    claims=(
        Printed(
            what="coins, hot, big lunch with the weights 4, 2, −2 and the threshold 3: never without coins; with them "
            "unless there was a big lunch on a cool day",
            of="value:table", lecture=[0, 0, 0, 0, 1, 0, 1, 1], places=0,
        ),
        Printed(
            what="the weight of the big lunch moved to 0: only the coins decide",
            of="value:no_lunch", lecture=[0, 0, 0, 0, 1, 1, 1, 1], places=0,
        ),
        Printed(
            what="the threshold moved to 5: only with coins, on a hot day, without a big lunch",
            of="value:high", lecture=[0, 0, 0, 0, 0, 0, 1, 0], places=0,
        ),
        Printed(
            what="a sum that equals the threshold does not fire", of="value:at_threshold", lecture=0.0, places=0
        ),
    ),
    guess=NumberGuess(
        question="Weights 4 for coins, 2 for hot, −2 for a big lunch, threshold 3: in how many of the 8 situations "
        "does it say yes?",
        of="value:fires", low=0, high=8, step=1,
    ),
    ours=("the weights and the threshold: the lecture lets them be moved",),
    seconds=0.1,
)  # fmt: skip
