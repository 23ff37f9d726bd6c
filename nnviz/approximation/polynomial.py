"""A polynomial fitted to a few samples, with and without weight decay (lectures.md, B5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.approximation.curves import Array
from nnviz.sets.drawing import stream

MOST_DEGREE = 12


@dataclass(frozen=True)
class Points:
    """x, y: float64 [n]; x lies between −1 and 1."""

    x: Array
    y: Array


def noisy_sine(samples: int, noise: float, seed: int) -> Points:
    """Samples of sin(π x), as far apart as each other, with noise of this standard deviation."""
    x = np.linspace(-1, 1, samples)
    return Points(x, np.sin(np.pi * x) + noise * stream(seed, 5).standard_normal(samples))


def powers(x: Array, degree: int) -> Array:
    """[n, degree + 1]: 1, x, x², …"""
    return np.asarray(np.vander(x, degree + 1, increasing=True))


def fit(points: Points, degree: int, decay: float) -> Array:
    """The coefficients w [degree + 1] that make ½ Σ (w·x − y)² + λ/2 Σ w² smallest, w₀ of the constant first, which is
    not punished. λ is `decay`; at 0 the shortest w of all that fit best. Solved as least squares
    with a row √λ·w for each coefficient, whose target is 0: the same as (XᵀX + λD) w = Xᵀy, and never singular."""
    x, pulled = powers(points.x, degree), np.sqrt(decay) * np.eye(degree + 1)[1:]
    wanted = np.concatenate([points.y, np.zeros(degree)])
    return np.asarray(np.linalg.lstsq(np.concatenate([x, pulled]), wanted, rcond=None)[0])


def error(points: Points, w: Array) -> float:
    """The root of the mean squared error at the samples."""
    return float(np.sqrt(((powers(points.x, len(w) - 1) @ w - points.y) ** 2).mean()))


def true_error(w: Array) -> float:
    """The same at 201 places of the function without noise."""
    x = np.linspace(-1, 1, 201)
    return error(Points(x, np.sin(np.pi * x)), w)
