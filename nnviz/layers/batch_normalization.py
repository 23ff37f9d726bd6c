"""Batch normalisation (Ioffe and Szegedy, 2015)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from nnviz.initializers import Array, Initializer, Random, Shape
from nnviz.layers.base import Apply, Back, Layer, Placed

EPSILON = 1e-3
"""Keras's BatchNormalization adds it to the variance."""


class BatchNormalization(Layer):
    """Of each number; behind a convolution of each feature map."""

    kind: Literal["batch_normalization"] = "batch_normalization"

    label: ClassVar = "Batch normalisation"
    about: ClassVar = "keeps the numbers around 0 with width 1"
    name: ClassVar = "batch normalisation"
    token: ClassVar = "bn"
    brief: ClassVar = ""
    follows: ClassVar = True
    arrays: ClassVar = {"gamma": "size", "beta": "size", "moving_mean": "size", "moving_variance": "size"}
    trained: ClassVar = 2
    batchwise: ClassVar = True
    kept: ClassVar = 1.8

    def initial(self, arrays: tuple[Shape, ...], rng: Random, kernel: Initializer, bias: Initializer) -> list[Array]:  # noqa: ARG002
        """It changes nothing yet."""
        return [np.full(shape, value, np.float32) for shape, value in zip(arrays, (1, 0, 0, 1), strict=True)]

    def apply(self, placed: Placed, training: bool) -> Apply:  # noqa: ARG002
        return normalize_batch if training else normalize

    def keras(self, placed: Placed, activation: Any, regularizer: Any, seed: int) -> Any:  # noqa: ARG002
        from keras import layers

        return layers.BatchNormalization()


def normalize(x: Array, gamma: Array, beta: Array, mean: Array, variance: Array) -> tuple[Array, Back]:
    """γ·(x − mean) / √(variance + ε) + β for each channel; the moving mean and variance have no gradient."""
    spread = 1 / np.sqrt(variance + np.float32(EPSILON))
    scale = gamma * spread

    def back(dy: Array) -> tuple[Array, list[Array]]:
        axes = tuple(range(x.ndim - 1))
        dgamma = (dy * (x - mean) * spread).sum(axes)
        return dy * scale, [dgamma, dy.sum(axes), np.zeros_like(mean), np.zeros_like(variance)]

    return (x - mean) * scale + beta, back


def normalize_batch(x: Array, gamma: Array, beta: Array, mean: Array, variance: Array) -> tuple[Array, Back]:
    """γ·x̂ + β with x̂ = (x − μ) / √(σ² + ε), μ and σ² of each channel of this batch; the moving ones are left alone.

    The gradient goes through μ and σ², too (Ioffe and Szegedy, 2015, section 3):
    ∂L/∂x = γ / √(σ² + ε) · (∂L/∂y − mean(∂L/∂y) − x̂ · mean(∂L/∂y · x̂)).
    """
    axes = tuple(range(x.ndim - 1))
    centred = x - x.mean(axes)
    spread = 1 / np.sqrt((centred * centred).mean(axes) + np.float32(EPSILON))
    hat = centred * spread

    def back(dy: Array) -> tuple[Array, list[Array]]:
        along = (dy * hat).mean(axes)
        dx = (dy - dy.mean(axes) - hat * along) * (gamma * spread)
        own = [(dy * hat).sum(axes), dy.sum(axes), np.zeros_like(mean), np.zeros_like(variance)]
        return dx, own

    return gamma * hat + beta, back
