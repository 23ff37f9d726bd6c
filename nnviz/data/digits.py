"""scikit-learn's handwritten digits: 1,797 images of 8×8 in 17 greys, small enough to train in seconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nnviz.data.dataset import Dataset
from nnviz.data.images import image_dataset
from nnviz.spec import DataSpec


def load(spec: DataSpec, home: Path | None = None) -> Dataset:  # noqa: ARG001  (the signature all sets share)
    """Training images from the front of the set, test images from its end, validation images just before those."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, 8, 8).astype(np.float32) / np.float32(16)
    end = len(images) - spec.test
    rows = np.r_[: spec.train, end - spec.validation : end, end : len(images)]
    return image_dataset(spec, images[rows], labels[rows])
