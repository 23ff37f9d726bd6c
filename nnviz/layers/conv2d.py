"""Convolution over pictures [n, height, width, channels]."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from nnviz.activations import ActivationName
from nnviz.initializers import Array
from nnviz.layers.base import Apply, Back, Layer, Padding, Placed, activated
from nnviz.layers.windows import Frame

COLUMNS = 1_000_000
"""Numbers of windows laid out at a time: what the processor's cache holds."""


class Conv2D(Layer):
    """`filters` kernels of kernel_size × kernel_size slide over the picture; `activation` None takes the model's."""

    kind: Literal["conv2d"] = "conv2d"
    filters: int = Field(16, ge=1, le=256)
    kernel_size: int = Field(5, ge=1, le=11)
    strides: int = Field(1, ge=1, le=4)
    padding: Padding = "valid"
    activation: ActivationName | None = None

    label: ClassVar = "Convolution"
    about: ClassVar = "small filters slide over the picture, the same at every place"
    name: ClassVar = "convolution"
    token: ClassVar = "{filters}@{kernel_size}"
    brief: ClassVar = "{filters}@{kernel_size}×{kernel_size}"
    takes: ClassVar = "picture"
    gives: ClassVar = "windows"
    size: ClassVar = "filters"
    window: ClassVar = "kernel_size"
    arrays: ClassVar = {"kernel": "window window inputs size", "bias": "size"}
    derived: ClassVar = True
    kept: ClassVar = 2.5

    def function(self, common: str) -> str | None:
        return self.activation or common

    def apply(self, placed: Placed, training: bool) -> Apply:  # noqa: ARG002
        return activated(partial(convolve, strides=self.strides, padding=self.padding), placed.activation)

    def keras(self, placed: Placed, activation: Any, regularizer: Any, seed: int) -> Any:  # noqa: ARG002
        from keras import layers

        return layers.Conv2D(
            self.filters, self.kernel_size, self.strides, self.padding,
            activation=activation, kernel_regularizer=regularizer,
        )  # fmt: skip


def convolve(x: Array, kernel: Array, bias: Array, strides: int, padding: str) -> tuple[Array, Back]:
    """Keras's Conv2D without its activation: z [n, h', w', filters] of x [n, h, w, c], kernel [k, k, c, filters].

    As one matrix product for each block of samples: the windows laid out as rows, times the kernels as columns.
    """
    size, _, channels, filters = kernel.shape
    frame = Frame(x.shape, size, strides, padding)
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


def _windows(padded: Array, frame: Frame) -> Array:
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
