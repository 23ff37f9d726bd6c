"""What is looked at while a model trains, and how often: all looks together take a small share of its time."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from nnviz.events import Array, Frame
from nnviz.keras.samples import SIZES, Judged, NotShown, Samples
from nnviz.keras.weights import Kernels, to_numpy
from nnviz.stopping import accuracy_interval

SHARES = {"filters": 0.002, "predictions": 0.006, "statistics": 0.003, "plane": 0.004}
"""View → the part of the training's time that it may take, at most. With the first and the last look at all of them,
the rows of numbers and what both cost the other threads, a training of some seconds stays below 5 %."""
SHORTEST = 0.5
"""Seconds between two looks of one view."""
FIRST_COST = 0.1
"""Seconds that the first look of a view counts for at most: it loads what the later ones find there."""
AT_ONCE = 0.08
"""Seconds that an evaluation may take while the model trains; of a model that is slower, fewer samples are judged."""
SAMPLE = 32
"""Test samples that gradients are measured on."""
TOO_DEAR = 5.0
"""Seconds: what takes longer in a single look is given up."""


class Looks:
    """Of one fit. `left_out`: what is not shown and why, in sentences, in the order in which it was found out."""

    def __init__(self, model: Any, data: Any, names: Iterable[str], picture: tuple[int, int] | None) -> None:
        self.model = model
        self.left_out: list[str] = []
        self.kernels = Kernels(model, picture)
        self.samples: Samples | None = None
        self._size = SIZES[0]
        self._judged: Judged | None = None
        self._pointed = False
        self._views: dict[str, Callable[[int, float, float], Iterable[Frame]]] = {}
        self._due = dict.fromkeys(SHARES, 0.0)
        self._seen: set[str] = set()
        if self.kernels.variables:
            self._views |= {"filters": self._filters, "statistics": self._statistics}
        else:
            self.left_out.append("Filters and histograms are left out: the model has no kernels to learn.")
        if self.kernels.left_out > 0:
            self.left_out.append(f"Of {self.kernels.left_out} further kernels nothing is shown.")
        self._take_data(data, tuple(names), picture)

    def _take_data(self, data: Any, names: tuple[str, ...], picture: tuple[int, int] | None) -> None:
        if data is None:
            self.left_out.append(
                "Matrix, mistakes, boundary and gradients need samples: Dashboard(test_data=(x_test, y_test)). "
                "Keras does not give a callback the validation_data of fit."
            )
            return
        try:
            self.samples = Samples(data, names, picture)
        except Exception as error:
            self.left_out.append(str(error) if isinstance(error, NotShown) else f"test_data cannot be used: {error}")
            return
        self._views["predictions"] = self._predictions
        if self.samples.is_plane:
            self._views["plane"] = self._plane

    def due(
        self, now: float, step: int, epoch: float, seconds: float, *, every: bool = False, rest: bool = False
    ) -> list[Frame]:
        """The frames of the view whose time has come first; `every`: of all whose time has come; `rest`: of all, and of
        all samples: the training rests. What raises is left out."""
        frames: list[Frame] = []
        if rest and self.samples is not None:
            self._size = self.samples.n
        for view in sorted(self._views, key=self._due.__getitem__):
            if not rest and now < self._due[view]:
                break
            began = time.perf_counter()
            try:
                with np.errstate(all="ignore"), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    frames += self._views[view](step, epoch, seconds)
            except Exception as error:
                self._give_up(view, error)
                continue
            cost = time.perf_counter() - began
            if cost > TOO_DEAR and not rest:
                self._give_up(view, NotShown(f"The {view} are left out: one look at them takes {cost:.0f} s."))
            charged = cost if view in self._seen else min(cost, FIRST_COST)
            self._seen.add(view)
            self._due[view] = now + cost + max(SHORTEST, charged / SHARES[view])
            if not (every or rest):
                break
        return frames

    def _give_up(self, view: str, error: Exception) -> None:
        """It is not looked at again; why is told on the page."""
        self._views.pop(view, None)
        line = (str(error).strip().splitlines() or [""])[-1][:200]
        words = str(error) if isinstance(error, NotShown) else f"{NAMES[view]} left out: {type(error).__name__}: {line}"
        if words not in self.left_out:
            self.left_out.append(words)

    # ---- the views

    def _filters(self, step: int, epoch: float, _seconds: float) -> Iterable[Frame]:
        return (self.kernels.filters(step, epoch),)

    def _statistics(self, step: int, epoch: float, _seconds: float) -> Iterable[Frame]:
        gradients, n = None, 0
        if self.samples is not None and "gradients" not in self._seen:
            try:
                gradients, n = self._gradients(), min(SAMPLE, self.samples.n)
            except Exception as error:
                self._seen.add("gradients")
                words = str(error) if isinstance(error, NotShown) else f"{type(error).__name__}: {error}"[:200]
                self.left_out.append(f"Gradients are left out: {words}")
        return (self.kernels.statistics(gradients, step, epoch, n),)

    def _gradients(self) -> list[Array]:
        """∂loss/∂kernel over the first samples as one batch, in inference mode, without penalties. Raises NotShown."""
        import keras

        assert self.samples is not None
        if keras.backend.backend() != "tensorflow":
            raise NotShown("they are measured with TensorFlow alone.")
        loss = self.model.loss
        if loss is None or isinstance(loss, dict | list | tuple):
            raise NotShown("the model has no single loss.")
        import tensorflow as tf

        function = keras.losses.get(loss)
        x, y = self.samples.first(SAMPLE)
        with tf.GradientTape() as tape:
            outputs = self.model(x, training=False)
            if outputs.shape.rank == y.ndim + 1 and outputs.shape[-1] == 1:
                y = y[..., None]  # as fit does
            value = tf.reduce_mean(function(tf.convert_to_tensor(y), outputs))
        variables = [one.value for one in self.kernels.variables]
        found = tape.gradient(value, variables)
        shapes = [tuple(one.shape) for one in variables]
        return [
            np.zeros(shape, np.float32) if g is None else to_numpy(tf.convert_to_tensor(g))
            for g, shape in zip(found, shapes, strict=True)
        ]

    def _predictions(self, step: int, epoch: float, seconds: float) -> Iterable[Frame]:
        assert self.samples is not None
        judged = self._judge()
        return self.samples.predictions(judged, step, epoch, seconds)

    def _judge(self) -> Judged:
        """As many samples as may be judged in so many seconds, judging by the last time."""
        assert self.samples is not None
        began = time.perf_counter()
        n = min(self._size, self.samples.n)
        self._judged = self.samples.judge(self.samples.outputs(self.model, n))
        took = time.perf_counter() - began
        if "predictions" in self._seen:  # the first time loads what is there later
            fitting = [size for size in SIZES if took / n * size <= AT_ONCE]
            self._size = fitting[-1] if fitting else SIZES[0]
        return self._judged

    def _plane(self, step: int, epoch: float, _seconds: float) -> Iterable[Frame]:
        assert self.samples is not None
        if self._judged is None:
            self._judged = self.samples.judge(self.samples.outputs(self.model, self.samples.n))
        frame = self.samples.plane(self.model, self._judged, step, epoch)
        if not self._pointed:
            self._pointed = True
            return (self.samples.points(self.samples.judge(self.samples.outputs(self.model, self.samples.n))), frame)
        return (frame,)

    def result(self) -> dict[str, Any] | None:
        """{"accuracy", "low", "high", "n"} of the test samples that were judged last; None where there are none."""
        if self._judged is None or self._judged.predicted is None or self._judged.labels is None:
            return None
        n, right = len(self._judged.labels), int((self._judged.predicted == self._judged.labels).sum())
        low, high = accuracy_interval(right, n)
        return {"loss": None, "accuracy": right / n, "n": n, "low": low, "high": high}


NAMES = {
    "filters": "The filters are", "statistics": "Histograms and gradients are", "plane": "The boundary is",
    "predictions": "Matrix and mistakes are",
}  # fmt: skip
