"""What a visitor says before a recipe runs, and how near it was. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nnviz.experiments.results import VALUE, Results


@dataclass(frozen=True, kw_only=True)
class Guess:
    """question: ends with a question mark."""

    question: str

    def check(self, cases: Sequence[str], values: Sequence[str]) -> None:
        """Raises ValueError where it refers to what the recipe has not."""
        for reference in self._references():
            case, colon, path = reference.rpartition(":")
            known = path in values if case == VALUE else case in cases if colon else len(cases) == 1
            if not known:
                raise ValueError(f"its guess: {reference!r} names nothing of this recipe")

    def _references(self) -> tuple[str, ...]:
        return ()

    def answer(self, results: Results) -> Any:
        """What came out, of the kind that is guessed. Raises NothingThereError."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class NumberGuess(Guess):
    """A number by slider, from low to high in steps; unit: "%" shows shares as percent."""

    of: str
    low: float
    high: float
    step: float
    unit: str = ""

    def _references(self) -> tuple[str, ...]:
        return (self.of,)

    def answer(self, results: Results) -> float:
        return results.mean(self.of)


@dataclass(frozen=True, kw_only=True)
class ChoiceGuess(Guess):
    """One of several answers. of: a reference for each, whose largest (smallest where `least`) is the right one; or a
    single reference to a measured value that is the number of the right answer, from 0."""

    options: tuple[str, ...]
    of: tuple[str, ...]
    least: bool = False

    def _references(self) -> tuple[str, ...]:
        return self.of

    def check(self, cases: Sequence[str], values: Sequence[str]) -> None:
        super().check(cases, values)
        if len(self.of) not in (1, len(self.options)):
            raise ValueError("its guess: a reference for each option, or one for all")

    def answer(self, results: Results) -> int:
        found = [results.mean(one) for one in self.of]
        if len(found) == 1:
            return round(found[0])
        return found.index(min(found) if self.least else max(found))


@dataclass(frozen=True, kw_only=True)
class CurveGuess(Guess):
    """A curve drawn by hand: a column (`case:column`) by epoch, from 0 to `epochs`, between low and high."""

    of: str
    epochs: float
    low: float
    high: float

    def _references(self) -> tuple[str, ...]:
        return (self.of,)

    def answer(self, results: Results) -> tuple[list[float], list[float]]:
        runs, column = results.split(self.of)
        return runs[0].curve(column)
