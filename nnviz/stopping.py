"""When training ends before its last epoch, and what is said when it breaks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnviz.events import Metrics
from nnviz.models.weights import Array, of_layers
from nnviz.spec import EarlyStopping, RunSpec


class Patience:
    """Keras's EarlyStopping: `over` is asked once at each epoch's end."""

    def __init__(self, rule: EarlyStopping) -> None:
        self.rule = rule
        self.best: float | None = None
        self.wait = 0
        self.epochs = 0
        self._sign = -1.0 if rule.monitor.endswith("accuracy") else 1.0

    def over(self, value: float) -> bool:
        """Whether the monitored value has not improved by more than `min_delta` for `patience` epochs."""
        self.epochs += 1
        self.wait += 1
        value *= self._sign
        if self.best is None or value + self.rule.min_delta < self.best:
            self.best, self.wait = value, 0
            return False
        return self.wait >= self.rule.patience and self.epochs > 1


class StopRules:
    """All of a spec's stop conditions, asked with the metrics at each epoch's end."""

    def __init__(self, spec: RunSpec) -> None:
        self.target = spec.training.target_loss
        early = spec.training.early_stopping
        self._patience = None if early is None else Patience(early)

    @property
    def any(self) -> bool:
        return self.target is not None or self._patience is not None

    def reason(self, row: Metrics) -> str | None:
        """ "target", "early_stopping" or None."""
        loss = row.loss if row.val_loss is None else row.val_loss
        if self.target is not None and loss < self.target:
            return "target"
        if self._patience is not None and self._patience.over(getattr(row, self._patience.rule.monitor)):
            return "early_stopping"
        return None


def broken_layer(spec: RunSpec, weights: list[Array], limit: float) -> str:
    """The first layer from the input with a weight beyond `limit` or no number; else that of the largest weight."""
    peaks = []
    for layer, arrays in of_layers(spec, weights):
        peak = max(float(np.abs(array).max()) for array in arrays)
        peaks.append((peak, layer.name))
        if not peak < limit:
            return layer.name
    return max(peaks)[1]


def divergence_advice(spec: RunSpec, rate: float, regularization_rate: float) -> tuple[str, dict[str, float]]:
    """What happened and what to try: in one or two sentences, and as values of the setting by their link names. `rate`
    is the learning rate of that step."""
    optimizer, regularizer = spec.training.optimizer, spec.network.regularizer
    clipped = (optimizer.clipnorm, optimizer.clipvalue, optimizer.global_clipnorm) != (None, None, None)
    if regularizer.name == "l2" and rate * regularization_rate > 1 and optimizer.name == "sgd":
        # w ← w·(1 − 2·η·λ) grows without end where ηλ > 1, whatever the data say.
        less = rounded(0.1 / rate)
        words = (
            f"The regularisation rate of {regularization_rate:g} is too large for a learning rate of {rate:g}: the "
            f"penalty alone throws the weights further out at every step. Try a regularisation rate of {less:g} or "
            "less."
        )
        return words, {"regularization_rate": less}
    clip = "" if clipped else ", or limit the gradients (clipnorm 1)"
    slower = rounded(rate / 10)
    words = (
        f"The learning rate of {rate:g} is too large for {optimizer.name} with this network, these data and this loss: "
        f"try {slower:g} or less{clip}."
    )
    return words, {"learning_rate": slower}


def rounded(value: float) -> float:
    """Down to one digit: 0.0123 is 0.01."""
    unit = 10.0 ** math.floor(math.log10(value))
    return math.floor(value / unit + 1e-9) * unit


def accuracy_interval(correct: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of an accuracy of `correct` out of `n` (E. B. Wilson, 1927): (low, high)."""
    z = 1.959963984540054
    p, zz = correct / n, z * z / n
    middle = (p + zz / 2) / (1 + zz)
    half = z * math.sqrt(p * (1 - p) / n + zz / (4 * n)) / (1 + zz)
    # Of none and of all the bounds are exactly 0 and 1, which rounding misses.
    return (middle - half if correct > 0 else 0.0), (middle + half if correct < n else 1.0)


def evaluation(loss: float, accuracy: float | None, n: int) -> dict[str, Any]:
    """What a result says of a test: loss, accuracy and, of a classification, its interval."""
    low, high = (None, None) if accuracy is None else accuracy_interval(accuracy * n, n)
    return {"loss": loss, "accuracy": accuracy, "n": n, "low": low, "high": high}
