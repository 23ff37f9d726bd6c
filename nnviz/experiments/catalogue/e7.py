"""E7: the learning loop, once round and on."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from nnviz.backprop.learning import learn
from nnviz.backprop.network import gradient_of
from nnviz.backprop.spec import BackpropSpec
from nnviz.backprop.trace import trace
from nnviz.experiments.claims import Order, Printed, Within
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Place, Recipe
from nnviz.experiments.results import Results, Value

ROUNDS = 20


def measure(_: Results) -> dict[str, Value]:
    spec = BackpropSpec(updates=ROUNDS)
    learned = learn(spec)
    once = trace(BackpropSpec()).values
    gradient = gradient_of(spec, spec.start)[1]
    expected = spec.start - spec.learning_rate * gradient
    losses = learned.losses
    return {
        "by_hand": once["w1.1.1"] - spec.learning_rate * once["gw1.1.1"],
        "updated": once["nw1.1.1"],
        "apart": float(np.abs(learn(BackpropSpec()).next - expected).max()),
        "first": losses[0],
        "second": losses[1],
        "last": losses[-1],
        "share": losses[1] / losses[0],
        "rising": sum(after >= before for before, after in pairwise(losses)),
    }


RECIPE = Recipe(
    id="E7",
    title="The learning loop",
    question="What happens in one round of learning?",
    look="The picture of the loop with its live numbers: weights, loss, optimiser, weights. Press once round.",
    figure="the picture: layers and weights → loss → optimiser → weights",
    place=Place("backpropagation", {"tab": "loop"}),
    measure=measure,
    values=("by_hand", "updated", "apart", "first", "second", "last", "share", "rising"),
    claims=(
        Printed(what="0.3 − 0.1 · (−0.44): the input’s first weight after one round", of="value:updated",
                lecture=0.344, places=3),
        Within(
            what="how far the optimiser’s new weights are from w − η ∂L/∂w, at most", of="value:apart", high=1e-12,
            lecture="optimiser → weights", quick=True,
        ),
        Order(
            what="the loss before the first round, after it, and after 20",
            of=("value:first", "value:second", "value:last"), lecture="weights → loss, lower each time", quick=True,
        ),
        Printed(what=f"of {ROUNDS} rounds those in which it rises", of="value:rising", lecture=0, places=0),
    ),
    guess=NumberGuess(
        question="The loss of the example by hand is 1.39. What share of it is left after one round with η = 0.1?",
        of="value:share", low=0.0, high=1.0, step=0.01, unit="%",
    ),
    ours=("the example by hand of the same lecture, SGD with η = 0.1",),
    seconds=0.1,
)  # fmt: skip
