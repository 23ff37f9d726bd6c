"""What the sets of images share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.data.dataset import Dataset, Float32, stream
from nnviz.spec import DataSpec


def image_dataset(spec: DataSpec, images: Float32, labels: NDArray[Any]) -> Dataset:
    """Images [n, height, width] in 0–1, ordered train, validation, test. `noise` is the spread of a Gaussian grain."""
    if spec.noise:
        grain = stream(spec.seed, 0).standard_normal(images.shape, np.float32)
        images = np.clip(images + np.float32(spec.noise) * grain, 0, 1)
    height, width = images.shape[1:]
    return Dataset(
        x=images[..., None],
        y=labels.astype(np.int64),
        n_train=spec.train,
        n_validation=spec.validation,
        n_test=spec.test,
        shift=np.zeros(2, np.float32),
        scale=np.ones(2, np.float32),
        domain=((0.0, float(width)), (0.0, float(height))),
        class_names=tuple(str(c) for c in range(10)),
    )
