"""The network's forward pass in NumPy, inference mode: what frames and metrics are made of, without TensorFlow.

For a playground's network this takes microseconds where a call of Keras takes milliseconds, and it can run before
TensorFlow is there. Held equal to Keras by tests, activation by activation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnviz.models.weights import Array, layer_shapes
from nnviz.spec import RunSpec

EPSILON = 1e-3
"""Keras's BatchNormalization adds it to the variance."""


def _selu(z: Any) -> Any:
    alpha, scale = 1.6732632423543772, 1.0507009873554805
    return np.where(z > 0, scale * z, (scale * alpha) * np.expm1(np.minimum(z, 0)))


def sigmoid(z: Any) -> Any:
    """1 / (1 + e⁻ᶻ) = (1 + tanh(z/2)) / 2, without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def _gelu(z: Any) -> Any:
    from scipy.special import erf  # a quarter of a second, which only who uses it waits for

    return 0.5 * z * (1 + erf(z * np.float32(0.5**0.5)))


def softplus(z: Any) -> Any:
    """log(1 + eᶻ), without overflow."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def softmax(z: Any) -> Any:
    """Along the last axis."""
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "linear": lambda z: z,
    "leaky_relu": lambda z: np.where(z > 0, z, 0.2 * z),
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    "selu": _selu,
    "gelu": _gelu,
    "silu": lambda z: z * sigmoid(z),
    "softplus": softplus,
    "softsign": lambda z: z / (1 + np.abs(z)),
    "hard_sigmoid": lambda z: np.clip(z / 6 + 0.5, 0, 1),
    "relu6": lambda z: np.clip(z, 0, 6),
    "mish": lambda z: z * np.tanh(softplus(z)),
    "softmax": softmax,
}


def forward(spec: RunSpec, weights: list[Array], x: Array) -> list[Array]:
    """Activations float32 [n, units] of every dense layer, the output layer last, for inputs `x` [n, …].

    A batch normalisation that follows a layer comes after what is reported: this is what the neuron itself says.
    """
    return _pass(spec, weights, x)[0]


def outputs_and_logits(spec: RunSpec, weights: list[Array], x: Array) -> tuple[Array, Array]:
    """The output layer's activation and the sum before it, both float32 [n, outputs]."""
    activations, logits = _pass(spec, weights, x)
    return activations[-1], logits


def _pass(spec: RunSpec, weights: list[Array], x: Array) -> tuple[list[Array], Array]:
    arrays, a, activations = iter(weights), np.asarray(x, np.float32).reshape(len(x), -1), []
    z = a
    with np.errstate(over="ignore", invalid="ignore"):  # a network that is about to diverge is drawn all the same
        for layer in layer_shapes(spec):
            if layer.kind == "dense":
                z = a @ next(arrays) + next(arrays)
                a = np.asarray(ACTIVATIONS[layer.activation or "linear"](z), np.float32)
                activations.append(a)
            else:
                a = _normalize(a, *(next(arrays) for _ in range(4)))
    return activations, z


def _normalize(a: Array, gamma: Array, beta: Array, mean: Array, variance: Array) -> Array:
    scale: Array = gamma / np.sqrt(variance + np.float32(EPSILON))
    return (a - mean) * scale + beta


def predict(spec: RunSpec, weights: list[Array], x: Array, rows: int = 8192) -> tuple[Array, Array]:
    """As `outputs_and_logits`, `rows` at a time: 60,000 images need no gigabyte for their activations."""
    if len(x) <= rows:
        return outputs_and_logits(spec, weights, x)
    parts: list[tuple[Array, Array]] = [
        outputs_and_logits(spec, weights, x[i : i + rows]) for i in range(0, len(x), rows)
    ]
    outputs: tuple[Any, ...]
    logits: tuple[Any, ...]
    outputs, logits = zip(*parts, strict=True)
    return np.concatenate(outputs), np.concatenate(logits)
