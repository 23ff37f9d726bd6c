"""What a network says of every test image, now or lately: the frame behind confusion matrix, gallery and test curve.

Ten thousand images take a large network longer than a picture may cost. So each frame evaluates as many of them as its
time allows, in turn, with the weights of now; the others keep what was last said of them. Where training rests, all.
Loss and accuracy are those of the newest predictions alone: what was said of a network that is no more says nothing
about this one. The images take turns in an order drawn once, as MNIST's first half is easier than its second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.data.dataset import Dataset, Split, stream
from nnviz.events import Frame
from nnviz.models.losses import decisions, losses, targets
from nnviz.models.predictor import comparable
from nnviz.models.weights import Array
from nnviz.probes.history import History
from nnviz.spec import RunSpec
from nnviz.stopping import accuracy_interval

MOST = 12_000
"""Images of a split: with their numbers they fill 84 KB. Of a larger split the first ones are taken."""
OF_TRAINING = 1000
"""Images of the training set, where there is neither a test nor a validation set."""
ROWS = 256
HISTORY = ("step", "epoch", "seconds", "accuracy", "loss", "n")
FEWEST, LEAST_WORK = 32, 200_000_000
"""Images and multiply-adds of one call, at least: fewer hardly take less."""
RECENT = 1000
"""So many of the newest predictions, at least, make an accuracy: ± 2 % where it is 90 %."""
SPEED, TOP_SPEED = 5e9, 2e11
"""Multiply-adds a second: a first guess, and what no processor here exceeds."""

Judge = Callable[[Array, NDArray[Any]], tuple[NDArray[np.int64], Array, Array]]
"""(inputs [n, …], labels [n]) → (the class that it decides for int64 [n], probabilities float32 [n, classes], losses
float32 [n])."""


def judge(spec: RunSpec, predict: Callable[[Array], tuple[Array, Array]]) -> Judge:
    """Of a network, from what gives outputs and logits [n, outputs] for inputs."""

    def of_network(x: Array, labels: NDArray[Any]) -> tuple[NDArray[np.int64], Array, Array]:
        outputs, logits = predict(x)
        p = comparable(spec, outputs, logits)
        return decisions(spec, outputs), p, losses(spec, targets(spec, labels), outputs, logits)

    return of_network


class Predictions:
    """The newest prediction of each image of a split, and how good they were over time.

    `limit`: the first so many images only, for a preview. `split`, unless said, is "test"; "validation" where there is
    no test set; else the first 1,000 of "train".
    """

    def __init__(self, spec: RunSpec, data: Dataset, limit: int = MOST, split: Split | None = None) -> None:
        counts: dict[Split, int] = {"test": data.n_test, "validation": data.n_validation, "train": data.n_train}
        first: Split = next(name for name, count in counts.items() if count)
        self.split: Split = first if split is None else split
        self.of = counts[self.split]
        self.n = min(self.of, limit, OF_TRAINING if split is None and self.split == "train" else MOST)
        self._order = stream(0, 0).permutation(self.n)  # everything below is in this order, but for what a frame shows
        self._x = data.inputs(self.split)[self._order]
        self._labels = data.labels(self.split)[self._order]
        self._names = list(data.class_names)
        self._predicted = np.zeros(self.n, np.uint8)
        self._sure, self._true = np.zeros((2, self.n), np.uint8)
        self._loss = np.zeros(self.n, np.float32)
        self._step = np.full(self.n, -1, np.int64)  # at which each was evaluated
        self._next = 0  # image of the next slice
        work = max(1, spec.multiply_adds)
        self._fewest = min(self.n, max(FEWEST, LEAST_WORK // work))
        self._per_call, self._per_image, self._at_least = 0.0, work / SPEED, work / TOP_SPEED  # seconds
        self._history: History[tuple[int, float, float, float, float, int]] = History(ROWS)
        self._told = -1

    def stale(self, step: int) -> int:
        """How many images have a prediction of an earlier step than this one, or none."""
        return int(np.count_nonzero(self._step != step))

    def warm_up(self, judge: Judge) -> None:
        """What a call costs, and what an image. The very first call may have to trace a graph: it does not count."""
        images, took = (1, 1, min(self.n, 2 * self._fewest)), []
        for count in images:
            began = time.perf_counter()
            judge(self._x[:count], self._labels[:count])
            took.append(time.perf_counter() - began)
        _, self._per_call, several = took
        self._per_image = max((several - self._per_call) / images[-1], self._at_least)

    @property
    def least(self) -> float:
        """Seconds that the smallest slice is thought to take."""
        return self._per_call + self._fewest * self._per_image

    def advance(self, judge: Judge, step: int, *, images: int | None = None, seconds: float | None = None) -> None:
        """Evaluate the next images with the weights of `step`: so many, or what is thought to take so many seconds."""
        left = self.n if images is None else images
        if seconds is not None:
            left = min(left, max(self._fewest, int((seconds - self._per_call) / self._per_image)))
        left = min(left, self.stale(step))
        while left > 0:
            rows = slice(self._next, min(self._next + left, self.n))
            count = rows.stop - rows.start
            began = time.perf_counter()
            self._take(rows, *judge(self._x[rows], self._labels[rows]), step)
            took = time.perf_counter() - began
            self._per_call = min(self._per_call, took)  # thought dearer where the machine was busy as it was measured
            per_image = (took - self._per_call) / count
            # Within limits: a call that was held up does not make the next slice a tiny one.
            change = min(max(per_image / self._per_image, 0.5), 4.0) ** 0.5
            self._per_image = max(change * self._per_image, self._at_least)
            self._next = rows.stop % self.n
            left -= count

    def _take(self, rows: slice, predicted: NDArray[np.int64], probabilities: Array, loss: Array, step: int) -> None:
        every, labels = np.arange(len(probabilities)), self._labels[rows]
        with np.errstate(invalid="ignore"):
            levels = np.nan_to_num(probabilities * np.float32(255) + np.float32(0.5)).clip(0, 255).astype(np.uint8)
        self._predicted[rows] = predicted
        self._sure[rows], self._true[rows] = levels[every, predicted], levels[every, labels]
        self._loss[rows], self._step[rows] = loss, step

    def score(self) -> tuple[float, float, int]:
        """(mean loss without penalty, accuracy, of how many images) of the newest predictions."""
        rows = np.flatnonzero(self._step >= 0)
        if len(rows) > RECENT:
            steps = self._step[rows]
            rows = rows[steps >= np.partition(steps, -RECENT)[-RECENT]]
        with np.errstate(over="ignore", invalid="ignore"):
            right = self._predicted[rows] == self._labels[rows]
            return float(self._loss[rows].mean()), float(right.mean()), len(rows)

    @property
    def whole(self) -> bool:
        """Whether these are all the images of the split."""
        return self.n == self.of

    def frame(self, step: int, epoch: float, seconds: float, penalty: float = 0.0) -> Frame:
        """View "predictions" after `step` updates and so many seconds of training.

        predicted uint8 [n], the class; sure uint8 [n], its probability · 255; true uint8 [n], the true class's
        probability · 255. index uint16 [n], which images of the split, only where n < of.
        meta: split, n, of, fresh (the oldest step among the predictions), correct (of all n); recent, how many of the
        newest predictions made what follows: accuracy, low, high (Wilson's 95 %), loss (with the penalty of now, as all
        losses); classes, class_names; history: columns step, epoch, seconds, accuracy, loss, n of at most 256 earlier
        frames.
        """
        known = np.flatnonzero(self._step >= 0)
        known = known[np.argsort(self._order[known])]
        loss, accuracy, recent = self.score()
        low, high = accuracy_interval(round(accuracy * recent), recent)
        row = (step, round(epoch, 4), round(seconds, 3), round(accuracy, 5), float(f"{loss + penalty:.5g}"), recent)
        (self._history.replace if self._told == step else self._history.add)(row)
        self._told = step
        columns = zip(*self._history.rows, strict=True)
        meta = {
            "split": self.split, "n": len(known), "of": self.of, "fresh": int(self._step[known].min()),
            "correct": int((self._predicted == self._labels)[known].sum()), "recent": recent, "accuracy": accuracy,
            "low": low, "high": high, "loss": loss + penalty, "classes": len(self._names), "class_names": self._names,
            "history": dict(zip(HISTORY, map(list, columns), strict=True)),
        }  # fmt: skip
        arrays = {"predicted": self._predicted, "sure": self._sure, "true": self._true}
        arrays = {name: array[known] for name, array in arrays.items()}
        if len(known) < self.of:
            arrays["index"] = self._order[known].astype(np.uint16)
        return Frame("predictions", step, epoch, meta, arrays)
