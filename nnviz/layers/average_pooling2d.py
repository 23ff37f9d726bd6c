"""Average pooling."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from nnviz.initializers import Array
from nnviz.layers.base import Back
from nnviz.layers.pooling import Pool, Pooling
from nnviz.layers.windows import Frame, reduced, spread


class AveragePooling2D(Pooling):
    """The mean of each window."""

    kind: Literal["average_pooling2d"] = "average_pooling2d"

    label: ClassVar = "Average pooling"
    about: ClassVar = "the mean of each window"
    name: ClassVar = "average pooling"
    token: ClassVar = "avg{pool_size}"
    brief: ClassVar = "average{pool_size}"
    apart: ClassVar = True

    def pool(self) -> Pool:
        return average_pool


def average_pool(x: Array, size: int, strides: int, padding: str) -> tuple[Array, Back]:
    """The mean under each window; padding does not count."""
    frame = Frame(x.shape, size, strides, padding)
    ones = frame.pad(np.ones((1, *x.shape[1:3], 1), x.dtype))
    share: Any = 1 / reduced(np.add, ones, frame)
    return reduced(np.add, frame.pad(x), frame) * share, lambda dy: (spread(dy * share, frame), [])
