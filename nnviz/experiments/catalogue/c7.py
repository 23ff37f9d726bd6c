"""C7: why an activation, why inputs of one scale, why one-hot labels."""

from __future__ import annotations

import numpy as np

from nnviz.depth.linear import Stack, answer
from nnviz.experiments.catalogue.common import dense, network, sgd
from nnviz.experiments.claims import Order, Printed, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value
from nnviz.models.metrics import targets
from nnviz.spec import RunSpec

CIRCLE = {"name": "circle", "noise": 0.1}


def _on_points(activation: str) -> dict[str, object]:
    return network(dense(8, 8, 8), sgd(0.1), data=CIRCLE, activation=activation, loss="binary_crossentropy", epochs=60)


def _on_digits(scale: bool) -> dict[str, object]:
    return network(dense(30), sgd(0.5), data={"name": "digits", "scale": scale}, epochs=30)


def _measure(results: Results) -> dict[str, Value]:
    linear, bent = (answer(Stack(layers=6, function=name)) for name in ("linear", "tanh"))
    spec = results.runs["scaled"][0].spec
    assert isinstance(spec, RunSpec)
    left = {name: losses[-1] / losses[0] for name, losses in linear["losses"].items()}
    return {
        "six linear layers from one": linear["apart"],
        "six tanh layers from one": bent["apart"],
        "loss left, scaled": left["scaled"],
        "loss left, unscaled": left["unscaled"],
        "a 4 as one-hot label": targets(spec, np.array([4]))[0].tolist(),
    }


RECIPE = Recipe(
    id="C7",
    title="Why an activation",
    question="What becomes of a deep network without activations, and what of inputs with very different scales?",
    look="Six linear layers and the one layer that is their product: the same line. With tanh between them it bends.",
    figure="linear layers together are one linear layer; scaled inputs are learned faster; a class is a one-hot label",
    place=Place("depth", {"tab": "linear", "stack": "6"}),
    cases=(
        Case("linear", "2-8-8-8-1 without activations, a circle", _on_points("linear")),
        Case("tanh", "2-8-8-8-1 with tanh, a circle", _on_points("tanh")),
        Case("scaled", "64-30-10, greys from 0 to 1", _on_digits(True)),
        Case("unscaled", "64-30-10, greys from 0 to 255", _on_digits(False)),
    ),
    measure=_measure,
    values=(
        "six linear layers from one", "six tanh layers from one", "loss left, scaled", "loss left, unscaled",
        "a 4 as one-hot label",
    ),
    claims=(
        Within(what="six linear layers against their product, largest difference", of="value:six linear layers from "
        "one",
               lecture="none: they are one layer", high=1e-9, quick=True),
        Within(what="six layers with tanh against it", of="value:six tanh layers from one", lecture="another function",
               low=0.5, quick=True),
        Within(what="three hidden layers without activations on a circle: test accuracy", of="linear:test.accuracy",
               lecture="no better than one line", high=0.65, quick=True),
        Within(what="… with tanh", of="tanh:test.accuracy", lecture="a ring", low=0.9, quick=True),
        Order(what="share of the loss left after 100 steps: inputs 10 times as wide as others, scaled inputs",
              lecture="scaled inputs are learned faster", of=("value:loss left, unscaled", "value:loss left, scaled"),
              quick=True),
        Order(what="test accuracy on digits: scaled, unscaled greys", lecture="scaled inputs are learned better",
              of=("scaled:test.accuracy", "unscaled:test.accuracy"), by=0.02, quick=True),
        Printed(what="a 4 as a one-hot label", of="value:a 4 as one-hot label",
                lecture=[0, 0, 0, 0, 1, 0, 0, 0, 0, 0], places=0),
    ),
    guess=ChoiceGuess(
        question="Three hidden layers of eight neurons, once without activations and once with tanh. Which gets more "
        "of "
        "a ring around a circle right?",
        options=("without activations", "with tanh"),
        of=("linear:test.accuracy", "tanh:test.accuracy"),
    ),
    seeds=3,
    ours=("the lecture says it in formulas alone: networks, data and rates are ours",),
    seconds=1.2,
)  # fmt: skip
