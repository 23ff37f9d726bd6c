"""Questions that a few trainings side by side answer: prepared sweeps over a visitor's own setting."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nnviz.experiments.settings import OFFERED
from nnviz.optimizers import SGD
from nnviz.sets import SETS
from nnviz.spec import RunSpec


@dataclass(frozen=True)
class Question:
    """over: what is swept for a setting, as text. why: what to look for, a sentence. fits: whether the setting can be
    asked so. curves: it is answered by panels of curves, not by boundaries or scores."""

    title: str
    why: str
    over: Callable[[RunSpec], str]
    fits: Callable[[RunSpec], bool] = lambda spec: spec.is_network
    curves: bool = True


def _rates(rate: float) -> str:
    """About 0.03, 0.3, 1, 3 and 30 times as large: beside the rate itself, numbers of the series 1, 3, 10."""
    found = []
    for factor in (0.03, 0.3, 1, 3, 30):
        decade = 10.0 ** math.floor(math.log10(rate * factor))
        near = min((1, 3, 10), key=lambda digit: abs(math.log(digit * decade / (rate * factor))))
        found.append(rate if factor == 1 else near * decade)
    return ",".join(f"{value:.6g}" for value in found)


def _sizes(spec: RunSpec) -> str:
    """A tenth of what there is and less, up to all."""
    most = spec.data.train
    return ",".join(str(n) for n in dict.fromkeys(max(2, round(most * share)) for share in (0.02, 0.1, 0.3, 1.0)))


def _batches(spec: RunSpec) -> str:
    sizes = (1, 10, 50, 250) if not spec.data.is_image else (5, 20, 100, 500)
    return ",".join(str(n) for n in sizes if n <= spec.data.training_samples)


def _shapes(spec: RunSpec) -> str:
    """About as many weights in one wide layer as in several narrow ones."""
    return "64|30,30|24,24,24|20,20,20,20" if spec.data.is_image else "32|9,9|7,7,7|6,6,6,6"


def _dense(spec: RunSpec) -> bool:
    return spec.is_network and all(layer.kind in {"dense", "dropout"} for layer in spec.network.layers)


QUESTIONS: dict[str, Question] = {
    "size": Question(
        "Training size", "The gap between both curves closes as there is more to learn from.",
        lambda spec: f"train={_sizes(spec)}", fits=lambda spec: SETS[spec.data.name].counts[0] > 0,
    ),
    "l2": Question(
        "L2", "Small weights bend less: the gap closes, until the network cannot follow the samples any more.",
        lambda _: "l2=0,0.0001,0.001,0.01",
    ),
    "dropout": Question(
        "Dropout", "Neurons that are left out at random cannot rely on each other: slower, and less overfitted.",
        lambda _: "dropout=0,0.1,0.3,0.5", fits=_dense,
    ),
    "early": Question(
        "Early stopping", "Training ends when the validation loss has not become better for so many epochs.",
        lambda _: "early_stopping=off,2,5,20", fits=lambda spec: spec.is_network and spec.data.validation > 0,
    ),
    "rotate": Question(
        "Rotated copies", "Each image also turned both ways: three times the samples, and steadier against a slant.",
        lambda _: "rotate=off,10,15,25", fits=lambda spec: spec.data.is_image,
    ),
    "rate": Question(
        "Learning rate", "Too small is slow, too large jumps about or runs away.",
        lambda spec: f"learning_rate={_rates(spec.training.optimizer.learning_rate)}",
    ),
    "momentum": Question(
        "Momentum", "A step that remembers the last ones is quicker along a valley; with too much it overshoots.",
        lambda _: "momentum=0,0.5,0.9,0.99",
        fits=lambda spec: spec.is_network and isinstance(spec.training.optimizer, SGD),
    ),
    "batch": Question(
        "Batch size", "Small batches make many noisy steps in an epoch, large ones few smooth ones.",
        lambda spec: f"batch_size={_batches(spec)}",
    ),
    "optimizer": Question(
        "Optimiser", "Each at a rate at which it learns such data.",
        lambda _: "optimizer=sgd,rmsprop,adam,adagrad,nadam,adamax",
        fits=lambda spec: spec.is_network and spec.model.family != "scratch",
    ),
    "activation": Question(
        "Activation", "Without one (linear) all layers are one straight line; sigmoids pass little slope on.",
        lambda _: "activation=linear,sigmoid,tanh,relu",
    ),
    "shape": Question(
        "Width against depth", "About as many weights in one wide layer as in several narrow ones.",
        lambda spec: f"layers={_shapes(spec)}", fits=_dense,
    ),
    "seeds": Question(
        "Seeds and ensemble", "The same setting from other starting weights: how much of a result is luck, and what "
        "the mean of all their probabilities is worth.",
        lambda spec: f"seed={spec.seed}..{spec.seed + 7}:8", curves=False,
    ),
}  # fmt: skip
"""Name in a link → the question."""


def suggested(spec: RunSpec, setting: str) -> str:
    """Values to begin with, as text: those of the question about this setting, else what is often tried. Raises
    KeyError where the setting is none that is offered."""
    for question in QUESTIONS.values():
        name, _, values = question.over(spec).partition("=")
        if name == setting:
            return values
    return OFFERED[setting].values


def asked(spec: RunSpec, over: Sequence[str]) -> str | None:
    """The question that a sweep over one setting is about, by its name; None: it is one of the visitor's own."""
    names = [one.partition("=")[0] for one in over]
    for name, question in QUESTIONS.items():
        if question.fits(spec) and names == [question.over(spec).partition("=")[0]]:
            return name
    return None
