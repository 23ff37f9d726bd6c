"""E6: a multilayer perceptron from scratch on MNIST, one image a step."""

from __future__ import annotations

from nnviz.experiments.catalogue.common import dense, network, sgd
from nnviz.experiments.claims import Order, Printed, Within
from nnviz.experiments.guesses import CurveGuess
from nnviz.experiments.recipe import Case, Place, Recipe

EPOCHS = 100

RECIPE = Recipe(
    id="E6",
    title="A multilayer perceptron from scratch",
    question="How does a network learn that is shown one image at a time?",
    look="Cost, training and validation accuracy of each epoch. Most of it happens in the first ten.",
    figure="cost, training and validation accuracy per epoch, with 30 hidden, l2 0, 100 epochs, eta 0.001, minibatch 1",
    place=Place("digits"),
    cases=(
        Case(
            "mlp", "A perceptron of 30 sigmoids, one image a step",
            network(
                dense(30), sgd(0.01), loss="binary_crossentropy", output="sigmoid", initializer="small_normal",
                batch_size=1, epochs=EPOCHS, family="scratch", data={"train": 55_000, "validation": 5_000},
            ),
            quick={"data.train": 3_000, "data.validation": 1_000, "data.test": 1_000, "training.epochs": 10},
            preset="From scratch: cross-entropy of sigmoid outputs, weights N(0, 0.1²). The lecture's 0.001 is for the "
            "sum over the ten outputs, ours for their mean: 0.01.",
        ),
    ),
    claims=(
        Printed(what="parameters", of="parameters", lecture=23_860, places=0),
        Order(
            what="cost in epoch 1, in epoch 10 and in the last", of=("loss@1", "loss@10", "loss@last"),
            lecture="the cost falls", by=0.005,
        ),
        Order(
            what="validation accuracy after epoch 10 and after epoch 1", of=("val_accuracy@10", "val_accuracy@1"),
            lecture="the accuracies rise", by=0.02, quick=True,
        ),
        Within(
            what="validation accuracy at the end", of="val_accuracy@last", low=0.94,
            lecture="a curve without printed figures",
        ),
        Order(
            what="training and validation accuracy at the end", of=("train.accuracy", "val_accuracy@last"),
            lecture="training above validation",
        ),
    ),
    guess=CurveGuess(
        question="How does the validation accuracy go over the epochs?",
        of="val_accuracy", epochs=EPOCHS, low=0.0, high=1.0,
    ),
    ours=(
        "55,000 images to learn from, 5,000 for validation",
        "η = 0.01 for the mean over the ten outputs is the lecture’s 0.001 for their sum",
        "no penalty, as by default: the listed update adds l2·w where the cost’s l2·Σw² has 2·l2·w, and drops the last "
        "partial minibatch; with minibatches of 1 there is none",
    ),
    seconds=140.0,
)  # fmt: skip
