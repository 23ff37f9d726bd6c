"""What a data set is, once loaded: arrays in original units, and how the network sees them. numpy only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.spec import DataSpec

Float32 = NDArray[np.float32]
UInt8 = NDArray[np.uint8]
Labels = NDArray[np.int64] | NDArray[np.float32]
Split = Literal["train", "validation", "test"]
Domain = tuple[tuple[float, float], tuple[float, float]]


class DataError(ValueError):
    """The samples that a spec asks for cannot be had; the message names the field or the file and says what to do."""


class DataMissing(DataError):  # noqa: N818  (what is wrong is that data are missing)
    """A file that has to be fetched or uploaded first is not there."""


FEATURES: dict[str, Callable[[Float32, Float32], Float32]] = {
    "x1": lambda x1, _: x1,
    "x2": lambda _, x2: x2,
    "x1_squared": lambda x1, _: x1 * x1,
    "x2_squared": lambda _, x2: x2 * x2,
    "x1_x2": lambda x1, x2: x1 * x2,
    "sin_x1": lambda x1, _: np.sin(x1),
    "sin_x2": lambda _, x2: np.sin(x2),
}


@dataclass(frozen=True, eq=False)
class Dataset:
    """The samples of one spec; rows are ordered train, validation, test.

    values: float32 [n, 2] in original units, or images [n, height, width, 1]: float32 in 0–1, or uint8 in 0–255, which
    is a quarter of the memory.
    y: int64 [n] class numbers, or float32 [n] targets of a regression (about −1 to 1).
    shift, scale: float32 [2]; a network coordinate is (x − shift) / scale.
    domain: ((x1 min, x1 max), (x2 min, x2 max)) that a boundary shows, original units.
    target_range: for a regression on own data, what y = −1 and y = 1 stand for in original units.
    axes: names of the columns x1, x2 and of the label.
    mean: float32 [height, width, 1], what every image loses before a network sees it; None where it loses nothing.
    """

    values: Float32 | UInt8
    y: Labels
    n_train: int
    n_validation: int
    n_test: int
    shift: Float32
    scale: Float32
    domain: Domain
    class_names: tuple[str, ...]
    input_names: tuple[str, ...] = ()
    target_range: tuple[float, float] | None = None
    axes: tuple[str, str, str] = ("x1", "x2", "label")
    mean: Float32 | None = None

    @cached_property
    def x(self) -> Float32:
        """All of `values` as float32."""
        return floats(self.values)

    @property
    def is_image(self) -> bool:
        return self.values.ndim == 4

    @property
    def problem(self) -> Literal["classification", "regression"]:
        return "classification" if self.y.dtype == np.int64 else "regression"

    def rows(self, split: Split) -> slice:
        """Where a split's rows are."""
        edges = {
            "train": (0, self.n_train),
            "validation": (self.n_train, self.n_train + self.n_validation),
            "test": (self.n_train + self.n_validation, self.n_train + self.n_validation + self.n_test),
        }
        return slice(*edges[split])

    def features(self, points: NDArray[np.floating[Any]]) -> Float32:
        """The spec's inputs, float32 [n, inputs], of `points` [n, 2] in original units."""
        network = ((points - self.shift) / self.scale).astype(np.float32)
        return np.stack([FEATURES[name](network[:, 0], network[:, 1]) for name in self.input_names], axis=1)

    def inputs(self, split: Split, part: slice = slice(None)) -> Float32:
        """What the network is fed: float32 [n, inputs], or images [n, height, width, 1]; of some rows of the split."""
        x = self.values[self.rows(split)][part]
        return self.as_inputs(x) if self.is_image else self.features(floats(x))

    def codes(self, split: Split) -> UInt8 | None:
        """Images as they are kept, where that is uint8: what `inputs` makes floats of, mean and all; else None."""
        return self.values[self.rows(split)] if self.values.dtype == np.uint8 else None  # type: ignore[return-value]

    def as_inputs(self, images: Float32 | UInt8) -> Float32:
        """What the network is fed for `images` [n, height, width, 1], float32 in 0–1 or uint8 in 0–255."""
        x = floats(images)
        return x if self.mean is None else x - self.mean

    def labels(self, split: Split) -> Labels:
        """int64 [n] class numbers or float32 [n] targets of a split."""
        return self.y[self.rows(split)]


@dataclass(frozen=True)
class DataSet:
    """An entry of the registry: what a page and `nnviz data` say about a set, and how it is loaded."""

    title: str
    about: str
    problem: Literal["classification", "regression", "either"]
    classes: tuple[int, ...]
    """The numbers of classes that it can have; 0 is a regression."""
    load: Callable[[DataSpec, Path | None], Dataset]


def floats(values: NDArray[Any]) -> Float32:
    """uint8 as `grey`, anything else as float32."""
    return grey(values) if values.dtype == np.uint8 else values.astype(np.float32, copy=False)


def grey(pixels: NDArray[Any]) -> Float32:
    """uint8 0–255 as float32 0–1, without a second array of that size on the way."""
    out: Float32 = np.divide(pixels, np.float32(255), dtype=np.float32)
    return out


def stream(seed: int, number: int) -> np.random.Generator:
    """Independent random numbers for each (seed, number): Philox is counter-based, its key is the pair."""
    return np.random.Generator(np.random.Philox(key=np.array([seed, number], np.uint64)))
