"""Random kernels and biases: Keras's initialisers (same limits and variances, another stream of random numbers) and
those of the lectures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float32]]
Shape = tuple[int, ...]

TRUNCATED_STD = 0.87962566103423978
"""Standard deviation of N(0, 1) cut at ±2: Keras divides by it, so that what is drawn has the wanted variance."""
FANS: dict[str, tuple[float, str, str]] = {
    "glorot_uniform": (1.0, "mean", "uniform"),
    "glorot_normal": (1.0, "mean", "normal"),
    "he_uniform": (2.0, "in", "uniform"),
    "he_normal": (2.0, "in", "normal"),
    "lecun_uniform": (1.0, "in", "uniform"),
    "lecun_normal": (1.0, "in", "normal"),
}
"""Keras's VarianceScaling: variance = scale / fan."""


def fans(shape: Shape) -> tuple[int, int]:
    """Numbers that a neuron of this kernel sums, and that one number goes to: of a convolution's, those of the whole
    receptive field, as Keras counts them."""
    field = math.prod(shape[:-2])
    return field * shape[-2], field * shape[-1]


def kernel(rng: np.random.Generator, name: str, shape: Shape) -> Array:
    """float32 of `shape`, [inputs, units] or [k, k, channels, filters], by the initialiser `name` of the spec."""
    inputs, units = fans(shape)
    if name in FANS:
        scale, mode, law = FANS[name]
        variance = scale / (inputs if mode == "in" else (inputs + units) / 2)
        if law == "uniform":
            limit = math.sqrt(3 * variance)
            return rng.uniform(-limit, limit, shape).astype(np.float32)
        return (_truncated(rng, shape) * (math.sqrt(variance) / TRUNCATED_STD)).astype(np.float32)
    if name == "uniform":
        return rng.uniform(-0.5, 0.5, shape).astype(np.float32)
    if name == "orthogonal":
        return orthogonal(rng, shape)
    if name == "zeros":
        return np.zeros(shape, np.float32)
    std = {"random_normal": 1.0, "small_normal": 0.1, "scaled_normal": 1 / math.sqrt(inputs)}[name]
    return (rng.standard_normal(shape) * std).astype(np.float32)


def bias(rng: np.random.Generator, name: str, units: int) -> Array:
    """float32 [units] by the bias initialiser `name` of the spec."""
    if name == "random_normal":
        return rng.standard_normal(units).astype(np.float32)
    return np.full(units, 0.1 if name == "tenth" else 0.0, np.float32)


def forget_bias(rng: np.random.Generator, name: str, units: int) -> Array:
    """float32 [4·units] of an LSTM: 1 for the forget gate, so that it begins by remembering (Keras's
    unit_forget_bias; Jozefowicz et al., 2015)."""
    values = bias(rng, name, 4 * units)
    values[units : 2 * units] = 1
    return values


def orthogonal(rng: np.random.Generator, shape: Shape) -> Array:
    """Rows or columns, whichever are fewer, orthonormal: Q of a normal matrix, signs from R's diagonal, as Keras; of a
    convolution's kernel the last axis against all the others."""
    rows, columns = math.prod(shape[:-1]), shape[-1]
    q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    q = q * np.sign(np.diagonal(r))
    return np.asarray(q if rows >= columns else q.T, np.float32).reshape(shape)


def _truncated(rng: np.random.Generator, shape: Shape) -> np.ndarray[Any, np.dtype[np.float64]]:
    """N(0, 1) with everything beyond ±2 drawn again."""
    values = rng.standard_normal(shape)
    while (outside := np.abs(values) > 2).any():
        values[outside] = rng.standard_normal(int(outside.sum()))
    return values
