"""MNIST's digits 0 and 1 by two measures, the points of a lecture on kernels: how much ink there is in all, and how
much of it in the middle, where a 1 has its stroke and a 0 its hole."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.sets import mnist
from nnviz.sets.base import Floats, Images, MeasuredSet

ROWS, COLUMNS = slice(10, 18), slice(11, 17)
"""The middle: rows 10–17 and columns 11–16 of 28×28, counted from 0."""
BLOCK = 5000


def read() -> Images:
    """All 14,780 as float64 [n, 2]: the mean grey, 0 to 1, of all pixels and of those in the middle; the 12,665 of the
    training set first, each part in MNIST's order. Raises DataMissing, DataError."""
    path = mnist.find()
    key = None if path is None else mnist.stamp(path)
    if key is None or key not in _measured:
        images, labels = mnist.read()
        rows = np.flatnonzero(labels < 2)
        found = measures(images[rows]), labels[rows].astype(np.int64)
        if key is None:
            return found
        _measured.clear()
        _measured[key] = found
    return _measured[key]


_measured: dict[tuple[str, int, int], Images] = {}
"""By the file's path, time and size: reading MNIST takes half a second, these are 0.4 MB."""


def measures(images: NDArray[Any]) -> Floats:
    """float64 [n, 2] of greys uint8 [n, 28, 28]."""
    found = np.empty((len(images), 2))
    for i in range(0, len(images), BLOCK):
        greys = images[i : i + BLOCK].astype(np.float64) / 255
        found[i : i + BLOCK, 0] = greys.mean(axis=(1, 2))
        found[i : i + BLOCK, 1] = greys[:, ROWS, COLUMNS].mean(axis=(1, 2))
    return found


ZEROS_ONES = MeasuredSet(
    title="Digits 0 and 1, two measures",
    about="MNIST’s zeros and ones by two numbers each: the mean of all pixels, and the mean of the middle (rows 10–17,"
    " columns 11–16).",
    counts=(1000, 500, 2115),
    there=(12_665, 2_115),
    axes=("mean of all pixels", "mean of the middle", "digit"),
    class_names=("0", "1"),
    made_of="mnist",
    read=read,
    fetched=mnist.MNIST.fetched,
)
