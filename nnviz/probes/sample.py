"""The images of a split that a network is judged by, in an order drawn once, and what it predicts of the first ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.data.dataset import Dataset, Split
from nnviz.models.metrics import decisions, losses, targets
from nnviz.models.predictor import comparable
from nnviz.models.weights import Array
from nnviz.sets.drawing import stream
from nnviz.spec import RunSpec

Judge = Callable[[Array, NDArray[np.int64] | Array], tuple[NDArray[np.int64], Array, Array]]
"""(inputs [n, …], labels [n]) → (the class that it decides for int64 [n], probabilities float32 [n, classes], losses
float32 [n])."""


def judge(spec: RunSpec, predict: Callable[[Array], tuple[Array, Array]]) -> Judge:
    """Of a network, from what gives outputs and logits [n, outputs] for inputs."""

    def of_network(x: Array, labels: NDArray[np.int64] | Array) -> tuple[NDArray[np.int64], Array, Array]:
        outputs, logits = predict(x)
        p = comparable(spec, outputs, logits)
        return decisions(spec, outputs), p, losses(spec, targets(spec, labels), outputs, logits)

    return of_network


class Sample:
    """The first `n` of a split's `of` images. All arrays are in the drawn order, so that the first so many of them are
    a fair sample: MNIST's first half is easier than its second. Those up to `done` have been judged.
    """

    def __init__(self, data: Dataset, split: Split, n: int, of: int) -> None:
        self.split, self.n, self.of, self.done = split, n, of, 0
        self.order = stream(0, 0).permutation(n)
        self._x = data.inputs(split, slice(n))[self.order]
        self._labels = data.labels(split)[:n][self.order]
        self._predicted = np.zeros(n, np.uint8)
        self._sure, self._true = np.zeros((2, n), np.uint8)
        self._loss = np.zeros(n, np.float32)

    def take(self, judge: Judge, count: int) -> None:
        """Judge the next `count` images, or those that are left."""
        rows = slice(self.done, min(self.done + count, self.n))
        predicted, probabilities, loss = judge(self._x[rows], self._labels[rows])
        every, labels = np.arange(len(probabilities)), self._labels[rows]
        with np.errstate(invalid="ignore"):
            levels = np.nan_to_num(probabilities * np.float32(255) + np.float32(0.5)).clip(0, 255).astype(np.uint8)
        self._predicted[rows] = predicted
        self._sure[rows], self._true[rows] = levels[every, predicted], levels[every, labels]
        self._loss[rows] = loss
        self.done = rows.stop

    def try_out(self, judge: Judge, count: int) -> None:
        """Judge the first images for nothing: to see what it takes."""
        judge(self._x[:count], self._labels[:count])

    @property
    def correct(self) -> int:
        """How many of those judged have been recognised."""
        return int(np.count_nonzero(self._predicted[: self.done] == self._labels[: self.done]))

    def score(self) -> tuple[float, float]:
        """(mean loss without penalty, accuracy) of those judged, at least one."""
        with np.errstate(over="ignore", invalid="ignore"):
            return float(self._loss[: self.done].mean()), self.correct / self.done

    def arrays(self) -> dict[str, Any]:
        """`predicted`, `sure` and `true` uint8 [done], in the split's own order; `index` uint16 [done], which images of
        the split these are, where they are not all."""
        found = np.argsort(self.order[: self.done])
        judged = {"predicted": self._predicted, "sure": self._sure, "true": self._true}
        arrays: dict[str, Any] = {name: array[found] for name, array in judged.items()}
        if self.done < self.of:
            arrays["index"] = self.order[found].astype(np.uint16)
        return arrays
