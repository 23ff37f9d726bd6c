"""Turned images, by bilinear interpolation: what a turned picture shows at a place lies between four pixels of the old
one. That is linear in the pixels, so a turn by an angle is one sparse matrix for all images.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.data.dataset import Float32
from nnviz.sets.drawing import stream

LEAST = 5
"""Degrees: a smaller turn hardly makes a new image."""
BLOCK = 4096
"""Images that are turned at once: 13 MB of 28×28."""


def rotated(images: NDArray[Any], degrees: float) -> Float32:
    """Images [n, height, width] or [n, height, width, 1] turned about their middle, counter-clockwise for degrees > 0.

    float32 of the same shape, in the same units. Outside of a picture it is 0, as in scipy.ndimage.rotate with
    order=1, reshape=False, mode="grid-constant", which is the same to rounding.
    """
    out = np.empty(images.shape, np.float32)
    _turn(images, np.arange(len(images)), degrees, out)
    return out


def angles(count: int, most: float, seed: int) -> NDArray[np.int64]:
    """Whole degrees [count, 2] by which the two copies of each image are turned: +5…+most and −5…−most.

    They depend on `seed` only, not on the images.
    """
    drawn: NDArray[np.int64] = stream(seed, 3).integers(LEAST, int(most), (count, 2), endpoint=True)
    drawn[:, 1] *= -1
    return drawn


def copies(images: NDArray[Any], degrees: NDArray[np.int64]) -> Float32:
    """Images [n, …] turned by their degrees [n, m]: float32 [n, m, …]."""
    out = np.empty((len(images), degrees.shape[1], *images.shape[1:]), np.float32)
    for part in range(degrees.shape[1]):
        _turn_each(images, degrees[:, part], out[:, part])
    return out


def with_rotated(images: Float32, most: float, seed: int, out: Float32) -> None:
    """Fill `out` [3n, …] with `images` [n, …], each turned by +5…+most whole degrees, and each turned by −5…−most.

    Row i of all three parts comes from the same image.
    """
    count = len(images)
    out[:count] = images
    degrees = angles(count, most, seed)
    for part in (1, 2):
        _turn_each(images, degrees[:, part - 1], out[part * count : (part + 1) * count])


def _turn_each(images: NDArray[Any], degrees: NDArray[np.int64], out: Float32) -> None:
    for angle in np.unique(degrees):
        _turn(images, np.flatnonzero(degrees == angle), float(angle), out)


def _turn(images: NDArray[Any], rows: NDArray[np.int64], degrees: float, out: Float32) -> None:
    """out[rows] = images[rows], turned; by blocks, as the sparse product wants the images as columns of a copy."""
    matrix = _matrix(images.shape[1], images.shape[2], degrees)
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        columns = np.ascontiguousarray(images[block].reshape(len(block), -1).T, np.float32)
        out[block] = (matrix @ columns).T.reshape(len(block), *images.shape[1:])


@lru_cache(maxsize=128)
def _matrix(height: int, width: int, degrees: float) -> Any:
    """scipy CSR float32 [height·width, height·width]: row = a pixel of the turned image, column = of the old one."""
    from scipy.sparse import csr_array

    angle = np.deg2rad(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    down, right = np.mgrid[:height, :width].reshape(2, -1) - np.array([[(height - 1) / 2], [(width - 1) / 2]])
    # Where a pixel of the turned image came from: turned back by the angle. Rows count downwards.
    y = cos * down + sin * right + (height - 1) / 2
    x = cos * right - sin * down + (width - 1) / 2
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    targets, sources, weights = [], [], []
    for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
        row, column = top + dy, left + dx
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        targets.append(np.flatnonzero(inside))
        sources.append((row * width + column)[inside])
        weights.append(((1 - np.abs(y - row)) * (1 - np.abs(x - column)))[inside])
    size = height * width
    entries = (np.concatenate(weights).astype(np.float32), (np.concatenate(targets), np.concatenate(sources)))
    return csr_array(entries, shape=(size, size))
