"""What a model loses when a part of the picture is covered (Zeiler and Fergus, 2014)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnviz.models.weights import Array

TOGETHER = 512
"""Covered copies of the picture that are judged at a time."""


def occlusion(
    probabilities: Callable[[Array], Array], x: Array, target: int, patch: int, stride: int, grey: float | Array = 0.5
) -> Array:
    """How much the probability of class `target` falls when a patch × patch square of the one picture x [1, h, w, c]
    is covered with `grey` (a number, or a picture [h, w, c] of which the same square is taken).

    float32 [h, w]: to each pixel the mean over the squares that cover it. These are `stride` apart; the last ones
    touch the edge.
    """
    _, height, width, _ = x.shape
    tall, wide = min(patch, height), min(patch, width)
    squares = [
        (slice(i, i + tall), slice(j, j + wide))
        for i in _starts(height, tall, stride)
        for j in _starts(width, wide, stride)
    ]
    before = probabilities(x)[0, target]
    fall, times = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    for first in range(0, len(squares), TOGETHER):
        some = squares[first : first + TOGETHER]
        covered = np.repeat(x, len(some), axis=0)
        for picture, square in zip(covered, some, strict=True):
            picture[square] = grey[square] if isinstance(grey, np.ndarray) else grey
        for p, square in zip(probabilities(covered)[:, target], some, strict=True):
            fall[square] += before - p
            times[square] += 1
    return np.asarray(fall / times, np.float32)


def _starts(side: int, patch: int, stride: int) -> list[int]:
    """Where squares begin so that every pixel is under one."""
    return sorted({*range(0, side - patch + 1, max(1, min(stride, patch))), side - patch})
