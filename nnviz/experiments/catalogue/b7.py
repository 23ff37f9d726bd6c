"""B7: early stopping."""

from __future__ import annotations

from nnviz.experiments.catalogue.improving import small
from nnviz.experiments.claims import Accuracy, Number
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe

RECIPE = Recipe(
    id="B7",
    title="Early stopping",
    question="When should training end, if nobody may look at the test digits?",
    look="The validation loss: it falls, lies flat and rises again, while the training loss only falls. When it has "
    "not become better for three epochs, training ends.",
    figure="epoch 1: 0.9330/0.7552, validation 0.5119/0.8510; stops after epoch 21 with 0.0876/0.9783, validation "
    "0.2068/0.9373; training 0.9777, test 0.2163/0.9348",
    place=Place("digits"),
    cases=(
        Case(
            "early",
            "784-30-10 with early stopping",
            small(
                data={"train": 10_000, "validation": 10_000},
                epochs=100,
                batch_size=100,
                early_stopping={"monitor": "val_loss", "patience": 3},
            ),
            quick={"data.train": 2_000, "data.validation": 1_000, "data.test": 1_000, "training.epochs": 20},
            preset="10,000 validation images say when to stop: when their loss has not fallen for three epochs.",
            figure="test 0.9348, stopped at epoch 21",
        ),
    ),
    claims=(
        Number(what="epochs until it stops", of="epochs", lecture=21, within=8),
        Number(what="training loss of epoch 1", of="loss@1", lecture=0.9330, within=0.1, share=True),
        Number(what="training accuracy of epoch 1", of="accuracy@1", lecture=0.7552, within=0.03),
        Accuracy(what="training accuracy", of="train.accuracy", lecture=0.9777),
        Accuracy(what="validation accuracy", of="validation.accuracy", lecture=0.9373),
        Accuracy(what="test accuracy", of="test.accuracy", lecture=0.9348, quick_least=0.7),
        Number(
            what="validation loss at the end",
            of="validation.loss",
            lecture=0.2068,
            within=0.05,
            share=True,
            better="lower",
        ),
    ),
    guess=NumberGuess(question="After how many of the 100 epochs will it stop?", of="epochs", low=1, high=100, step=1),
    seeds=3,
    ours=(
        "learning rate 1, batches of 100: of the round sizes the nearest to the first epoch as printed",
        "the weights at the end are those of the last epoch, as in Keras",
    ),
    seconds=3.6,
)
