"""The numbers of a training: what Keras reports, as rows of metrics."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nnviz.events import Metrics
from nnviz.keras.describe import attempt
from nnviz.keras.weights import to_numpy

ACCURACIES = ("accuracy", "acc", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy")
"""Metrics that the curve of the accuracy shows; the first that there is."""


def numbers(logs: Mapping[str, Any]) -> dict[str, float]:
    """Of logs, the single numbers."""
    found: dict[str, float] = {}
    for name, value in logs.items():
        number = attempt(lambda value=value: float(to_numpy(value)), None)  # type: ignore[misc]
        if number is not None:
            found[name] = number
    return found


def running_means(model: Any) -> dict[str, float]:
    """Loss and metrics since the epoch began."""
    attempt(lambda: model.jax_state_sync(), None)  # JAX trains with copies of what the model holds
    found: Any = attempt(model.get_metrics_result, {})
    return numbers(found) if isinstance(found, dict) else {}


class Rows:
    """Keras reports means since the epoch began; from two of them comes the mean of the steps between.

    last: the newest loss and accuracy; bad: where the loss was no number for the first time, (step, epoch).
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._before = (0, 0.0, 0.0)
        self.last: dict[str, Any] = {"loss": None, "accuracy": None}
        self.bad: tuple[int, float] | None = None

    def begin_epoch(self) -> None:
        self._before = (0, 0.0, 0.0)

    def row(self, found: dict[str, float], *, n: int, step: int, epoch: float, seconds: float, whole: bool) -> Metrics:
        """found: numbers after n steps of the epoch, `step` in all; whole: the epoch has ended."""
        loss = found.get("loss", math.nan)
        name = next((name for name in ACCURACIES if name in found), None)
        accuracy = None if name is None else found[name]
        n0, loss0, accuracy0 = self._before
        recent = recent_accuracy = None
        if n > n0:
            recent = (loss * n - loss0 * n0) / (n - n0)
            if accuracy is not None:
                recent_accuracy = min(1.0, max(0.0, (accuracy * n - accuracy0 * n0) / (n - n0)))
        self._before = (n, loss, accuracy or 0.0)
        self.last = {"loss": loss, "accuracy": accuracy}
        if "loss" in found and not math.isfinite(loss) and self.bad is None:
            self.bad = (step, epoch)
        return Metrics(
            epoch=round(epoch, 5), step=step, loss=loss, accuracy=accuracy, val_loss=found.get("val_loss"),
            val_accuracy=None if name is None else found.get(f"val_{name}"), penalty=0.0,
            learning_rate=attempt(lambda: float(to_numpy(self._model.optimizer.learning_rate)), math.nan),
            seconds=round(seconds, 4), epoch_end=whole, recent_loss=recent, recent_accuracy=recent_accuracy,
        )  # fmt: skip
