"""B9: learning rates, and decay."""

from __future__ import annotations

from collections.abc import Mapping

from nnviz.experiments.catalogue.common import Plain, sgd
from nnviz.experiments.catalogue.improving import BATCHES, QUICK, small, wobble
from nnviz.experiments.claims import Order
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value

LARGE = 10.0


def decayed(rate: float, factor: float, steps: int) -> Plain:
    """The learning rate becomes `factor` of itself in every `steps` steps: one epoch of 60,000 has 2,000."""
    spec = small(optimizer=sgd(rate))
    spec["training"]["decay"] = {"name": "exponential", "rate": factor, "steps": steps}
    return spec


def measure(results: Results) -> Mapping[str, Value]:
    """How ragged each training loss is after the first five epochs."""
    return {name: wobble(results.runs[name][0].curve("loss")[1][5:]) for name in ("good", "large")}


RECIPE = Recipe(
    id="B9",
    title="The learning rate",
    question="What happens when the steps of gradient descent are too small, or too large?",
    look="The four training curves: 0.01 creeps, 1 falls and settles, 10 jumps about and stays high. With decay a run "
    "that begins with 10 comes to rest, and ends lower.",
    figure="too small is slow, too large is a random walk",
    place=Place("digits"),
    cases=(
        Case("good", "learning rate 1", small(), quick=QUICK),
        Case("slow", "learning rate 0.01", small(optimizer=sgd(0.01)), quick=QUICK),
        Case("large", f"learning rate {LARGE:g}", small(optimizer=sgd(LARGE)), quick=QUICK),
        Case(
            "decay",
            f"learning rate {LARGE:g}, times 0.8 after each epoch",
            decayed(LARGE, 0.8, 2_000),
            quick={**QUICK, "training.decay.steps": 67},
        ),
    ),
    measure=measure,
    values=("good", "large"),
    claims=(
        Order(
            what="training loss after 20 epochs: 0.01, 1",
            of=("slow:loss@last", "good:loss@last"),
            lecture="too small is slow",
            by=0.05,
            quick=True,
        ),
        Order(
            what="training loss after 20 epochs: 10, 1",
            of=("large:loss@last", "good:loss@last"),
            lecture="too large does not arrive",
            by=0.05,
        ),
        Order(what="how ragged the curve is: 10, 1", of=("value:large", "value:good"), lecture="a random walk"),
        Order(
            what="training loss after 20 epochs: 10, 10 with decay",
            of=("large:loss@last", "decay:loss@last"),
            lecture="decay helps",
            by=0.05,
        ),
    ),
    guess=ChoiceGuess(
        question="Which has the lowest training loss after 20 epochs?",
        options=("1", "0.01", f"{LARGE:g}", f"{LARGE:g} with decay"),
        of=("good:loss@last", "slow:loss@last", "large:loss@last", "decay:loss@last"),
        least=True,
    ),
    ours=(f"the rates 0.01, 1 and {LARGE:g}, on B3's network", "decay to 0.8 of itself in each epoch", BATCHES),
    seconds=25.0,
)
