"""B2: slow learning from bad weights."""

from __future__ import annotations

from nnviz.experiments.catalogue.common import Plain
from nnviz.experiments.claims import Order, Stays, Within
from nnviz.experiments.guesses import CurveGuess
from nnviz.experiments.recipe import Case, Place, Recipe

MSE, CROSS_ENTROPY = "mean_squared_error", "binary_crossentropy"


def start(loss: str, *weights: float) -> Plain:
    """1-1-1 from these w₁, b₁, w₂, b₂; samples, rate, batch and epochs are the lecture's, and the job's defaults."""
    return {
        "job": "slow_start",
        "networks": [{"loss": loss, **dict(zip(("w1", "b1", "w2", "b2"), weights, strict=True))}],
        "samples": 1000,
        "learning_rate": 1.0,
        "batch_size": 100,
        "epochs": 100,
    }


BOTH = f"{MSE}@2.1:3.1:4.1:5.1,{CROSS_ENTROPY}@2.1:3.1:4.1:5.1"

RECIPE = Recipe(
    id="B2",
    title="Slow learning from bad weights",
    question="A network of two neurons gives almost 1 where 0 is right. Does it learn fastest where it is most wrong?",
    look="The loss stands still for dozens of epochs, then falls at once. Watch σ′(z) of the output neuron: while z "
    "sits on the flat end of the sigmoid, the gradient of the squared error is next to nothing.",
    figure="the squared error stays flat for many epochs; better from other weights; cross-entropy starts at once",
    place=Place("depth", {"tab": "slow", "networks": BOTH}),
    cases=(
        Case("mse", "Squared error from 2, 3, 4, 5", start(MSE, 2, 3, 4, 5)),
        Case("other", "Squared error from 0.5, 0.2, −0.3, 0.1", start(MSE, 0.5, 0.2, -0.3, 0.1)),
        Case("mse21", "Squared error from 2.1, 3.1, 4.1, 5.1", start(MSE, 2.1, 3.1, 4.1, 5.1)),
        Case("cross", "Cross-entropy from 2.1, 3.1, 4.1, 5.1", start(CROSS_ENTROPY, 2.1, 3.1, 4.1, 5.1)),
    ),
    claims=(
        Stays(
            what="squared error from 2, 3, 4, 5: epochs until the loss moves",
            of="mse:loss",
            share=0.05,
            epochs=20,
            lecture="flat for many epochs",
            quick=True,
        ),
        Stays(
            what="squared error from 2.1, 3.1, 4.1, 5.1: epochs until the loss moves",
            of="mse21:loss",
            share=0.05,
            epochs=20,
            lecture="flat for many epochs",
            quick=True,
        ),
        Within(
            what="squared error from other weights, loss after 10 epochs",
            of="other:loss@10",
            lecture="better from other weights",
            high=0.05,
            quick=True,
        ),
        Within(
            what="cross-entropy from 2.1, 3.1, 4.1, 5.1, loss after 2 epochs",
            of="cross:loss@2",
            lecture="starts at once",
            high=0.1,
            quick=True,
        ),
        Order(
            what="loss after 20 epochs, squared error against cross-entropy",
            of=("mse21:loss@20", "cross:loss@20"),
            lecture="flat > nearly 0",
            by=0.5,
            quick=True,
        ),
    ),
    guess=CurveGuess(
        question="The output should be 0 and begins at almost 1. How does the squared error of the network that starts "
        "from 2, 3, 4, 5 go over 100 epochs?",
        of="mse:loss",
        epochs=100,
        low=0.0,
        high=1.2,
    ),
    seeds=3,
    ours=("the other initial values: 0.5, 0.2, −0.3, 0.1",),
    seconds=2.0,
)
