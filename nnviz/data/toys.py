"""Made-up samples in the plane: TensorFlow Playground's sets (its dataset.ts, Apache 2.0) and others (nnviz/sets).

Every random number is drawn once from the seed, and `noise` only scales what was drawn: turning the noise up moves the
same sample (circle, xor, plane, multi_gauss: the place that decides its label), it never draws another one.
In the sets with two classes, class 1 is TensorFlow Playground's +1 (blue) and class 0 its −1 (orange).
"""

from __future__ import annotations

import numpy as np

from nnviz.data.dataset import Dataset
from nnviz.sets.base import Draw, PlaneSet, Points
from nnviz.sets.drawing import stream
from nnviz.spec import DataSpec

DOMAIN = ((-6.0, 6.0), (-6.0, 6.0))


def load(spec: DataSpec, one: PlaneSet) -> Dataset:
    """The samples of a toy set. Each split is balanced over the classes to within one sample."""
    seen = _generate(spec, one, 0, (spec.train, spec.validation))
    unseen = _generate(spec, one, 1, (spec.test,))
    x = np.concatenate([seen[0], unseen[0]]).astype(np.float32)
    y = np.concatenate([seen[1], unseen[1]])
    return Dataset(
        values=x,
        y=y.astype(np.int64) if spec.classes else y.astype(np.float32),
        n_train=spec.train,
        n_validation=spec.validation,
        n_test=spec.test,
        shift=np.zeros(2, np.float32),
        scale=np.ones(2, np.float32),
        domain=DOMAIN,
        class_names=tuple(str(c) for c in range(spec.classes)),
        input_names=spec.inputs,
    )


def _generate(spec: DataSpec, one: PlaneSet, number: int, sizes: tuple[int, ...]) -> Points:
    """One pool of samples. Training and validation samples share one, as in TensorFlow Playground, whose spiral lies
    at even steps: two pools would hold the same points. Test samples lie at random places of the curve instead."""
    rng = stream(spec.seed, number)
    classes = max(spec.classes, 1)
    group = np.concatenate([rng.permutation(np.arange(size) % classes) for size in sizes])
    along = rng.random(len(group))
    if number == 0:
        for c in range(classes):
            mine = group == c
            along[mine] = along[mine].argsort().argsort() / max(mine.sum(), 1)
    return one.points(Draw(rng, group, along, classes, spec.noise, spec.seed))
