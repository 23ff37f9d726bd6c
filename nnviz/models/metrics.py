"""What the network is trained towards and how far from it it is, in NumPy; held equal to Keras's losses by tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.losses import LOSSES
from nnviz.models.forward import predict
from nnviz.models.weights import Array, of_layers
from nnviz.regularizers import REGULARIZERS
from nnviz.spec import RunSpec

Labels = NDArray[np.int64] | NDArray[np.float32]


def targets(spec: RunSpec, labels: Labels) -> Array:
    """float32 [n, outputs] for labels int [n] (or values float [n] of a regression).

    One unit gets the two `spec.targets` for the classes 0 and 1; of one unit for each class, its own gets the second.
    """
    if spec.problem == "regression":
        return np.asarray(labels, np.float32).reshape(-1, 1)
    no, yes = spec.targets
    if spec.outputs == 1:
        return np.where(labels == 1, yes, no).astype(np.float32).reshape(-1, 1)
    return np.where(labels[:, None] == np.arange(spec.outputs), yes, no).astype(np.float32)


def threshold(spec: RunSpec) -> float:
    """A single output above it says class 1."""
    return 0.5 if spec.output_activation == "sigmoid" else sum(spec.targets) / 2


def decisions(spec: RunSpec, outputs: Array) -> NDArray[np.int64]:
    """The class int64 [n] that outputs [n, outputs] stand for: the largest, or the side of the threshold."""
    if spec.outputs == 1:
        return (outputs[:, 0] > threshold(spec)).astype(np.int64)
    return np.asarray(outputs.argmax(-1), np.int64)


def losses(spec: RunSpec, target: Array, outputs: Array, logits: Array) -> Array:
    """The loss float32 [n] of each sample, without penalty, from targets, outputs and logits, all [n, outputs]."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(LOSSES[spec.training.loss].of(target, outputs, logits), np.float32)


def penalty(spec: RunSpec, weights: list[Array], rate: float) -> float:
    """rate·Σ|w| or rate·Σw² over the kernels under the regulariser; biases and recurrent kernels are free."""
    kind = spec.network.regularizer.name
    if kind == "none" or rate == 0:
        return 0.0
    with np.errstate(over="ignore"):
        size = REGULARIZERS[kind].size
        return rate * sum(
            float(size(first, np).sum()) for layer, (first, *_) in of_layers(spec, weights) if layer.punished
        )


Score = tuple[float, float | None]
"""(mean loss with penalty, accuracy or None for a regression)."""


def score(spec: RunSpec, labels: Labels, outputs: Array, logits: Array, penalty: float) -> Score:
    """Of outputs and logits [n, outputs] for samples with these labels [n]."""
    mean = float(losses(spec, targets(spec, labels), outputs, logits).mean()) + penalty
    if spec.problem == "regression":
        return mean, None
    return mean, float((decisions(spec, outputs) == labels).mean())


def evaluate(spec: RunSpec, weights: list[Array], x: Array, labels: Labels, rate: float) -> Score:
    """Of the network as it is, on x [n, …], labels [n]; `rate` is its regulariser's."""
    return score(spec, labels, *predict(spec, weights, x), penalty(spec, weights, rate))
