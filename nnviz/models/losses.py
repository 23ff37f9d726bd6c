"""What the network is trained towards and how far from it it is, in NumPy; held equal to Keras's losses by tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.models.forward import predict, softplus
from nnviz.models.weights import Array, layer_shapes
from nnviz.spec import RunSpec

Labels = NDArray[np.int64] | NDArray[np.float32]
EPSILON = 1e-7
"""keras.config.epsilon(): probabilities are kept this far from 0 and 1."""


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


# For each sample; t are targets, o outputs, z the sums before the output activation.
Loss = Callable[[Any, Any, Any], Any]


def _huber(t: Any, o: Any, _: Any) -> Any:
    e = np.abs(o - t)
    return np.where(e <= 1, 0.5 * e * e, e - 0.5).mean(-1)


def _log_cosh(t: Any, o: Any, _: Any) -> Any:
    e = o - t
    return (e + softplus(-2 * e) - np.float32(np.log(2))).mean(-1)


def _binary_crossentropy(t: Any, _: Any, z: Any) -> Any:
    """From the logits, as Keras does wherever it knows them."""
    return (softplus(z) - t * z).mean(-1)


def _binary_focal_crossentropy(t: Any, o: Any, z: Any) -> Any:
    """γ = 2: samples that are right already count less."""
    wrong = 1 - (t * o + (1 - t) * (1 - o))
    return (wrong**2 * (softplus(z) - t * z)).mean(-1)


def _categorical_crossentropy(t: Any, _: Any, z: Any) -> Any:
    top = z.max(-1, keepdims=True)
    log_sum = top + np.log(np.exp(z - top).sum(-1, keepdims=True))
    return (t * (log_sum - z)).sum(-1)


def _categorical_focal_crossentropy(t: Any, o: Any, _: Any) -> Any:
    """α = 0.25, γ = 2."""
    p = np.clip(o / o.sum(-1, keepdims=True), EPSILON, 1 - EPSILON)
    return (0.25 * (1 - p) ** 2 * -t * np.log(p)).sum(-1)


def _kl_divergence(t: Any, o: Any, _: Any) -> Any:
    t, o = np.clip(t, EPSILON, 1), np.clip(o, EPSILON, 1)
    return (t * np.log(t / o)).sum(-1)


def _categorical_hinge(t: Any, o: Any, _: Any) -> Any:
    return np.maximum(((1 - t) * o).max(-1) - (t * o).sum(-1) + 1, 0)


LOSSES: dict[str, Loss] = {
    "half_squared_error": lambda t, o, _: 0.5 * ((o - t) ** 2).sum(-1),
    "mean_squared_error": lambda t, o, _: ((o - t) ** 2).mean(-1),
    "mean_absolute_error": lambda t, o, _: np.abs(o - t).mean(-1),
    "huber": _huber,
    "log_cosh": _log_cosh,
    "binary_crossentropy": _binary_crossentropy,
    "binary_focal_crossentropy": _binary_focal_crossentropy,
    "categorical_crossentropy": _categorical_crossentropy,
    "categorical_focal_crossentropy": _categorical_focal_crossentropy,
    "kl_divergence": _kl_divergence,
    "hinge": lambda t, o, _: np.maximum(1 - t * o, 0).mean(-1),
    "squared_hinge": lambda t, o, _: (np.maximum(1 - t * o, 0) ** 2).mean(-1),
    "categorical_hinge": _categorical_hinge,
}


def losses(spec: RunSpec, target: Array, outputs: Array, logits: Array) -> Array:
    """The loss float32 [n] of each sample, without penalty, from targets, outputs and logits, all [n, outputs]."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(LOSSES[spec.training.loss](target, outputs, logits), np.float32)


def penalty(spec: RunSpec, weights: list[Array], rate: float) -> float:
    """rate·Σ|w| or rate·Σw² over all kernels, the output layer's too; biases are free."""
    kind = spec.model.regularizer.name
    if kind == "none" or rate == 0:
        return 0.0
    total, arrays = 0.0, iter(weights)
    with np.errstate(over="ignore"):
        for layer in layer_shapes(spec):
            first, *_ = [next(arrays) for _ in layer.shapes]
            if layer.kind == "dense":
                total += float(np.abs(first).sum() if kind == "l1" else np.square(first).sum())
    return rate * total


def evaluate(spec: RunSpec, weights: list[Array], x: Array, labels: Labels, rate: float) -> tuple[float, float | None]:
    """(mean loss with penalty, accuracy or None for a regression) of the network as it is, on x [n, …], labels [n]."""
    outputs, logits = predict(spec, weights, x)
    mean = float(losses(spec, targets(spec, labels), outputs, logits).mean()) + penalty(spec, weights, rate)
    if spec.problem == "regression":
        return mean, None
    return mean, float((decisions(spec, outputs) == labels).mean())
