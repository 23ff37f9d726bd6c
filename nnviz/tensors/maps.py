"""A layer of two neurons as a map of the plane: W x + b moves, turns, scales and shears it, the activation bends it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnviz.activations import ACTIVATIONS

Array = NDArray[np.float64]
BENDS = {name: ACTIVATIONS[name].label for name in ("linear", "relu", "leaky_relu", "tanh", "sigmoid")}
"""Activations that are offered here, by their names; linear bends nothing."""


def grid(half: float, lines: int, points: int) -> Array:
    """float64 [2 lines, points, 2]: level lines from −half to half, then upright ones."""
    across, along = np.linspace(-half, half, lines), np.linspace(-half, half, points)
    level = np.stack(np.broadcast_arrays(along[None, :], across[:, None]), axis=-1)
    return np.concatenate([level, level[..., ::-1]])


def layer(x: Array, matrix: Sequence[float], shift: Sequence[float], bend: str) -> tuple[Array, Array]:
    """(W x + b, f(W x + b)) for places x [..., 2]. matrix: W row by row; shift: b."""
    w, b = np.asarray(matrix, np.float64).reshape(2, 2), np.asarray(shift, np.float64)
    z = x @ w.T + b
    return z, np.asarray(ACTIVATIONS[bend].f(z), np.float64)


def about(matrix: Sequence[float], bend: str) -> str:
    """What W does to areas, and what the activation does then, in words."""
    w = np.asarray(matrix, np.float64).reshape(2, 2)
    det = float(w[0, 0] * w[1, 1] - w[0, 1] * w[1, 0])
    size = f"det W = {det:.4g}".replace("-", "−")
    rank = int(np.linalg.matrix_rank(w))
    if rank == 2:
        turned = "" if det > 0 else ", and the plane is turned over, as in a mirror"
        words = f"{size}: areas become {abs(det):.4g} times as large{turned}. Straight lines stay straight."
    else:
        words = f"{size}: the plane is pressed onto {'a line' if rank else 'one point'}, and nothing can undo that."
    return f"{words} {_BENT[bend]}"


_BENT = {
    "linear": "Without an activation there is no more to it, and many such layers are only one such layer.",
    "relu": "ReLU then folds away all that lies left of or below the axes: lines break where they cross them.",
    "leaky_relu": "Leaky ReLU then presses what lies left of or below the axes: lines break where they cross them.",
    "tanh": "tanh then bends the plane into the square from −1 to 1.",
    "sigmoid": "The sigmoid then bends the plane into the square from 0 to 1.",
}
