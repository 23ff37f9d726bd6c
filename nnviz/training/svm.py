"""A run of a kernel SVM: one long fit, then its predictions.

The fit is libsvm's: it cannot be interrupted, paused or watched, but it lets go of Python's lock. So it works in a
thread of its own while the run listens: a stop is obeyed at once, the thread is left behind and ends with the process.
"""

from __future__ import annotations

import math
import threading
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.control import Control
from nnviz.course import Emitted
from nnviz.data import Dataset
from nnviz.events import Failed, Finished, Frame, Metrics, Status
from nnviz.models import svm
from nnviz.models.svm_time import fit_seconds, in_words, so_far
from nnviz.models.weights import Array
from nnviz.probes import Predictions, support_frame
from nnviz.spec import RunSpec, SVMSpec
from nnviz.stopping import evaluation

BLOCK = 250
"""Images judged at a time: a stop waits no longer."""
LISTEN = 0.05
"""Seconds between two looks at the outside while it fits."""
MOST_BYTES = 60_000_000
"""Of a fitted SVM that is kept to be looked into. MNIST's 60,000 images are 50 MB, all of them support vectors."""
LEAST = 1e-7
"""What a probability counts for at least in the loss."""


class SVMRun:
    """Status, frames, one row of metrics (epoch 1, loss = mean −log of the true class's share), Finished; or Failed.

    `train` in the result may be of the first images only, as many as `n` says: every image costs as many products as
    there are support vectors.
    """

    most = 10_000
    """Training images that are judged, at most."""
    tell = 5.0
    """Seconds between two words on how long the fit has gone on: libsvm itself says nothing."""

    def __init__(self, spec: RunSpec, control: Control | None, data: Dataset, keep: bool = False) -> None:
        self.spec, self.control, self.data = spec, control, data
        assert isinstance(spec.model, SVMSpec)
        self.model = spec.model
        self.frames = keep or control is not None
        self.stopped = False
        self.seconds = 0.0  # of the fit

    def events(self) -> Emitted:
        if self.control is not None:
            yield from self._begin(self.control)
        found = yield from self._fit()
        if found is None:
            yield self._finished(0, {"loss": None, "accuracy": None}, None)
            return
        if isinstance(found, ValueError):
            yield Failed(str(found))  # what the data refuse: samples of a single class
            return
        if isinstance(found, BaseException):
            raise found
        yield from self._judge(found)

    def _fit(self) -> Any:
        """What `svm.fit` gives or raises, or None after a stop."""
        found: list[Any] = []
        done = threading.Event()
        x, y = self.data.inputs("train"), self.data.labels("train").astype(np.int64, copy=False)

        def work() -> None:
            try:
                found.append(svm.fit(self.model, x, y, self.data.mean))
            except BaseException as fault:
                found.append(fault)
            done.set()

        began = told = time.perf_counter()
        if not self.stopped:
            threading.Thread(target=work, name="svm", daemon=True).start()
        while not self.stopped and not done.wait(LISTEN):
            if self.control is not None:
                yield from self._listen(self.control)
                if time.perf_counter() - told >= self.tell:
                    told = time.perf_counter()
                    yield Status("running", {"message": self._so_far(told - began)})
        self.seconds = time.perf_counter() - began
        return found[0] if done.is_set() else None

    def _so_far(self, seconds: float) -> str:
        expected = fit_seconds(self.model, self.data.n_train, math.prod(self.spec.input_shape))
        return (
            f"fitting an SVM to {self.data.n_train:,} images: {so_far(seconds)} so far; expected are "
            f"{in_words(expected)} where nothing else is done"
        )

    def _judge(self, arrays: dict[str, Array]) -> Emitted:
        """Predictions of the fitted SVM; after a stop in the midst of it, what is known by then."""
        model = svm.SVMPredictor(self.model, self.spec.data.classes, arrays)

        def judge(x: Array, labels: NDArray[Any]) -> tuple[NDArray[np.int64], Array, Array]:
            predicted, p = model.judged(x)
            return predicted, p, -np.log(np.maximum(p[np.arange(len(p)), labels], np.float32(LEAST)))

        if self.frames:
            size = sum(array.nbytes for array in arrays.values())
            if size <= MOST_BYTES:
                yield Frame("weights", 1, 1.0, {"family": "svm"}, arrays)
            else:
                words = (
                    f"{len(arrays['support']):,} support vectors, {size // 10**6} MB: too many to look into one digit"
                )
                yield Status("running", {"message": words})
            yield support_frame(self.spec, arrays)
        train = Predictions(self.spec, self.data, self.most, "train")
        parts = {"train": train}
        if self.data.n_validation:
            parts["validation"] = Predictions(self.spec, self.data, self.most, "validation")
        shown = parts["test"] = Predictions(self.spec, self.data)  # judged last: the first two are a row of metrics
        for part in parts.values():
            while not part.complete(1) and not self.stopped:
                part.advance(judge, 1, images=BLOCK)
                if self.control is not None:
                    yield from self._listen(self.control)
        scores = {name: part.score() for name, part in parts.items() if part.complete(1)}
        loss, accuracy = scores.get("train", (None, None))
        if loss is not None:
            val_loss, val_accuracy = scores.get("validation", (None, None))
            yield Metrics(
                epoch=1.0, step=1, loss=loss, accuracy=accuracy, val_loss=val_loss, val_accuracy=val_accuracy,
                penalty=0.0, learning_rate=0.0, seconds=self.seconds, epoch_end=True,
            )  # fmt: skip
        if self.frames and shown.step == 1:
            yield shown.frame(1.0, self.seconds, train={"loss": loss, "accuracy": accuracy})
        tested = evaluation(*scores["test"], shown.n) if shown.split == "test" and "test" in scores else None
        held = evaluation(*scores["validation"], parts["validation"].n) if "validation" in scores else None
        yield self._finished(1, {"loss": loss, "accuracy": accuracy, "n": train.n}, tested, held)

    def _begin(self, control: Control) -> Emitted:
        """Wait for the start, where a pause has come before it."""
        commands, paused = control.poll(), False
        while True:
            for command in commands:
                do = command.get("do")
                if do == "stop":
                    self.stopped = True
                elif do == "pause" and not paused:
                    paused = True
                    yield Status("paused")
                elif do in {"play", "step"}:
                    paused = False
            if self.stopped:
                return
            if not paused:
                break
            commands = control.wait(None)
        yield Status("running")
        message = f"fitting an SVM to {self.data.n_train:,} images, which cannot be watched or paused"
        yield Status("running", {"message": message})

    def _listen(self, control: Control) -> Emitted:
        for command in control.poll():
            if command.get("do") == "stop":
                self.stopped = True
            elif command.get("do") in {"pause", "step", "edit"}:
                yield Status("running", {"error": f"{command['do']}: an SVM is fitted in one go; it can be stopped"})

    def _finished(
        self, done: int, train: dict[str, Any], test: dict[str, Any] | None, validation: dict[str, Any] | None = None
    ) -> Finished:
        return Finished(
            reason="stopped" if self.stopped else "epochs", epochs=float(done), steps=done, seconds=self.seconds,
            parameters=self.spec.parameters, train=train, test=test, validation=validation,
        )  # fmt: skip
