"""A network's predictions of the test images at one step: the frame behind confusion matrix, gallery and test curve.

One evaluation is of one network, never a mixture of several. Ten thousand images take a large network longer than a
picture may cost, so an evaluation may be of a sample of them: always the same images, and the frame says how many of
how many. Where training rests, all.
"""

from __future__ import annotations

import time
from typing import Any

from nnviz.data.dataset import Dataset, Split
from nnviz.events import Frame
from nnviz.probes.history import History
from nnviz.probes.sample import Judge, Sample
from nnviz.spec import RunSpec
from nnviz.stopping import accuracy_interval

MOST = 12_000
"""Images of a split: with their numbers they fill 84 KB. Of a larger split the first ones are taken."""
OF_TRAINING = 1000
"""Images of the training set, where there is neither a test nor a validation set."""
ROWS = 256
HISTORY = ("step", "epoch", "seconds", "accuracy", "loss", "n")
VALIDATED = ("val_accuracy", "val_loss", "val_n")
SIZES = (200, 500, 1000, 2000, 5000)
"""Of a sample. An accuracy of 200 images that is 90 % may be ± 4 % off, of 2,000 images ± 1.3 %."""
ROUGHLY = 1.4
"""A sample stays what it is while its evaluation takes at most so many times what it may."""
FEWEST, LEAST_WORK = 32, 200_000_000
"""Images and multiply-adds of one call, at least: fewer hardly take less."""
SPEED, TOP_SPEED = 5e9, 2e11
"""Multiply-adds a second: a first guess, and what no processor here exceeds."""


