"""Windows over pictures [n, height, width, channels], for convolution and pooling.

Padding is TensorFlow's: "valid" takes whole windows only; "same" sees ⌈side / strides⌉ windows, zeros around the
picture, the odd one at the lower right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nnviz.initializers import Array


def margins(side: int, window: int, strides: int, padding: str) -> tuple[int, int, int]:
    """(windows along this side, rows of padding before it, and after it)."""
    if padding == "valid":
        return (side - window) // strides + 1, 0, 0
    count = -(-side // strides)
    total = max((count - 1) * strides + window - side, 0)
    return count, total // 2, total - total // 2


class Frame:
    """A padded picture and the windows over it."""

    def __init__(self, shape: tuple[int, ...], window: int, strides: int, padding: str) -> None:
        self.shape, self.window, self.strides = shape, window, strides
        self.height, self.top, self.bottom = margins(shape[1], window, strides, padding)
        self.width, self.left, self.right = margins(shape[2], window, strides, padding)

    def pad(self, x: Array, value: float = 0.0) -> Array:
        if not self.top + self.bottom + self.left + self.right:
            return x
        edges = ((0, 0), (self.top, self.bottom), (self.left, self.right), (0, 0))
        return np.pad(x, edges, constant_values=value)

    def crop(self, padded: Array) -> Array:
        return padded[:, self.top : self.top + self.shape[1], self.left : self.left + self.shape[2]]

    def rows(self, i: int) -> slice:
        """Where the i-th row of every window lies in the padded picture."""
        return slice(i, i + (self.height - 1) * self.strides + 1, self.strides)

    def columns(self, j: int) -> slice:
        return slice(j, j + (self.width - 1) * self.strides + 1, self.strides)

    def places(self) -> Iterator[tuple[slice, slice, slice]]:
        """For each place in the window, row by row: where it lies in the padded picture, under every window."""
        for i in range(self.window):
            for j in range(self.window):
                yield slice(None), self.rows(i), self.columns(j)


def reduced(ufunc: Any, padded: Array, frame: Frame) -> Array:
    """`ufunc` over each window: first down its rows, then across; 2k operations for k² numbers."""
    down = padded[:, frame.rows(0)].copy()
    for i in range(1, frame.window):
        ufunc(down, padded[:, frame.rows(i)], out=down)
    across: Array = down[:, :, frame.columns(0)].copy()
    for j in range(1, frame.window):
        ufunc(across, down[:, :, frame.columns(j)], out=across)
    return across


def spread(dy: Array, frame: Frame) -> Array:
    """To every pixel the sum of `dy` of the windows that it lies under."""
    n, height, width, channels = frame.shape
    down = np.zeros((n, dy.shape[1], frame.left + width + frame.right, channels), dy.dtype)
    for j in range(frame.window):
        down[:, :, frame.columns(j)] += dy
    padded = np.zeros((n, frame.top + height + frame.bottom, *down.shape[2:]), dy.dtype)
    for i in range(frame.window):
        padded[:, frame.rows(i)] += down
    return frame.crop(padded)
