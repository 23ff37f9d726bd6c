"""The rows and the result of a training on images: running means, and the test images that have been judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnviz.data.dataset import Split
from nnviz.models.metrics import Score, score
from nnviz.stopping import evaluation
from nnviz.training.evaluations import Evaluations
from nnviz.training.learner import Learner
from nnviz.training.recent import Recent
from nnviz.training.rows import Result, Rows

BLOCK = 8192
"""Training images that the result's evaluation takes at a time: a stop waits no longer."""


class ImageRows(Rows):
    """Running means of the epoch, as Keras's fit reports them; the validation set at an epoch's end."""

    cheap = 1e9  # 0.05 s

    def __init__(self, learner: Learner, watched: bool) -> None:
        super().__init__(learner)
        samples = learner.data.n_train
        self.recent = Recent(samples, min(learner.spec.training.batch_size, samples)) if watched else None
        self.evaluations = Evaluations(learner) if watched else None

    def validates(self) -> bool:
        return self.learner.epoch_ended

    def train(self) -> tuple[Score, dict[str, Any]]:
        loop = self.learner.loop
        if loop.step == 0:
            return (self.row.loss, self.row.accuracy), {}
        if self.recent is None:
            return loop.running, {}
        return loop.running, dict(zip(("recent_loss", "recent_accuracy"), self.recent.means(), strict=True))

    def score(self, split: Split) -> Score:
        learner = self.learner
        found = learner.loop.predict(learner.input(split))
        return score(learner.spec, learner.data.labels(split), *found, learner.penalty)

    def result(self, given_up: Callable[[], bool]) -> Result:
        test = self._test(given_up())
        loss, accuracy = self._train(given_up)
        n = self.learner.data.n_validation
        many = n * self.learner.spec.multiply_adds > 2 * self.cheap
        seen = n and not (many and given_up())
        validation = evaluation(*self.score("validation"), n) if seen else None
        return {"train": {"loss": loss, "accuracy": accuracy}, "validation": validation, "test": test}

    def _test(self, stopped: bool) -> dict[str, Any] | None:
        """None where there is no test set, or no time for it."""
        n, judged = self.learner.data.n_test, self.evaluations
        if not n:
            return None
        if judged is None or (not stopped and not judged.predictions.whole):
            return evaluation(*self.score("test"), n)
        if judged.predictions.split != "test" or judged.unfinished or not judged.predictions.whole:
            return None
        loss, accuracy = judged.predictions.score()
        return evaluation(loss + self.learner.penalty, accuracy, n)

    def _train(self, given_up: Callable[[], bool]) -> Score:
        """On all training images; the newest running means after a stop, where they are many."""
        learner, found = self.learner, []
        n, known = learner.data.n_train, (self.row.loss, self.row.accuracy or 0.0)
        if n * learner.spec.multiply_adds > 2 * self.cheap and given_up():
            return known
        for start in range(0, n, BLOCK):
            found.append(learner.loop.predict(learner.data.inputs("train", slice(start, start + BLOCK))))
            if start + BLOCK < n and given_up():
                return known
        outputs, logits = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return score(learner.spec, learner.data.labels("train"), outputs, logits, learner.penalty)
