"""scikit-learn's handwritten digits: 1,797 images of 8×8 in 17 greys, small enough to train in seconds."""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnviz.sets.base import Images, ImageSet

FILE = Path("datasets", "data", "digits.csv.gz")
"""Where scikit-learn keeps them: 64 greys 0 to 16 and the label in each row."""


def read() -> Images:
    """All 1,797, float32 in 0–1."""
    images, labels = _read()
    return images.reshape(-1, 8, 8).astype(np.float32) / np.float32(16), labels


def _read() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """What `load_digits(return_X_y=True)` returns, without what it imports: SciPy and pandas, two seconds of work that
    the first visitor of a server would wait for, and every run."""
    found = find_spec("sklearn")
    for folder in (found.submodule_search_locations or []) if found else []:
        if (path := Path(folder) / FILE).is_file():
            with gzip.open(path, "rt") as file:
                table = np.loadtxt(file, delimiter=",")
            return table[:, :-1], table[:, -1].astype(np.int64)
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return x, y.astype(np.int64)


DIGITS = ImageSet(
    title="Digits, 8×8",
    about="1,797 small images of handwritten digits, part of scikit-learn.",
    shape=(8, 8, 1),
    counts=(1347, 0, 450),
    apart=False,
    read=read,
)
