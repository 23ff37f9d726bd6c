"""Samples put on the plane or taken from it by hand: what is shown becomes a table of the visitor's own.

The rows of a table are dealt to training and validation by the spec's seed; they are written here in such an order that
each sample stays where it was, and one that was added is trained on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from nnviz.data.dataset import Dataset
from nnviz.data.uploads.csv_table import COLUMNS
from nnviz.sets.base import DataError
from nnviz.sets.drawing import stream


@dataclass(frozen=True)
class Point:
    """A change: a sample of class `label` (from 0) added at (x1, x2), or the one that is nearest removed."""

    do: Literal["add", "remove"]
    x1: float
    x2: float
    label: int = 0


def redrawn(dataset: Dataset, seed: int, point: Point) -> tuple[bytes, dict[str, int]]:
    """The samples after a change as a CSV file, and how many are for training, validation and test under `seed`.

    Raises DataError for a regression, and for a class or a place that there is not."""
    if dataset.target_range is not None or not dataset.class_names:
        raise DataError("samples can be drawn where there are classes; a regression needs a number for each")
    if not np.isfinite([point.x1, point.x2]).all():
        raise DataError("a sample has a finite place")
    if not 0 <= point.label < len(dataset.class_names):
        raise DataError(f"class {point.label}: allowed are 0 to {len(dataset.class_names) - 1}")
    x, y = np.asarray(dataset.values, np.float64), np.asarray(dataset.y, np.int64)
    train = dataset.n_train
    if point.do == "add":
        x, y = np.insert(x, train, (point.x1, point.x2), 0), np.insert(y, train, point.label)
        counts = {"train": train + 1, "validation": dataset.n_validation, "test": dataset.n_test}
    else:
        place = int(((x - (point.x1, point.x2)) ** 2).sum(1).argmin())
        x, y = np.delete(x, place, 0), np.delete(y, place)
        counts = {"train": train, "validation": dataset.n_validation, "test": dataset.n_test}
        counts["train" if place < train else "validation" if place < train + dataset.n_validation else "test"] -= 1
    order = stream(seed, 0).permutation(len(x))
    rows = [""] * len(x)
    for place, (x1, x2), label in zip(order, x.astype(np.float32), y, strict=True):
        name = dataset.class_names[label].replace('"', '""')
        rows[place] = f'{x1},{x2},"{name}"'
    return "\n".join([",".join(COLUMNS), *rows, ""]).encode(), counts
