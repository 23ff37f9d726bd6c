"""E2: scikit-learn's perceptron on the same flowers."""

from __future__ import annotations

from typing import Any

from nnviz.experiments.claims import Printed
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe

PLAIN: dict[str, Any] = {
    "job": "perceptron", "learning_rate": 1.0, "test": 0.2, "initializer": "zeros", "split_seed": 1,
}  # fmt: skip

RECIPE = Recipe(
    id="E2",
    title="The library’s perceptron",
    question="Does scikit-learn’s perceptron find a line between the two species, too?",
    look="Ours and the library’s beside each other: two lines, other numbers, no flower on the wrong side.",
    figure="0 misclassified; threshold and weights printed as −0.01; −0.027, 0.052, where the listed code gives −1; "
    "−3.5, 7.9 today",
    place=Place(
        "neuron", {"tab": "learn", "learning_rate": "1.0", "test": "0.2", "initializer": "zeros"}
    ),
    cases=(Case("split", "80 flowers to learn from, 20 to test", PLAIN, seeded=False),),
    claims=(
        Printed(what="of 20 test flowers misclassified", of="library.test_wrong", lecture=0, places=0),
        Printed(what="of the 80 that it learned from", of="library.wrong", lecture=0, places=0),
        Printed(what="the first weight, by the listed code", of="library.weights.0.0", lecture=-3.5, places=1),
        Printed(what="the second weight", of="library.weights.0.1", lecture=7.9, places=1),
        Printed(
            what="the threshold θ of u = Σ w·x − θ; the library prints the bias, −θ = −1",
            of="library.thresholds.0", lecture=1, places=0,
        ),
        Printed(what="our own perceptron: of 20 test flowers misclassified", of="ours.test_wrong", lecture=0, places=0),
    ),
    guess=NumberGuess(
        question="The library’s perceptron learns from 80 flowers. How many of the other 20 will it get wrong?",
        of="library.test_wrong", low=0, high=20, step=1,
    ),
    ours=(
        "split with the seed 1, order of the flowers with the seed 42",
        "the lecture’s printed −0.01; −0.027, 0.052 are of another split or order, which it does not say: with seed 15 "
        "for the split, 0 for the order and η = 0.01 they come out. All of these lines part the flowers",
    ),
    seconds=0.5,
)  # fmt: skip
