"""scikit-learn's handwritten digits: 1,797 images of 8×8 in 17 greys, small enough to train in seconds."""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnviz.data.dataset import Dataset
from nnviz.data.images import image_dataset
from nnviz.spec import DataSpec

FILE = Path("datasets", "data", "digits.csv.gz")
"""Where scikit-learn keeps them: 64 greys 0 to 16 and the label in each row."""


def load(spec: DataSpec, home: Path | None = None) -> Dataset:  # noqa: ARG001  (the signature all sets share)
    """Training images from the front of the set, test images from its end, validation images just before those."""
    images, labels = _read()
    greys = images.reshape(-1, 8, 8).astype(np.float32) / np.float32(16)
    end = len(greys) - spec.test
    rows = np.r_[: spec.train, end - spec.validation : end, end : len(greys)]
    return image_dataset(spec, greys[rows], labels[rows])


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
