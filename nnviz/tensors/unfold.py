"""A stack of layers that unfolds the plane: the same plane as each block leaves it, and the training that finds it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnviz.data import Dataset, load
from nnviz.events import Frame
from nnviz.loops.loop import Samples
from nnviz.loops.numpy_loop import ScratchLoop
from nnviz.models.forward import forward
from nnviz.models.metrics import losses, targets
from nnviz.models.weights import Array, initial_weights
from nnviz.tensors.maps import grid
from nnviz.tensors.spec import UnfoldSpec

LINES, POINTS = 21, 41
ROOM = 1.15
"""Of a plane around its samples."""


class Unfolding:
    """One training, epoch by epoch. loss and accuracy: of all samples, with the weights of now."""

    def __init__(self, spec: UnfoldSpec) -> None:
        self.spec, run = spec, spec.training
        self.data: Dataset = load(run.data)
        self.x, self.y = self.data.inputs("train"), targets(run, self.data.labels("train"))
        self.loop = ScratchLoop(run, initial_weights(run), Samples(self.x, self.y))
        self.diverged = False

    def epoch(self) -> None:
        self.diverged = self.loop.run(self.loop.steps_per_epoch).bad is not None

    @property
    def score(self) -> tuple[float, float]:
        """(loss, accuracy)"""
        outputs, logits = self.loop.predict(self.x)
        loss = float(losses(self.spec.training, self.y, outputs, logits).mean())
        return loss, float(((outputs > 0.5) == (self.y > 0.5)).mean())

    def frame(self, epoch: int) -> Frame:
        """View "unfold". Arrays, the first axis being the planes, the input's first, then each block's:
        places float32 [planes, samples, 2]; grid float32 [planes, lines, points, 2]; half float32 [planes] and centre
        float32 [planes, 2]: of the square that shows all samples; classes uint8 [samples]; line float32 [2, 2]: two
        ends in the last plane of where the output is ½, nan where it is nowhere. Meta: epoch, epochs, loss, accuracy,
        samples, wrong, planes (titles), seed, weights (how many)."""
        weights = self.loop.weights
        places = np.stack(list(planes(self.spec, weights, self.x)))
        lines = grid(6.0, LINES, POINTS).reshape(-1, 2).astype(np.float32)
        images = np.stack(list(planes(self.spec, weights, lines)))
        low, high = places.min(1), places.max(1)
        half = np.maximum((high - low).max(1) / 2 * ROOM, 1e-3)
        centre = (low + high) / 2
        loss, accuracy = self.score
        meta = {
            "epoch": epoch, "epochs": self.spec.epochs, "loss": loss, "accuracy": accuracy, "samples": len(self.x),
            "wrong": round((1 - accuracy) * len(self.x)), "weights": self.spec.parameters,
            "planes": ["the input", *(f"after block {i + 1} of {self.spec.blocks}" for i in range(self.spec.blocks))],
        }  # fmt: skip
        arrays = {
            "places": places, "grid": images.reshape(len(images), 2 * LINES, POINTS, 2), "half": half, "centre": centre,
            "classes": self.data.labels("train").astype(np.uint8), "line": dividing(weights, centre[-1], half[-1]),
        }  # fmt: skip
        plain = {name: a if a.dtype == np.uint8 else a.astype(np.float32) for name, a in arrays.items()}
        return Frame("unfold", epoch, float(epoch), meta, plain)


def planes(spec: UnfoldSpec, weights: list[Array], x: Array) -> Iterator[Array]:
    """x [n, 2] itself, then what each block makes of it: the outputs of every second layer."""
    yield x
    yield from forward(spec.training, weights, x)[1:-1:2]


def dividing(weights: list[Array], centre: Array, half: float) -> Array:
    """float32 [2, 2]: two ends of the line w·h + b = 0 in the last plane, beyond the square that is shown: there the
    sigmoid is ½. nan where w is 0."""
    w, b = np.asarray(weights[-2], np.float64)[:, 0], float(weights[-1][0])
    size = float(w @ w)
    if size == 0:
        return np.full((2, 2), np.nan, np.float32)
    foot = centre - w * (float(w @ centre) + b) / size
    along = np.array([-w[1], w[0]]) / np.sqrt(size) * 3 * half
    return np.asarray(np.stack([foot - along, foot + along]), np.float32)
