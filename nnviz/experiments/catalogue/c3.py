"""C3: learning without a way back, against the gradient."""

from __future__ import annotations

from nnviz.backprop.naive import difference_errors, race
from nnviz.backprop.spec import BackpropSpec
from nnviz.experiments.claims import Order, Printed, Within
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Place, Recipe
from nnviz.experiments.results import Results, Value
from nnviz.jobs import read_spec

NETWORK = {"job": "backprop", "layers": "6,6,6,6,6"}
EPSILON = 0.1
"""How far the naive way moves a weight when it tries."""


def _measure(_: Results) -> dict[str, Value]:
    spec = read_spec(NETWORK)
    assert isinstance(spec, BackpropSpec)
    gradient, differences, naive = race(spec, EPSILON)
    errors = difference_errors(spec, spec.start)
    return {
        "weights": spec.parameters,
        "ways of the gradient": gradient.once,
        "ways of finite differences": differences.once,
        "ways of the naive way": naive.once,
        "loss by the gradient": gradient.losses[-1] / gradient.losses[0],
        "loss by finite differences": differences.losses[-1] / differences.losses[0],
        "loss by the naive way": naive.losses[-1] / naive.losses[0],
        "ways to half by the gradient": gradient.within(0.5),
        "ways to half by the naive way": naive.within(0.5),
        "error of finite differences": min(errors["forward"]),
        "error of central differences": min(errors["central"]),
    }


RECIPE = Recipe(
    id="C3",
    title="The naive way",
    question="What does it cost to learn without the gradient, by trying each weight a little up and a little down?",
    look="The ways through the network that each has taken when its loss has halved. One change of all weights costs "
    "the "
    "gradient two, whatever their number; the naive way two for each weight.",
    figure="far more runs of the network for the same descent",
    place=Place("backpropagation", {"tab": "naive", "layers": "6,6,6,6,6"}),
    measure=_measure,
    values=(
        "weights", "ways of the gradient", "ways of finite differences", "ways of the naive way",
        "loss by the gradient", "loss by finite differences", "loss by the naive way",
        "ways to half by the gradient", "ways to half by the naive way",
        "error of finite differences", "error of central differences",
    ),
    claims=(
        Printed(what="ways through the network for one change of 168 weights: by the gradient", of="value:ways of the "
                "gradient", lecture=2, places=0),
        Printed(what="… by finite differences, one for each weight and one", of="value:ways of finite differences",
                lecture=169, places=0),
        Printed(what="… by the naive way, two for each weight", of="value:ways of the naive way", lecture=336,
            places=0),
        Order(what="ways until the loss has halved: the naive way, the gradient", lecture="far more for the naive way",
              of=("value:ways to half by the naive way", "value:ways to half by the gradient"), quick=True),
        Order(what="of the loss left after 600 ways: the naive way, the gradient", lecture="the naive way has more "
        "left",
              of=("value:loss by the naive way", "value:loss by the gradient"), quick=True),
        Order(what="… finite differences, the gradient", lecture="finite differences have more left",
              of=("value:loss by finite differences", "value:loss by the gradient"), quick=True),
        Within(what="error of the best finite difference", of="value:error of finite differences",
               lecture="nearly the gradient", high=1e-6, quick=True),
        Within(what="… of the best central one", of="value:error of central differences",
               lecture="nearer still", high=1e-9, quick=True),
    ),
    guess=NumberGuess(
        question="A network has 168 weights. How many times must it run before the naive way has changed each of them "
        "once?",
        of="value:ways of the naive way", low=0, high=1000, step=4,
    ),
    ours=("the network: 6-6-6-6-6 with tanh, 168 weights", "ε = 0.1; both ways through the network count alike"),
)  # fmt: skip
