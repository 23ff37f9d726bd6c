"""What a data set says of itself: words, classes, shape, and where its samples come from. Registered in `SETS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Points = tuple[Floats, NDArray[Any]]
"""Places [n, 2] and labels [n]: class numbers, or targets of a regression."""
Images = tuple[NDArray[Any], NDArray[Any]]
"""Greys [n, height, width], uint8 0–255 or float32 0–1, and class numbers [n]; training samples first."""
TEN = tuple(str(c) for c in range(10))
MANY = tuple(range(2, 9))


class DataError(ValueError):
    """The samples that a spec asks for cannot be had; the message names the field or the file and says what to do."""


class DataMissing(DataError):  # noqa: N818  (what is wrong is that data are missing)
    """A file that has to be fetched or uploaded first is not there."""


@dataclass(frozen=True)
class Draw:
    """What a generator draws from. `group` [n]: the class each sample is drawn for. `along` [n] in [0, 1): its place
    on a curve. `seed` is for what train and test samples share, such as where the blobs are."""

    rng: np.random.Generator
    group: NDArray[np.int64]
    along: Floats
    classes: int
    noise: float
    seed: int

    def uniform(self, low: float, high: float) -> Floats:
        return self.rng.uniform(low, high, len(self.group))

    def shake(self, size: float) -> Floats:
        """Uniform in ±size·noise, [n, 2]."""
        return self.rng.uniform(-size, size, (len(self.group), 2)) * self.noise

    def normal(self) -> Floats:
        return self.rng.standard_normal((len(self.group), 2))


@dataclass(frozen=True)
class File:
    """A file to fetch: its name in the storage and here, its checksum as pooch writes one, its size in bytes."""

    name: str
    checksum: str
    size: int


@dataclass(frozen=True)
class Fetched:
    """What has to be fetched once. find: the file or folder, None where it is not here; destination: what a fetch
    fills."""

    files: tuple[File, ...]
    find: Callable[[], Path | None]
    destination: Callable[[], Path]

    @property
    def megabytes(self) -> int:
        return round(sum(file.size for file in self.files) / 1e6)


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """classes: the numbers of classes that it can have; 0 is a regression. shape: of its images, None for points."""

    title: str
    about: str
    classes: tuple[int, ...] = (2,)
    shape: tuple[int, int, int] | None = None
    counts: tuple[int, int, int] = (250, 250, 250)
    """(train, validation, test) where a spec leaves them out."""
    fetched: Fetched | None = None

    @property
    def is_image(self) -> bool:
        return self.shape is not None

    @property
    def problem(self) -> Literal["classification", "regression", "either"]:
        return "classification" if 0 not in self.classes else "either" if any(self.classes) else "regression"


@dataclass(frozen=True, kw_only=True)
class PlaneSet(DataSet):
    """Made-up samples in the plane."""

    points: Callable[[Draw], Points]


@dataclass(frozen=True, kw_only=True)
class FixedSet(DataSet):
    """Samples in a fixed order, so many and no more. apart: the test samples are a set of their own, the end of what
    `read` gives; else the end of the one set. read raises DataMissing, DataError."""

    read: Callable[[], Images]
    apart: bool = True
    class_names: tuple[str, ...] = TEN

    @property
    def available(self) -> tuple[int, int]:
        """Samples that may be trained on, and those for the test."""
        return self.counts[0], self.counts[2]

    @property
    def size(self) -> int:
        return sum(self.available)

    def trainable(self, every: int = 1, test: int = 0) -> range:
        """The numbers of the samples that may be trained on, every so-manieth of them; so many are for the test."""
        return range(0, self.available[0] if self.apart else self.size - test, every)


@dataclass(frozen=True, kw_only=True)
class ImageSet(FixedSet):
    """Images in a fixed order. counts: all there are."""

    classes: tuple[int, ...] = (10,)


@dataclass(frozen=True, kw_only=True)
class MeasuredSet(FixedSet):
    """Two measures of each sample: points in the plane. `read` gives places float64 [n, 2] and class numbers [n].
    there: samples that may be trained on, and those for the test. axes: names of the measures and of the label.
    made_of: the set of images that is measured, which has to be fetched under its own name."""

    there: tuple[int, int]
    axes: tuple[str, str, str]
    made_of: str

    @property
    def available(self) -> tuple[int, int]:
        return self.there


@dataclass(frozen=True, kw_only=True)
class OwnSet(DataSet):
    """A visitor's own, kept in a home under the id that the spec's field of the set's own name gives. kept: the folder
    and the kind of its files. refusal: what is said of a spec without an id, or with other classes."""

    kept: tuple[str, str]
    refusal: str
