"""Random kernels and biases: Keras's initialisers (same limits and variances, another stream of random numbers) and
those of the lectures."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float32]]
Shape = tuple[int, ...]

TRUNCATED_STD = 0.87962566103423978
"""Standard deviation of N(0, 1) cut at ±2: Keras divides by it, so that what is drawn has the wanted variance."""
Random = np.random.Generator


class Initializer(NamedTuple):
    """label: in the controls. draw(rng, shape) → float32 of a kernel's shape, [inputs, units] or
    [k, k, channels, filters]; of a bias's, [units]. law, std: the distribution of each number, where it is one of LAWS,
    with the standard deviation for a shape; of a constant 0."""

    label: str
    draw: Callable[[Random, Shape], Array]
    law: str = ""
    std: Callable[[Shape], float] | None = None


def density(kind: Initializer, shape: Shape, at: Array) -> Array | None:
    """float32 of `at`'s shape: the probability density of what `kind` draws for a kernel of this shape; None where it
    has no simple one, or is a constant."""
    if kind.law not in LAWS or kind.std is None:
        return None
    return LAWS[kind.law](at, kind.std(shape)).astype(np.float32)


def normal(x: Array, std: float) -> Array:
    """φ(x / σ) / σ = exp(−x² / 2σ²) / σ√(2π)"""
    found: Array = np.exp(-0.5 * (x / std) ** 2) / (std * math.sqrt(2 * math.pi))
    return found


def _uniform_law(x: Array, std: float) -> Array:
    """Between ±√3 σ."""
    limit = math.sqrt(3) * std
    return np.where(np.abs(x) <= limit, 1 / (2 * limit), 0)


def _truncated_law(x: Array, std: float) -> Array:
    """A normal one cut at two of its standard deviations, wider by as much as that makes it narrower."""
    wide = std / TRUNCATED_STD
    return np.where(np.abs(x) <= 2 * wide, normal(x, wide) / math.erf(math.sqrt(2)), 0)


LAWS: dict[str, Callable[[Array, float], Array]] = {
    "normal": normal, "uniform": _uniform_law, "truncated": _truncated_law,
}  # fmt: skip
"""Name → density(x, standard deviation)."""


def fans(shape: Shape) -> tuple[int, int]:
    """Numbers that a neuron of this kernel sums, and that one number goes to: of a convolution's, those of the whole
    receptive field, as Keras counts them."""
    field = math.prod(shape[:-2])
    return field * shape[-2], field * shape[-1]


def _scaled(label: str, scale: float, mode: str, law: str) -> Initializer:
    """Keras's VarianceScaling: variance = scale / fan."""

    def variance(shape: Shape) -> float:
        inputs, units = fans(shape)
        return scale / (inputs if mode == "in" else (inputs + units) / 2)

    def draw(rng: Random, shape: Shape) -> Array:
        if law == "uniform":
            limit = math.sqrt(3 * variance(shape))
            return rng.uniform(-limit, limit, shape).astype(np.float32)
        return (_truncated(rng, shape) * (math.sqrt(variance(shape)) / TRUNCATED_STD)).astype(np.float32)

    named = "uniform" if law == "uniform" else "truncated"
    return Initializer(label, draw, named, lambda shape: math.sqrt(variance(shape)))


def _normal(label: str, std: Callable[[Shape], float]) -> Initializer:
    def draw(rng: Random, shape: Shape) -> Array:
        return (rng.standard_normal(shape) * std(shape)).astype(np.float32)

    return Initializer(label, draw, "normal", std)


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


INITIALIZERS: dict[str, Initializer] = {
    "uniform": Initializer(
        "Uniform ±0.5 (TF Playground)",
        lambda rng, shape: rng.uniform(-0.5, 0.5, shape).astype(np.float32),
        "uniform",
        lambda _: 0.5 / math.sqrt(3),
    ),
    "glorot_uniform": _scaled("Glorot uniform (Keras)", 1.0, "mean", "uniform"),
    "glorot_normal": _scaled("Glorot normal", 1.0, "mean", "normal"),
    "he_uniform": _scaled("He uniform", 2.0, "in", "uniform"),
    "he_normal": _scaled("He normal (for ReLU)", 2.0, "in", "normal"),
    "lecun_uniform": _scaled("LeCun uniform", 1.0, "in", "uniform"),
    "lecun_normal": _scaled("LeCun normal (for SELU)", 1.0, "in", "normal"),
    "random_normal": _normal("Normal N(0, 1)", lambda _: 1.0),
    "small_normal": _normal("Normal N(0, 0.1²)", lambda _: 0.1),
    "scaled_normal": _normal("Normal N(0, 1) / √inputs", lambda shape: 1 / math.sqrt(fans(shape)[0])),
    "orthogonal": Initializer("Orthogonal", orthogonal),
    "zeros": Initializer("Zeros (does not learn: see why)", lambda _, shape: np.zeros(shape, np.float32)),
}
BIASES: dict[str, Initializer] = {
    "zeros": Initializer("0", lambda _, shape: np.zeros(shape, np.float32)),
    "tenth": Initializer("0.1 (TF Playground)", lambda _, shape: np.full(shape, 0.1, np.float32)),
    "random_normal": _normal("Normal N(0, 1)", lambda _: 1.0),
}
"""Those of kernels and those of biases that a spec may name, in the order of the controls."""
