"""Convolution and pooling over pictures [n, height, width, channels], each with its way back beside it.

Every function gives its result and a function from ∂L/∂result to the gradients. Padding is TensorFlow's: "valid" takes
whole windows only; "same" sees ⌈side / strides⌉ windows, zeros around the picture, the odd one at the lower right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from nnviz.models.weights import Array

Back = Callable[[Array], tuple[Array, list[Array]]]
"""∂L/∂output → (∂L/∂input, ∂L/∂weights in `get_weights` order)."""
COLUMNS = 1_000_000
"""Numbers of windows laid out at a time: what the processor's cache holds."""


def margins(side: int, window: int, strides: int, padding: str) -> tuple[int, int, int]:
    """(windows along this side, rows of padding before it, and after it)."""
    if padding == "valid":
        return (side - window) // strides + 1, 0, 0
    count = -(-side // strides)
    total = max((count - 1) * strides + window - side, 0)
    return count, total // 2, total - total // 2


class _Frame:
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


def convolve(x: Array, kernel: Array, bias: Array, strides: int, padding: str) -> tuple[Array, Back]:
    """Keras's Conv2D without its activation: z [n, h', w', filters] of x [n, h, w, c], kernel [k, k, c, filters].

    As one matrix product for each block of samples: the windows laid out as rows, times the kernels as columns.
    """
    size, _, channels, filters = kernel.shape
    frame = _Frame(x.shape, size, strides, padding)
    padded = frame.pad(x)
    flat = kernel.reshape(-1, filters)
    block = max(1, COLUMNS // (frame.height * frame.width * len(flat)))
    z = np.empty((len(x), frame.height, frame.width, filters), np.result_type(x, kernel))
    for i in range(0, len(x), block):
        part = z[i : i + block]
        np.matmul(_windows(padded[i : i + block], frame), flat, out=part.reshape(-1, filters))
        part += bias

    def back(dz: Array) -> tuple[Array, list[Array]]:
        dkernel = np.zeros_like(flat)
        dpadded = np.zeros_like(padded)
        for i in range(0, len(x), block):
            rows = dz[i : i + block].reshape(-1, filters)
            dkernel += _windows(padded[i : i + block], frame).T @ rows
            dwindows = (rows @ flat.T).reshape(-1, frame.height, frame.width, size * size, channels)
            part = dpadded[i : i + block]
            for k, place in enumerate(frame.places()):
                part[place] += dwindows[:, :, :, k]
        return frame.crop(dpadded), [dkernel.reshape(kernel.shape), dz.sum((0, 1, 2))]

    return z, back


def _windows(padded: Array, frame: _Frame) -> Array:
    """Every window as a row: [n·h'·w', k·k·c]. One channel is copied place by place, more of them row by row."""
    n, _, _, channels = padded.shape
    area = frame.window**2
    if channels == 1:
        columns = np.empty((area, n, frame.height, frame.width), padded.dtype)
        for k, place in enumerate(frame.places()):
            columns[k] = padded[place][..., 0]
        return columns.reshape(area, -1).T
    s = padded.strides
    windows: Array = np.lib.stride_tricks.as_strided(
        padded,
        (n, frame.height, frame.width, frame.window, frame.window, channels),
        (s[0], s[1] * frame.strides, s[2] * frame.strides, *s[1:]),
        writeable=False,
    )
    return windows.reshape(n * frame.height * frame.width, area * channels)


def max_pool(x: Array, size: int, strides: int, padding: str) -> tuple[Array, Back]:
    """The largest number under each window; the gradient goes to the first that is as large, as TensorFlow's does."""
    frame = _Frame(x.shape, size, strides, padding)
    padded = frame.pad(x, -np.inf)
    y = _reduce(np.maximum, padded, frame)

    def back(dy: Array) -> tuple[Array, list[Array]]:
        dpadded, free = np.zeros_like(padded), np.ones(y.shape, bool)
        for place in frame.places():
            here = free & (padded[place] == y)
            dpadded[place] += dy * here
            free &= ~here
        return frame.crop(dpadded), []

    return y, back


def average_pool(x: Array, size: int, strides: int, padding: str) -> tuple[Array, Back]:
    """The mean under each window; padding does not count."""
    frame = _Frame(x.shape, size, strides, padding)
    ones = frame.pad(np.ones((1, *x.shape[1:3], 1), x.dtype))
    share: Any = 1 / _reduce(np.add, ones, frame)
    return _reduce(np.add, frame.pad(x), frame) * share, lambda dy: (_spread(dy * share, frame), [])


def l2_pool(x: Array, size: int, strides: int, padding: str) -> tuple[Array, Back]:
    """√Σa² under each window; the gradient a / √Σa² is taken as 0 where all are 0."""
    frame = _Frame(x.shape, size, strides, padding)
    y = np.sqrt(_reduce(np.add, frame.pad(x * x), frame))

    def back(dy: Array) -> tuple[Array, list[Array]]:
        return x * _spread(np.where(y > 0, dy / np.where(y > 0, y, 1), 0), frame), []

    return y, back


POOLS: dict[str, Callable[[Array, int, int, str], tuple[Array, Back]]] = {
    "max_pooling2d": max_pool, "average_pooling2d": average_pool, "l2_pooling2d": l2_pool,
}  # fmt: skip


def _reduce(ufunc: Any, padded: Array, frame: _Frame) -> Array:
    """`ufunc` over each window: first down its rows, then across; 2k operations for k² numbers."""
    down = padded[:, frame.rows(0)].copy()
    for i in range(1, frame.window):
        ufunc(down, padded[:, frame.rows(i)], out=down)
    across: Array = down[:, :, frame.columns(0)].copy()
    for j in range(1, frame.window):
        ufunc(across, down[:, :, frame.columns(j)], out=across)
    return across


def _spread(dy: Array, frame: _Frame) -> Array:
    """To every pixel the sum of `dy` of the windows that it lies under."""
    n, height, width, channels = frame.shape
    down = np.zeros((n, dy.shape[1], frame.left + width + frame.right, channels), dy.dtype)
    for j in range(frame.window):
        down[:, :, frame.columns(j)] += dy
    padded = np.zeros((n, frame.top + height + frame.bottom, *down.shape[2:]), dy.dtype)
    for i in range(frame.window):
        padded[:, frame.rows(i)] += down
    return frame.crop(padded)
