"""The sets of two measures of each sample: from their fixed rows to a Dataset."""

from __future__ import annotations

import numpy as np

from nnviz.data.dataset import Dataset
from nnviz.data.images import rows
from nnviz.data.plane_scale import margins, spread
from nnviz.sets.base import DataError, MeasuredSet
from nnviz.sets.drawing import stream
from nnviz.spec import DataSpec


def load(spec: DataSpec, one: MeasuredSet) -> Dataset:
    """The rows that `images.rows` chooses, as of images. `noise` moves a sample by up to that much of a network
    coordinate, as in an own table. Raises DataMissing, DataError."""
    places, labels = one.read()
    chosen = rows(spec, one)
    if len(chosen) and chosen.max() >= len(places):
        raise DataError(f"data.train: the {one.made_of} here is not the published one: it has {len(places):,} of them")
    shift, scale = spread(places)  # of all there are: axes must not move when the split does
    x = places[chosen]
    if spec.noise:
        x = x + spec.noise * scale * stream(spec.seed, 0).uniform(-1, 1, x.shape)
    return Dataset(
        values=x.astype(np.float32),
        y=labels[chosen].astype(np.int64),
        n_train=spec.train,
        n_validation=spec.validation,
        n_test=spec.test,
        shift=(shift if spec.scale else np.zeros(2)).astype(np.float32),
        scale=(scale if spec.scale else np.ones(2)).astype(np.float32),
        domain=margins(places),
        class_names=one.class_names,
        input_names=spec.inputs,
        axes=one.axes,
    )
