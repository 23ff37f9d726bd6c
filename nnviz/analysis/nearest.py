"""The training images nearest to a picture: Euclidean distance over the pixels, as a nearest-neighbour classifier sees.

|x − q|² = |x|² − 2 x·q + |q|²: one product of all training images with the picture, which reads 188 MB for 60,000 of
28×28 and does nothing else. Rounding hurts where distances are small, so the best candidates are measured again.
"""

from __future__ import annotations

import threading
import weakref
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnviz.data.dataset import Float32

NEAREST = 8
CANDIDATES = 32
"""Measured exactly; rounding moves a squared distance by some 10⁻⁴, so the true eight are among them."""

_squares: dict[tuple[int, int, int], tuple[weakref.ref[Any], Float32]] = {}
"""By where the images lie in memory; true as long as the array that owns them is alive."""
_lock = threading.Lock()


class Neighbours(NamedTuple):
    """rows: int64 [k], the nearest first; distances: float32 [k], pixels in 0–1."""

    rows: NDArray[np.int64]
    distances: Float32


def nearest(images: Float32, picture: Float32, k: int = NEAREST, leave_out: int | None = None) -> Neighbours:
    """The `k` of `images` [n, h, w, 1] nearest to `picture` [h, w, 1], or all where there are fewer.

    leave_out: a row that does not count, for a picture that is one of them.
    """
    x, q = images.reshape(len(images), -1), picture.reshape(-1)
    near = _lengths(images) - 2 * (x @ q)
    if leave_out is not None:
        near[leave_out] = np.inf
    k = min(k, len(x) - (leave_out is not None))
    few = min(max(CANDIDATES, k), len(x))
    candidates = np.argpartition(near, few - 1)[:few]
    if leave_out is not None:
        candidates = candidates[candidates != leave_out]
    distances = np.sqrt(((x[candidates] - q) ** 2).sum(axis=1, dtype=np.float64)).astype(np.float32)
    order = np.lexsort((candidates, distances))[:k]
    return Neighbours(candidates[order], distances[order])


def _lengths(images: Float32) -> Float32:
    """|x|² of each image: the same for every picture, so kept as long as the images are."""
    owner = images if images.base is None else images.base
    key = (id(owner), images.__array_interface__["data"][0], len(images))
    with _lock:
        known = _squares.get(key)
        if known is not None and known[0]() is owner:
            return known[1]
    x = images.reshape(len(images), -1)
    squares: Float32 = np.einsum("ij,ij->i", x, x)
    with _lock:
        for gone in [name for name, (alive, _) in _squares.items() if alive() is None]:
            del _squares[gone]
        _squares[key] = (weakref.ref(owner), squares)
    return squares
