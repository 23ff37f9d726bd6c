"""The test images judged while a network trains: how many at a time, and when, on a share of the training's time."""

from __future__ import annotations

import math
from functools import partial

from nnviz.course import CHUNK_SECONDS
from nnviz.models.forward import predict
from nnviz.models.weights import Array
from nnviz.probes import Predictions, judge
from nnviz.probes.predictions import ROUGHLY
from nnviz.probes.sample import Judge
from nnviz.training.learner import Learner

SHARE, MOST_SHARE = 0.022, 0.05
"""Of the wall time, while training goes at full speed; and also at the end of every long epoch, where even the smallest
sample is dear."""
EVALUATED = 1.0
"""Seconds from one point of the test curve to the next, at most, unless that took more than its share."""
SOMETIMES = 0.2
"""Seconds between two frames, which take the browser long to draw."""
BESIDE = 0.25
"""Seconds of evaluating on an idle core."""


class Evaluations:
    """`predictions`, of the validation set, too, by the network of one step at a time."""

    def __init__(self, learner: Learner) -> None:
        self.learner = learner
        self.predictions = Predictions(learner.spec, learner.data, validation=True)
        self._judge = judge(learner.spec, lambda x: learner.loop.predict(x))
        self._warm = False

    def by_numpy(self, weights: list[Array], step: int, n: int | None = None) -> None:
        """Judge `n` images (as many as an idle core may take time for), in whichever thread, without the loop."""
        n = self.predictions.size(BESIDE) if n is None else n
        self.predictions.evaluate(self._numpy(weights), step, n)

    def within(self, seconds: float) -> None:
        """Judge as many images as are thought to take so long, by the network of now."""
        self.warm_up()
        self.predictions.evaluate(self._judge, self.learner.loop.step, self.predictions.size(seconds))

    def go_on(self) -> None:
        """Judge some more of them, for CHUNK_SECONDS."""
        self.predictions.advance(self._judge, self.learner.loop.step, seconds=CHUNK_SECONDS)

    @property
    def unfinished(self) -> bool:
        """Whether the network of now has not judged all of them."""
        return not self.predictions.complete(self.learner.loop.step)

    @property
    def seconds(self) -> float:
        """What an evaluation may take: its share of the time from one to the next, which end where long epochs do."""
        epoch = self._epoch_seconds
        return SHARE * (epoch / math.ceil(epoch) if epoch >= EVALUATED else EVALUATED)

    def due(self, passed: float, watched: bool) -> bool:
        """Whether it is time for one, so many seconds after the last; also where nobody watches: the curve is to have
        no gap."""
        if passed < SOMETIMES:
            return False
        self.warm_up()
        allowed = self.seconds
        took = self.predictions.takes(self.predictions.size(allowed))
        if self.long_epoch_ended and passed >= took / MOST_SHARE:
            return True
        wait, second = took / SHARE, EVALUATED - CHUNK_SECONDS
        if took <= ROUGHLY * allowed:  # all but the networks of which even the smallest sample is dear
            wait = min(wait, second)
        return passed >= (wait if watched else max(wait, second))

    @staticmethod
    def between(watched: bool) -> float:
        """Seconds from one to the next where they cost nothing; nobody who watches waits longer than that."""
        return SOMETIMES if watched else EVALUATED

    @property
    def long_epoch_ended(self) -> bool:
        return self.learner.epoch_ended and self._epoch_seconds >= EVALUATED

    @property
    def _epoch_seconds(self) -> float:
        """Of training."""
        return self.learner.seconds * self.learner.loop.steps_per_epoch / self.learner.loop.step

    def warm_up(self) -> None:
        """What the first call of `predict` costs goes on nobody's account."""
        if not self._warm:
            self.predictions.warm_up(self._judge)
            self._warm = True

    def _numpy(self, weights: list[Array]) -> Judge:
        return judge(self.learner.spec, partial(predict, self.learner.spec, weights))