class Predictions:
    """Predictions of a split by the network of one step, and how good they were over time.

    `limit`: the first so many images only, for a preview. `split`, unless said, is "test"; "validation" where there is
    no test set; else the first 1,000 of "train". `validation`: that set is judged, too, as many images of it.
    """

    def __init__(
        self,
        spec: RunSpec,
        data: Dataset,
        limit: int = MOST,
        split: Split | None = None,
        validation: bool = False,
    ) -> None:
        counts: dict[Split, int] = {"test": data.n_test, "validation": data.n_validation, "train": data.n_train}
        first: Split = next(name for name, count in counts.items() if count)
        self.split: Split = first if split is None else split
        self.of = counts[self.split]
        self.n = min(self.of, limit, OF_TRAINING if split is None and self.split == "train" else MOST)
        self.step = -1  # of the network that has been asked
        self._sample = Sample(data, self.split, self.n, self.of)
        self._samples = [self._sample]
        self._validation: Sample | None = None
        if validation and data.n_validation and self.split != "validation":
            self._validation = Sample(data, "validation", min(data.n_validation, limit, MOST), data.n_validation)
            self._samples.append(self._validation)
        self._names = list(data.class_names)
        self._size = 0
        work = max(1, spec.multiply_adds)
        self._fewest = min(self.n, max(FEWEST, LEAST_WORK // work))
        self._per_call, self._per_image, self._at_least = 0.0, work / SPEED, work / TOP_SPEED  # seconds
        self._history: History[tuple[float | None, ...]] = History(ROWS)
        self._told = -1

    @property
    def course(self) -> dict[str, Any]:
        """The curve of the predictions so far, for `go_on`."""
        return {"rows": [list(row) for row in self._history.rows], "pace": list(self._history.pace)}

    def go_on(self, course: dict[str, Any]) -> None:
        """With the curve of another process of the same run."""
        rows: list[Any] = [tuple(row) for row in course["rows"]]
        self._history.go_on(rows, tuple(course["pace"]))
        self._told = rows[-1][0] if rows else -1

    @property
    def whole(self) -> bool:
        """Whether these are all the images of the split."""
        return self.n == self.of

    def complete(self, step: int) -> bool:
        """Whether the network of this step has judged them all."""
        return self.step == step and all(sample.done == sample.n for sample in self._samples)

    # ------------------------------------------------------------------ evaluating

    def evaluate(self, judge: Judge, step: int, n: int | None = None) -> None:
        """Ask the network of `step` about the first `n` images (unless said, all), and nothing else is known then."""
        self._begin(step)
        self.advance(judge, step, images=n)

    def advance(self, judge: Judge, step: int, *, images: int | None = None, seconds: float | None = None) -> None:
        """Ask about more images: so many, or what is thought to take so many seconds. What the network of another step
        predicted is forgotten."""
        if step != self.step:
            self._begin(step)
        for sample in self._samples:
            left = sample.n - sample.done
            if images is not None:
                left = min(left, images)
            if seconds is not None:
                own = seconds / len(self._samples)
                left = min(left, max(self._fewest, int((own - self._per_call) / self._per_image)))
            if left:
                self._take(sample, judge, left)

    def _begin(self, step: int) -> None:
        self.step = step
        for sample in self._samples:
            sample.done = 0

    def _take(self, sample: Sample, judge: Judge, count: int) -> None:
        began = time.perf_counter()
        sample.take(judge, count)
        took = time.perf_counter() - began
        self._per_call = min(self._per_call, took)  # thought dearer where the machine was busy as it was measured
        per_image = (took - self._per_call) / count
        # Within limits: a call that was held up does not make the next evaluation a tiny one.
        change = min(max(per_image / self._per_image, 0.5), 4.0) ** 0.5
        self._per_image = max(change * self._per_image, self._at_least)

    # ------------------------------------------------------------------ what it takes

    def warm_up(self, judge: Judge) -> None:
        """What a call costs, and what an image. The very first call may have to trace a graph: it does not count."""
        images, took = (1, 1, min(self.n, 2 * self._fewest)), []
        for count in images:
            began = time.perf_counter()
            self._sample.try_out(judge, count)
            took.append(time.perf_counter() - began)
        _, self._per_call, several = took
        self._per_image = max((several - self._per_call) / images[-1], self._at_least)

    def takes(self, n: int) -> float:
        """Seconds that an evaluation of `n` images (of each set) is thought to take."""
        return sum(self._per_call + min(n, sample.n) * self._per_image for sample in self._samples)

    def size(self, seconds: float) -> int:
        """How many images an evaluation has that may take so many seconds: all, or a round number of them, at least
        SIZES[0]. It stays what it was while that is about right: a sample is to be compared with itself."""
        sizes = [n for n in SIZES if n < self.n] + [self.n]
        kept = self._size in sizes and self.takes(self._size) <= ROUGHLY * seconds
        allowed = seconds / ROUGHLY if kept else seconds
        fitting = [n for n in sizes if self.takes(n) <= allowed]
        largest = fitting[-1] if fitting else sizes[0]
        self._size = max(self._size, largest) if kept else largest
        return self._size

    # ------------------------------------------------------------------ what came of it

    def score(self) -> tuple[float, float]:
        """(mean loss without penalty, accuracy) of the images that have been judged."""
        return self._sample.score()

    def frame(self, epoch: float, seconds: float, penalty: float = 0.0, train: dict[str, Any] | None = None) -> Frame:
        """View "predictions" of the network that has been asked, after so many seconds of training; it goes down in the
        history. `train`: what is known of the training at this step.

        predicted uint8 [n], the class; sure uint8 [n], its probability · 255; true uint8 [n], the true class's
        probability · 255. index uint16 [n], which images of the split, only where n < of.
        meta: split, n, of; correct, accuracy, low, high (Wilson's 95 %), loss (with the penalty, as all losses); train,
        None or {loss, accuracy, samples}, means over so many of the newest training samples; validation: {n, of, loss,
        accuracy} where that set is judged, too, else None; classes, class_names; history: columns step, epoch, seconds,
        accuracy, loss, n, and val_accuracy, val_loss, val_n with a validation set, of at most 256 evaluations, this one
        the last.
        """
        sample, held = self._sample, self._validation
        loss, accuracy = sample.score()
        low, high = accuracy_interval(sample.correct, sample.done)
        row: tuple[float | None, ...] = (
            self.step, round(epoch, 4), round(seconds, 3), round(accuracy, 5), _short(loss + penalty), sample.done,
        )  # fmt: skip
        validation = None
        if held is not None:
            val_loss, val_accuracy = held.score()
            validation = {"n": held.done, "of": held.of, "loss": val_loss + penalty, "accuracy": val_accuracy}
            row = (*row, round(val_accuracy, 5), _short(val_loss + penalty), held.done)
        (self._history.replace if self._told == self.step else self._history.add)(row)
        self._told = self.step
        columns = zip(*self._history.rows, strict=True)
        meta = {
            "split": self.split, "n": sample.done, "of": self.of, "correct": sample.correct, "accuracy": accuracy,
            "low": low, "high": high, "loss": loss + penalty, "train": train, "validation": validation,
            "classes": len(self._names), "class_names": self._names,
            "history": dict(zip(HISTORY + VALIDATED, map(list, columns), strict=False)),
        }  # fmt: skip
        return Frame("predictions", self.step, epoch, meta, sample.arrays())


def _short(value: float) -> float:
    return float(f"{value:.5g}")
