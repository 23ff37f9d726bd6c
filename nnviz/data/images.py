"""What the sets of images share: from pictures and labels to a Dataset, with grain, turned copies and a mean."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.data.augment import with_rotated
from nnviz.data.dataset import Dataset, Float32, UInt8, floats, stream
from nnviz.spec import DataSpec

TEN = tuple(str(c) for c in range(10))


def image_dataset(
    spec: DataSpec, images: Float32 | UInt8, labels: NDArray[Any], class_names: tuple[str, ...] = TEN
) -> Dataset:
    """Images [n, height, width], uint8 or float32 in 0–1, ordered train, validation, test; uint8 where it can stay so.

    `noise` is the spread of a Gaussian grain. With `rotate` the training images are still the first `spec.train` rows,
    their turned copies follow. With `center` the mean is that of the training images, without the copies.
    """
    x: Float32 | UInt8 = floats(images) if spec.noise or spec.rotate else images
    if spec.noise:
        grain = stream(spec.seed, 0).standard_normal(x.shape, np.float32)
        x = np.clip(x + np.float32(spec.noise) * grain, 0, 1)
    height, width = x.shape[1:]
    mean = _mean(x[: spec.train]) if spec.center else None
    labels = labels.astype(np.int64)
    if spec.rotate:
        parts = np.empty((spec.training_samples + len(x) - spec.train, height, width), np.float32)
        with_rotated(floats(x[: spec.train]), spec.rotate, spec.seed, parts[: spec.training_samples])
        parts[spec.training_samples :] = x[spec.train :]
        x, labels = parts, np.concatenate([np.tile(labels[: spec.train], 3), labels[spec.train :]])
    return Dataset(
        values=x[..., None],
        y=labels,
        n_train=spec.training_samples,
        n_validation=spec.validation,
        n_test=spec.test,
        shift=np.zeros(2, np.float32),
        scale=np.ones(2, np.float32),
        domain=((0.0, float(width)), (0.0, float(height))),
        class_names=class_names,
        mean=mean,
    )


def _mean(x: Float32 | UInt8) -> Float32:
    """Of images [n, height, width] as float32 in 0–1: [height, width, 1]."""
    mean: Float32 = (x.mean(axis=0, dtype=np.float64) / (255 if x.dtype == np.uint8 else 1)).astype(np.float32)
    return mean[..., None]
