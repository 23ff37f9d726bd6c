"""B3: softmax and cross-entropy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnviz.depth.softmax import Logits, answer
from nnviz.experiments.catalogue.common import sgd
from nnviz.experiments.catalogue.improving import QUICK, small
from nnviz.experiments.claims import Accuracy, Number, Printed, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value


def measure(results: Results) -> Mapping[str, Value]:
    """chain: the largest difference between ∂L/∂z by the chain rule, through all ∂y_j/∂z_i, and y − t; apart: how far
    the test accuracies of both networks are from each other."""
    found = answer(Logits(z=(6.0, -2.0, -3.0, 0.5), target=1))
    chain = float(np.abs(np.subtract(found["chain"], found["gradient"])).max())
    apart = abs(results.mean("softmax:test.accuracy") - results.mean("sigmoid:test.accuracy"))
    return {"chain": chain, "apart": apart}


RECIPE = Recipe(
    id="B3",
    title="Softmax and cross-entropy",
    question="What does a network gain when its error signal is y − t, whatever the slope of its output?",
    look="The first epoch: the loss falls from the first step on, because a neuron that is badly wrong has the largest "
    "gradient. The outputs of one digit are probabilities and add up to 1.",
    figure="epoch 1: 0.2924/0.9114; epoch 20: 0.0465/0.9850; training 0.9861, test 0.1364/0.9635",
    place=Place("digits"),
    cases=(
        Case(
            "softmax",
            "784-30-10, softmax and cross-entropy",
            small(),
            quick=QUICK,
            preset="With ∂L/∂z = y − t a badly wrong neuron learns fastest.",
            figure="test 0.9635",
        ),
        Case(
            "sigmoid",
            "784-30-10, sigmoid outputs and binary cross-entropy",
            small(optimizer=sgd(10.0), loss="binary_crossentropy", output="sigmoid"),
            quick=QUICK,
        ),
    ),
    measure=measure,
    values=("chain", "apart"),
    claims=(
        Printed(what="∂L/∂z by the chain rule minus (y − t)", of="value:chain", lecture=0.0, places=12),
        Number(what="training loss of epoch 1", of="softmax:loss@1", lecture=0.2924, within=0.05, share=True),
        Number(what="training accuracy of epoch 1", of="softmax:accuracy@1", lecture=0.9114, within=0.005),
        Number(what="training loss of epoch 20", of="softmax:loss@last", lecture=0.0465, within=0.1, share=True),
        Number(what="training accuracy of epoch 20", of="softmax:accuracy@last", lecture=0.9850, within=0.003),
        Accuracy(what="training accuracy at the end", of="softmax:train.accuracy", lecture=0.9861),
        Accuracy(what="test accuracy", of="softmax:test.accuracy", lecture=0.9635, quick_least=0.75),
        Number(what="test loss", of="softmax:test.loss", lecture=0.1364, within=0.15, share=True, better="lower"),
        Within(
            what="test accuracy with sigmoids and binary cross-entropy, difference",
            of="value:apart",
            lecture="behaves alike",
            high=0.01,
        ),
    ),
    guess=ChoiceGuess(
        question="Ten outputs: a softmax with cross-entropy, or ten sigmoids with binary cross-entropy. Which has the "
        "lower test accuracy?",
        options=("the softmax", "the sigmoids"),
        of=("softmax:test.accuracy", "sigmoid:test.accuracy"),
        least=True,
    ),
    seeds=3,
    ours=(
        "learning rate 1 as the lecture says with B5, batches of 30 as with B11: so the first epoch is as printed",
        "sigmoids: learning rate 10, because Keras's loss is the mean over the ten outputs",
    ),
    seconds=25.0,
)
