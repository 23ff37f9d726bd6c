"""D6: how much of an accuracy is luck of the start, and what an ensemble makes of it."""

from __future__ import annotations

import numpy as np

from nnviz.data import cached
from nnviz.experiments.catalogue.common import centred
from nnviz.experiments.catalogue.d5 import trained
from nnviz.experiments.claims import Order, Within
from nnviz.experiments.ensemble import ensemble
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value


def _measure(results: Results) -> dict[str, Value]:
    networks = [trained(run) for run in results.runs["50"]]
    data = cached(networks[0][0].data)
    x, labels = data.inputs("test"), np.asarray(data.labels("test"), np.int64)
    found = ensemble([network.probabilities(x) for _, network in networks], labels)
    members = np.array(found["members"])
    return {
        "spread": float(members.max() - members.min()),
        "mean": float(members.mean()),
        "best": float(members.max()),
        "ensemble": found["accuracy"],
        "answer": 2 if found["accuracy"] > members.max() else 1 if found["accuracy"] > members.mean() else 0,
    }


RECIPE = Recipe(
    id="D6",
    title="Seeds and an ensemble",
    question="The same network from ten starts: how far are the results apart, and what do the ten say together?",
    look="The ten accuracies side by side, and above them that of their mean answer: each errs on other digits.",
    figure="the spread over several seeds, and the ensemble above the mean",
    place=Place("sweep"),
    cases=(
        Case("50", "50 ReLU", centred(0.1, 50), quick={"data.test": 1_000, "training.epochs": 4}),
    ),
    measure=_measure,
    values=("spread", "mean", "best", "ensemble", "answer"),
    claims=(
        Within(what="test accuracy, best minus worst of ten seeds", of="value:spread", lecture="it depends on the "
        "start",
               low=0.001),
        Order(what="test accuracy: ensemble, mean of its members", of=("value:ensemble", "value:mean"),
              lecture="the ensemble is above the mean"),
        Order(what="… ensemble, best of its members", of=("value:ensemble", "value:best"),
              lecture="and above the best of them"),
    ),
    guess=ChoiceGuess(
        question="The mean of ten networks' answers is taken for the answer. How good is it?",
        options=("no better than one of them in the mean", "better than the mean, not than the best",
                 "better than the best of the ten"),
        of=("value:answer",),
    ),
    seeds=10,
    ours=("ten seeds of D4's network with 50 hidden neurons",),
    seconds=6.6,
)  # fmt: skip
