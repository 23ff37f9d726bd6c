"""How well a trained classifier fits, from its accuracy on samples that it learned from and on others: high bias, high
variance, or a good fit (lectures.md, E8). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnviz.diagnosis import CAPABLE, Diagnosis, stronger_penalty
from nnviz.layers import Dense
from nnviz.spec import RunSpec
from nnviz.stopping import accuracy_interval

SMALL = 0.1
"""Of the way from guessing to all right: what is missing, or lost on other samples, is small up to here."""
WIDE = 100
"""Hidden neurons for images below which more of them are tried first."""


@dataclass(frozen=True)
class Held:
    """Samples that were not learned from: what they are called, how many, the accuracy on them."""

    name: str
    n: int
    accuracy: float


def held_of(
    spec: RunSpec, result: Mapping[str, Any], columns: Mapping[str, Sequence[float | None]], n_validation: int
) -> Held | None:
    """The validation samples, else the test samples of a finished training; None where it has neither, or no classes.

    result: its "finished" event; columns: its metrics."""
    known = [value for value in columns["val_accuracy"] if value is not None]
    if n_validation and known and spec.problem != "regression":
        return Held("validation", n_validation, known[-1])
    test = result.get("test")
    return Held("test", test["n"], test["accuracy"]) if test and test.get("accuracy") is not None else None


def fit(spec: RunSpec, train: float, held: Held, guess: float) -> Diagnosis:
    """train: accuracy on the training samples; guess: of always the same answer.

    What is missing on the training samples is the bias, what is lost on the others (beyond what their number leaves
    open, Wilson's 95 %) the variance; the larger one is named, unless both are small.
    """
    bias, variance = 1 - train, train - held.accuracy
    if accuracy_interval(held.accuracy * held.n, held.n)[1] >= train:
        variance = 0.0
    numbers = {"train": train, "held": held.accuracy, "guessing": guess}
    both = f"{train:.1%} of the training samples are right, and {held.accuracy:.1%} of the {held.n:,} {held.name} ones"
    if max(bias, variance) <= SMALL * (1 - guess):
        words = f"Good fit: {both}: what it has learned holds for samples that it never saw."
        return Diagnosis("good_fit", words, numbers, {}, "")
    if bias >= variance:
        words = f"High bias: only {both}: the network is too simple for these data, or has not learned enough of them."
        return Diagnosis("high_bias", words, numbers, *_more_capable(spec))
    words = f"High variance: {both}: it has learned its training samples by heart more than what they have in common."
    return Diagnosis("high_variance", words, numbers, *stronger_penalty(spec))


def _more_capable(spec: RunSpec) -> tuple[dict[str, Any], str]:
    image, layers = spec.data.is_image, spec.network.layers
    neurons = sum(layer.units for layer in layers if isinstance(layer, Dense))
    if not image and neurons < CAPABLE:
        eight = {"kind": "dense", "units": 8}
        return {"layers": [eight, eight]}, "Try two layers of 8 neurons"
    if image and neurons < WIDE and all(isinstance(layer, Dense) for layer in layers):
        return {"layers": [{"kind": "dense", "units": WIDE}]}, f"Try a layer of {WIDE} neurons"
    if spec.training.optimizer.name == "sgd" and spec.model.family != "scratch":
        return {"optimizer": "adam"}, "Try the optimiser Adam"
    return {}, ""
