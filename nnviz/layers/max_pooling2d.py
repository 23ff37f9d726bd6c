"""Max pooling."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from nnviz.initializers import Array
from nnviz.layers.base import Back
from nnviz.layers.pooling import Pool, Pooling
from nnviz.layers.windows import Frame, reduced


class MaxPooling2D(Pooling):
    """The largest number of each window."""

    kind: Literal["max_pooling2d"] = "max_pooling2d"

    label: ClassVar = "Max pooling"
    about: ClassVar = "the largest number of each window"
    name: ClassVar = "max pooling"
    token: ClassVar = "max{pool_size}"
    apart: ClassVar = True

    def pool(self) -> Pool:
        return max_pool


def max_pool(x: Array, size: int, strides: int, padding: str) -> tuple[Array, Back]:
    """The largest number under each window; the gradient goes to the first that is as large, as TensorFlow's does."""
    frame = Frame(x.shape, size, strides, padding)
    padded = frame.pad(x, -np.inf)
    y = reduced(np.maximum, padded, frame)

    def back(dy: Array) -> tuple[Array, list[Array]]:
        dpadded, free = np.zeros_like(padded), np.ones(y.shape, bool)
        for place in frame.places():
            here = free & (padded[place] == y)
            dpadded[place] += dy * here
            free &= ~here
        return frame.crop(dpadded), []

    return y, back
