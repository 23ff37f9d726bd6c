"""What came of a recipe's runs, and how a claim names a number of it. Pure: plain values.

A reference is `[case:]path`, the case left out where the recipe has one alone: `relu:test.accuracy`. The path is

- one of the event that ended the run: `test.accuracy`, `train.loss`, `epochs`, `steps`, `seconds`, `parameters`;
- `gap`: training accuracy minus test accuracy; `wrong`: test samples told wrongly;
- a column of its metrics at an epoch: `loss@4`, `val_accuracy@last`, `loss@first`; of a job that is no training at a
  step;
- `value:name`: what the recipe's own function measured.

Over several seeds it is the mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnviz.events import Array
from nnviz.spec.job import JobSpec

VALUE = "value"
"""The word before the names of what a recipe's function measured, where a case stands else."""
Columns = Mapping[str, Sequence[float | None]]
Value = float | bool | str | Sequence[Any] | None


class NothingThereError(LookupError):
    """A reference to what these results do not hold; the message says what."""


class TooShortError(NothingThereError):
    """A reference to an epoch after the last one of a run that came to its end. length: the run's, in words."""

    def __init__(self, message: str, length: str) -> None:
        super().__init__(message)
        self.length = length


@dataclass(frozen=True)
class RunResult:
    """One run: result is the event that ended it, as its JSON; columns its metrics; frame(view): the arrays of its
    newest frame of that view, None where it left none."""

    run: str
    spec: JobSpec
    result: Mapping[str, Any]
    columns: Columns = field(default_factory=dict)
    frame: Callable[[str], dict[str, Array] | None] = lambda _view: None

    @property
    def diverged(self) -> bool:
        return self.result.get("event") == "diverged"

    def number(self, path: str) -> float:
        """What a path (see above) names. Raises NothingThereError."""
        found = self._find(path)
        if found is None or isinstance(found, str | bool) or not math.isfinite(found):
            raise NothingThereError(f"{path}: this run has none" + (", it diverged" if self.diverged else ""))
        return float(found)

    def curve(self, column: str) -> tuple[list[float], list[float]]:
        """(epochs, values) of a column at the ends of epochs; of a job that is no training, in all its rows, by step
        where it has no epochs."""
        values = self.columns.get(column)
        if values is None:
            raise NothingThereError(f"{column}: there is no such column; there are {', '.join(self.columns)}")
        epochs = self.columns.get("epoch") or []
        x = epochs if any(epoch is not None for epoch in epochs) else self.columns["step"]
        ends = self.columns["epoch_end"] if self.spec.job == "train" else [True] * len(x)
        kept = [(a, b) for a, b, end in zip(x, values, ends, strict=True) if end and a is not None and b is not None]
        return [float(a) for a, _ in kept], [float(b) for _, b in kept]

    def _find(self, path: str) -> Any:
        if "@" in path:
            return self._at(*path.split("@", 1))
        test, train = self.result.get("test") or {}, self.result.get("train") or {}
        if path == "gap":
            return self.number("train.accuracy") - self.number("test.accuracy")
        if path == "wrong":
            return round((1 - self.number("test.accuracy")) * test["n"])
        if path == "parameters":
            return self.spec.parameters
        found: Any = {**self.result.get("result", {}), **self.result, "test": test, "train": train}
        for name in path.split("."):
            if isinstance(found, Mapping) and name in found:
                found = found[name]
            elif isinstance(found, Sequence) and name.isdigit() and int(name) < len(found):
                found = found[int(name)]
            else:
                return None
        return found

    def _at(self, column: str, where: str) -> float:
        x, y = self.curve(column)
        if not y:
            raise NothingThereError(f"{column}: nothing was measured")
        if where in {"first", "last"}:
            return y[0 if where == "first" else -1]
        wanted = float(where)
        near = min(range(len(x)), key=lambda i: abs(x[i] - wanted))
        if abs(x[near] - wanted) > 0.01:
            message = f"{column}@{where}: the run ended after {x[-1]:g}"
            if wanted < x[-1] or self.diverged:
                raise NothingThereError(message)
            unit = "epoch" if any(epoch is not None for epoch in self.columns.get("epoch") or []) else "step"
            raise TooShortError(message, f"{x[-1]:g} {unit}{'s' * (x[-1] != 1)}")
        return y[near]


@dataclass(frozen=True)
class Results:
    """runs: of each case, one for each seed. values: what the recipe's function measured; problem: why it could not.
    quick: of less data."""

    runs: Mapping[str, Sequence[RunResult]]
    values: Mapping[str, Value] = field(default_factory=dict)
    quick: bool = False
    problem: str = ""

    def split(self, reference: str) -> tuple[Sequence[RunResult], str]:
        """The runs that a reference is about, and its path. Raises NothingThereError."""
        case, colon, path = reference.rpartition(":")
        if not colon and len(self.runs) == 1:
            return next(iter(self.runs.values())), path
        if case not in self.runs or not self.runs[case]:
            raise NothingThereError(f"{reference}: there is no run of {case or 'a case that is not named'!r}")
        return self.runs[case], path

    def numbers(self, reference: str) -> list[float]:
        """The number of each seed; of a measured value, that value alone. Raises NothingThereError."""
        if reference.startswith(f"{VALUE}:"):
            found = self.value(reference)
            if not isinstance(found, int | float) or not math.isfinite(found):
                raise NothingThereError(f"{reference}: is no number")
            return [float(found)]
        runs, path = self.split(reference)
        return [run.number(path) for run in runs]

    def mean(self, reference: str) -> float:
        found = self.numbers(reference)
        return sum(found) / len(found)

    def value(self, reference: str) -> Value:
        """What the recipe's function measured under this name. Raises NothingThereError."""
        name = reference.removeprefix(f"{VALUE}:")
        if name not in self.values:
            raise NothingThereError(f"{reference}: was not measured" + (f" ({self.problem})" if self.problem else ""))
        return self.values[name]

    def judged_on(self, reference: str) -> int | None:
        """Samples that an accuracy is of: n of the test set, the training samples, or of a column those that it is of;
        None where that is not known."""
        if reference.startswith(f"{VALUE}:"):
            return None
        runs, path = self.split(reference)
        part = path.split(".")[0] if "." in path else "test"
        data = getattr(runs[0].spec, "data", None)
        if "@" in path:
            part = "validation" if path.startswith("val_") else "train"
            n = getattr(data, part, None)
            return None if n is None else int(n)
        found = runs[0].result.get(part) or {}
        n = found.get("n") or (getattr(data, "train", None) if part == "train" else None)
        return None if n is None else int(n)
