"""B10: momentum."""

from __future__ import annotations

from nnviz.experiments.catalogue.common import sgd
from nnviz.experiments.catalogue.improving import BATCHES, QUICK, small
from nnviz.experiments.claims import Order
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe

RECIPE = Recipe(
    id="B10",
    title="Momentum and Nesterov",
    question="Does a step get further when it remembers the steps before it?",
    look="The training loss in the first epochs. With momentum 0.9 a step in a steady direction becomes ten times as "
    "long.",
    figure="the loss falls faster with momentum",
    place=Place("digits"),
    cases=(
        Case("momentum", "momentum 0.9", small(optimizer=sgd(0.1, momentum=0.9)), quick=QUICK),
        Case("nesterov", "Nesterov, 0.9", small(optimizer=sgd(0.1, momentum=0.9, nesterov=True)), quick=QUICK),
        Case("none", "no momentum", small(optimizer=sgd(0.1)), quick=QUICK),
    ),
    claims=(
        Order(
            what="training loss of epoch 1: without, with momentum",
            of=("none:loss@1", "momentum:loss@1"),
            lecture="falls faster",
            by=0.05,
            quick=True,
        ),
        Order(
            what="training loss of epoch 1: without, with Nesterov's",
            of=("none:loss@1", "nesterov:loss@1"),
            lecture="falls faster",
            by=0.05,
            quick=True,
        ),
        Order(
            what="training loss after 20 epochs: without, with momentum",
            of=("none:loss@last", "momentum:loss@last"),
            lecture="lower",
            by=0.01,
        ),
    ),
    guess=ChoiceGuess(
        question="Which of the three has the lowest training loss after the first epoch?",
        options=("momentum 0.9", "Nesterov, 0.9", "no momentum"),
        of=("momentum:loss@1", "nesterov:loss@1", "none:loss@1"),
        least=True,
    ),
    ours=("learning rate 0.1, momentum 0.9, on B3's network", BATCHES),
    seconds=20.0,
)
