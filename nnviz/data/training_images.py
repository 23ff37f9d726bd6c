"""What a network is trained on, to be looked at: images of the training sample with the turned copies of each."""

from __future__ import annotations

import numpy as np

from nnviz.data.augment import angles, copies
from nnviz.data.dataset import Dataset, floats
from nnviz.data.sheets import as_pixels
from nnviz.events import Frame
from nnviz.spec import DataSpec

PAGE = 50
"""Images at once: the lecture shows its first 50."""


def training_frame(spec: DataSpec, data: Dataset, first: int) -> Frame:
    """View "training": the images first … first + PAGE − 1 of those that `spec` trains on, as far as there are any.

    data: those of `spec`, without turned copies (nnviz.data.cached). pixels uint8 [k, parts, height, width], labels
    uint8 [k], degrees int8 [k, parts], counter-clockwise; parts is 3 with turned copies, which are those of the
    training, else 1. meta: first, page (PAGE), total (images, without copies).
    """
    chosen = slice(first, min(first + PAGE, spec.train))
    images = floats(data.x[data.rows("train")][chosen, ..., 0])
    degrees = np.zeros((len(images), 1), np.int64)
    parts = images[:, None]
    if spec.rotate:
        turned = angles(spec.train, spec.rotate, spec.seed)[chosen]
        degrees = np.concatenate([degrees, turned], axis=1)
        parts = np.concatenate([parts, copies(images, turned)], axis=1)
    arrays = {
        "pixels": as_pixels(parts), "labels": data.labels("train")[chosen].astype(np.uint8),
        "degrees": degrees.astype(np.int8),
    }  # fmt: skip
    return Frame("training", 0, 0.0, {"first": first, "page": PAGE, "total": spec.train}, arrays)
