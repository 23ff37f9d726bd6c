"""What the sets of images share: from pictures and labels to a Dataset, with grain, turned copies and a mean."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.data.augment import with_rotated
from nnviz.data.dataset import Dataset, Float32, UInt8, floats
from nnviz.sets.base import TEN, FixedSet, ImageSet
from nnviz.sets.drawing import stream
from nnviz.spec import DataSpec


def load(spec: DataSpec, one: ImageSet) -> Dataset:
    """The images that a spec takes of a set. Not a copy where it takes all of its front."""
    images, labels = one.read()
    chosen = rows(spec, one)
    ordered = bool((chosen == np.arange(len(chosen))).all())
    taken: Any = slice(0, len(chosen)) if ordered else chosen
    return image_dataset(spec, images[taken], labels[taken], one.class_names)


def rows(spec: DataSpec, one: FixedSet) -> NDArray[np.int64]:
    """The numbers of a set's samples int64 [train + validation + test], in this order.

    Training images are from the front of those that may be trained on, validation images from their end. With a
    `validation_seed` both are from the front, and which is which is scikit-learn's
    `train_test_split(…, test_size=validation, random_state=validation_seed)`. Test images are from the front of those
    kept apart, else from the end.
    """
    pool = np.array(one.trainable(spec.every, spec.test), np.int64)
    if spec.validation_seed is None:
        train, validation = pool[: spec.train], pool[len(pool) - spec.validation :]
    else:
        both = spec.train + spec.validation
        order = np.random.RandomState(spec.validation_seed).permutation(both)
        train, validation = pool[order[spec.validation :]], pool[order[: spec.validation]]
    start = one.available[0] if one.apart else one.size - spec.test
    return np.concatenate([train, validation, np.arange(start, start + spec.test)])


def image_dataset(
    spec: DataSpec, images: Float32 | UInt8, labels: NDArray[Any], class_names: tuple[str, ...] = TEN
) -> Dataset:
    """Images [n, height, width], uint8 or float32 in 0–1, ordered train, validation, test; uint8 where it can stay so.

    `noise` is the spread of a Gaussian grain. With `rotate` the training images are still the first `spec.train` rows,
    their turned copies follow. With `center` the mean is that of the training images, without the copies, and of the
    validation images where `center_of` says so.
    """
    x: Float32 | UInt8 = floats(images) if spec.noise or spec.rotate else images
    if spec.noise:
        grain = stream(spec.seed, 0).standard_normal(x.shape, np.float32)
        x = np.clip(x + np.float32(spec.noise) * grain, 0, 1)
    height, width = x.shape[1:]
    mean = _mean(x[: spec.train + spec.validation * (spec.center_of != "train")]) if spec.center else None
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
        white=1.0 if spec.scale else 255.0,
    )


def _mean(x: Float32 | UInt8) -> Float32:
    """Of images [n, height, width] as float32 in 0–1: [height, width, 1]."""
    mean: Float32 = (x.mean(axis=0, dtype=np.float64) / (255 if x.dtype == np.uint8 else 1)).astype(np.float32)
    return mean[..., None]
