"""D5: what the weights look like, and which strokes speak for a 5."""

from __future__ import annotations

import numpy as np

from nnviz.data import cached
from nnviz.experiments.catalogue.common import centred
from nnviz.experiments.claims import Order, Within
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import NothingThereError, Results, RunResult, Value
from nnviz.models.predictor import Predictor, predictor
from nnviz.spec import RunSpec

DIGIT, THRESHOLD = 5, 0.75
QUICK = {"data.test": 1_000, "training.epochs": 4}


def trained(run: RunResult) -> tuple[RunSpec, Predictor]:
    """The network of a run as it ended. Raises NothingThereError."""
    arrays = run.frame("weights")
    if arrays is None or not isinstance(run.spec, RunSpec):
        raise NothingThereError("weights: this run has left none")
    return run.spec, predictor(run.spec, arrays)


def _measure(results: Results) -> dict[str, Value]:
    """Of the first seed. templates: digits whose mean picture gets most from their own template. for, against: hidden
    neurons whose weight to the digit is above, below the threshold; how much louder each kind is, in the mean over the
    test images, on that digit than on the others."""
    spec, softmax = trained(results.runs["softmax"][0])
    data = cached(spec.data)
    x, labels = data.inputs("test"), data.labels("test")
    means = np.stack([x[labels == digit].mean(0) for digit in range(10)]).astype(np.float32)
    hidden = results.runs["50"][0]
    frame = hidden.frame("filters")
    if frame is None or "output" not in frame:
        raise NothingThereError("filters: this run has left none")
    weights = frame["output"].reshape(-1, 10)[:, DIGIT]
    sides = {"for": weights > THRESHOLD, "against": weights < -THRESHOLD}
    *_, (_, answers), _ = trained(hidden)[1].activations(x)
    said = {name: answers[:, side].sum(1) for name, side in sides.items()}
    own = labels == DIGIT
    return {
        "templates": int((softmax.predicted(means) == np.arange(10)).sum()),
        **{f"{name} it": int(side.sum()) for name, side in sides.items()},
        **{f"{name}, on a 5": float(total[own].mean()) for name, total in said.items()},
        **{f"{name}, on others": float(total[~own].mean()) for name, total in said.items()},
    }


RECIPE = Recipe(
    id="D5",
    title="Weights as pictures",
    question="What do the weights of a network that reads digits look like, and which of them speak for a 5?",
    look="First the ten templates of the network without hidden neurons, in which one can nearly read the digits. "
    "Then the "
    "50 filters: outlined green those that speak for a 5, red those against it.",
    figure="ten templates; of 50 hidden filters, green those with an output weight above 0.75 to the 5, red below "
    "−0.75",
    place=Place("digits"),
    cases=(
        Case("50", "50 ReLU", centred(0.1, 50), quick=QUICK),
        Case("softmax", "No hidden layer: ten templates", centred(0.05), quick=QUICK),
    ),
    measure=_measure,
    values=("templates", "for it", "against it", "for, on a 5", "for, on others", "against, on a 5",
            "against, on others"),
    claims=(
        Within(what="templates that fit the mean picture of their own digit best", of="value:templates",
               lecture="ten, one for each digit", low=10, quick=True),
        Within(what="hidden neurons with a weight above 0.75 to the 5", of="value:for it", lecture="some, in green",
               low=1),
        Within(what="… below −0.75", of="value:against it", lecture="some, in red", low=1),
        Order(what="what the green ones say together, on fives and on other digits",
              of=("value:for, on a 5", "value:for, on others"), lecture="strokes that a 5 should have"),
        Order(what="what the red ones say together, on other digits and on fives",
              of=("value:against, on others", "value:against, on a 5"), lecture="strokes that it should not have"),
    ),
    guess=NumberGuess(
        question="Of 50 hidden neurons, how many speak clearly for a 5 (output weight above 0.75)?", of="value:for it",
        low=0, high=50, step=1,
    ),
    ours=("how often a filter is above the threshold is counted with one seed",),
    seconds=2.0,
)  # fmt: skip
