"""How well a network reads turned images (lectures.md, B20): one angle at a time, the accuracy and a gallery. Pure."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from nnviz.data.augment import rotated
from nnviz.data.dataset import Dataset, Split
from nnviz.data.pictures import png
from nnviz.data.sheets import as_pixels, tiled
from nnviz.models.predictor import Predictor
from nnviz.stopping import accuracy_interval

GALLERY = 20
FEWEST = 500
WORK, MOST_WORK = 3e9, 2e10
"""Multiply-adds for one angle: about a second; and what it may take for FEWEST images, or on request. Of a larger
network fewer images are turned."""
OF_TRAINING = 1000


def judged_split(data: Dataset) -> tuple[Split, int]:
    """(split, images) that tell how good a network is: test, else validation, else the first training images."""
    if data.n_test:
        return "test", data.n_test
    return ("validation", data.n_validation) if data.n_validation else ("train", min(data.n_train, OF_TRAINING))


def affordable(of: int, multiply_adds: int, wanted: int | None = None) -> int:
    """How many of `of` images one angle takes, or of those that are `wanted`."""
    each = max(multiply_adds, 1)
    most = max(1, int(MOST_WORK / each))
    return min(of, most, max(FEWEST, int(WORK / each)) if wanted is None else wanted)


def turned(predictor: Predictor, data: Dataset, degrees: float, n: int) -> dict[str, Any]:
    """The accuracy on `n` images turned counter-clockwise, taken evenly from all, and the first 20 as pictures.

    angle, split, n, of, correct, accuracy, low, high (Wilson's 95 %); indices, predicted and true of the gallery,
    pictures: base64 PNG, side by side.
    """
    split, of = judged_split(data)
    x, y = data.x[data.rows(split)], data.labels(split)
    n = min(n, of)
    chosen = np.linspace(0, of - 1, n).round().astype(np.int64)  # MNIST's first half is easier than its second
    gallery = min(GALLERY, of)
    images = rotated(np.concatenate([x[:gallery], x[chosen]]), degrees)
    said = predictor.predicted(data.as_inputs(images))
    correct = int((said[gallery:] == y[chosen]).sum())
    low, high = accuracy_interval(correct, n)
    strip = png(tiled(as_pixels(images[:gallery, ..., 0]), gallery))
    return {
        "angle": degrees, "split": split, "n": n, "of": of, "correct": correct, "accuracy": correct / n, "low": low,
        "high": high, "indices": list(range(gallery)), "predicted": said[:gallery].tolist(),
        "true": y[:gallery].tolist(), "pictures": base64.b64encode(strip).decode(),
    }  # fmt: skip
