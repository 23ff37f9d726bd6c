"""How the columns of points that nobody made up are centred and scaled for a network, and what a map of them shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.data.dataset import Domain

REACH = 5.0
"""Largest network coordinate of a column: TensorFlow Playground's samples reach as far."""


def spread(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(shift, scale) float64 [2] of columns [n, 2]: (x − shift) / scale lies within ±REACH, its mean is 0."""
    shift = x.mean(axis=0)
    reach = np.abs(x - shift).max(axis=0)
    return shift, np.where(reach > 0, reach / REACH, 1.0)


def margins(x: NDArray[np.float64]) -> Domain:
    """From the least to the largest value of each column, and a twentieth of that around."""
    low, high = x.min(axis=0), x.max(axis=0)
    edge = np.where(high > low, (high - low) * 0.05, 1.0)
    (left, right), (below, above) = zip(low - edge, high + edge, strict=True)
    return (float(left), float(right)), (float(below), float(above))
