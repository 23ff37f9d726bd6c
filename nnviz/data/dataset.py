"""What a data set is, once loaded: arrays in original units, and how the network sees them. numpy only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
UInt8 = NDArray[np.uint8]
Labels = NDArray[np.int64] | NDArray[np.float32]
Split = Literal["train", "validation", "test"]
Domain = tuple[tuple[float, float], tuple[float, float]]


class Feature(NamedTuple):
    """An input of a network: its name in formulas, its values, and the same as a JavaScript expression of x1, x2."""

    symbol: str
    f: Callable[[Float32, Float32], Float32]
    js: str


FEATURES: dict[str, Feature] = {
    "x1": Feature("x₁", lambda x1, _: x1, "x1"),
    "x2": Feature("x₂", lambda _, x2: x2, "x2"),
    "x1_squared": Feature("x₁²", lambda x1, _: x1 * x1, "x1 * x1"),
    "x2_squared": Feature("x₂²", lambda _, x2: x2 * x2, "x2 * x2"),
    "x1_x2": Feature("x₁x₂", lambda x1, x2: x1 * x2, "x1 * x2"),
    "sin_x1": Feature("sin x₁", lambda x1, _: np.sin(x1), "Math.sin(x1)"),
    "sin_x2": Feature("sin x₂", lambda _, x2: np.sin(x2), "Math.sin(x2)"),
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
    white: what a grey of 1 is to the network: 255 where greys are not scaled.
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
    white: float = 1.0

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
        return np.stack([FEATURES[name].f(network[:, 0], network[:, 1]) for name in self.input_names], axis=1)

    def inputs(self, split: Split, part: slice = slice(None)) -> Float32:
        """What the network is fed: float32 [n, inputs], or images [n, height, width, 1]; of some rows of the split."""
        x = self.values[self.rows(split)][part]
        return self.as_inputs(x) if self.is_image else self.features(floats(x))

    def codes(self, split: Split) -> UInt8 | None:
        """Images as they are kept, where they are uint8 and to be fed from 0 to 1: what `inputs` makes floats of, mean
        and all; else None."""
        kept = self.values.dtype == np.uint8 and self.white == 1
        return self.values[self.rows(split)] if kept else None  # type: ignore[return-value]

    def as_inputs(self, images: Float32 | UInt8) -> Float32:
        """What the network is fed for `images` [n, height, width, 1], float32 in 0–1 or uint8 in 0–255."""
        x = floats(images)
        x = x if self.mean is None else x - self.mean
        return x if self.white == 1 else x * np.float32(self.white)

    def labels(self, split: Split) -> Labels:
        """int64 [n] class numbers or float32 [n] targets of a split."""
        return self.y[self.rows(split)]


def floats(values: NDArray[Any]) -> Float32:
    """uint8 as `grey`, anything else as float32."""
    return grey(values) if values.dtype == np.uint8 else values.astype(np.float32, copy=False)


def grey(pixels: NDArray[Any]) -> Float32:
    """uint8 0–255 as float32 0–1, without a second array of that size on the way."""
    out: Float32 = np.divide(pixels, np.float32(255), dtype=np.float32)
    return out
