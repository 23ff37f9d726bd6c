"""How a recipe's result is held against what the lecture prints: each claim is data, and judges results. Pure.

To add a kind of claim: a class here with `judge`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, ClassVar, Literal

from nnviz.experiments.results import VALUE, NothingThereError, Results, TooShortError

Verdict = Literal["reproduced", "better", "not reproduced", "not judged"]
LESS = "less data than the lecture's"
"""Why a claim is not judged by a quick run."""
Z = 1.959964
"""Of the normal distribution: 95 % lie within ± so many standard deviations."""


@dataclass(frozen=True)
class Judged:
    """A claim and what came of it. lecture, ours: numbers, or words where the claim is no single number; low, high: the
    interval that the lecture's figure is looked for in; how: what that interval is made of, or the rule, in words; why:
    what we think where it does not reproduce."""

    what: str
    lecture: float | str | None
    ours: float | str | None
    low: float | None
    high: float | None
    verdict: Verdict
    how: str
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """what: the quantity, in words. quick: whether it is also judged on less data. why: said where it does not
    reproduce."""

    what: str
    quick: bool = False
    why: str = ""

    references: ClassVar[tuple[str, ...]] = ()
    """Names of the fields that hold references."""

    @property
    def judged_quickly(self) -> bool:
        """Whether it is also judged on less data."""
        return self.quick

    def judge(self, results: Results) -> Judged:
        """Raises NothingThereError where the results do not hold what it is about."""
        raise NotImplementedError

    def check(self, cases: Sequence[str], values: Sequence[str]) -> None:
        """Raises ValueError where it refers to what the recipe has not."""
        for reference in self.named():
            case, colon, path = reference.rpartition(":")
            known = path in values if case == VALUE else case in cases if colon else len(cases) == 1
            if not known or not path:
                raise ValueError(f"{self.what}: {reference!r} names nothing of this recipe")

    def named(self) -> Iterable[str]:
        """All its references."""
        for name in self.references:
            held = getattr(self, name)
            yield from (held,) if isinstance(held, str) else held

    def _judged(
        self, lecture: float | str | None, ours: float | str | None, verdict: Verdict, how: str,
        low: float | None = None, high: float | None = None,
    ) -> Judged:  # fmt: skip
        return Judged(
            self.what, lecture, ours, low, high, verdict, how, self.why if verdict == "not reproduced" else ""
        )


@dataclass(frozen=True, kw_only=True)
class Accuracy(Claim):
    """An accuracy that the lecture prints. It is reproduced where it lies in the interval around the mean of our seeds
    that a single other run is expected in: Wald's, ± 1.96·√(p(1 − p)/n + s²(1 + 1/k)), with n samples, the standard
    deviation s over k seeds; p is kept half a sample away from 0 and 1. Better where ours lies above that.

    quick_least: what it must reach on less data.
    """

    of: str
    lecture: float
    quick_least: float | None = None
    references: ClassVar[tuple[str, ...]] = ("of",)

    @property
    def judged_quickly(self) -> bool:
        return self.quick or self.quick_least is not None

    def judge(self, results: Results) -> Judged:
        found, n = results.numbers(self.of), results.judged_on(self.of)
        mean, low, high, how = interval(found, n)
        if results.quick:
            if self.quick_least is None:
                return self._judged(self.lecture, mean, "not judged", LESS, low, high)
            holds = mean >= self.quick_least
            how = f"on less data at least {self.quick_least:g}"
            return self._judged(self.lecture, mean, "reproduced" if holds else "not reproduced", how, low, high)
        verdict: Verdict = "reproduced" if low <= self.lecture <= high else "better" if self.lecture < low else (
            "not reproduced")  # fmt: skip
        return self._judged(self.lecture, mean, verdict, how, low, high)


def interval(found: Sequence[float], n: int | None) -> tuple[float, float, float, str]:
    """(mean, low, high, of what it is made) of an accuracy measured with some seeds on n samples, as `Accuracy` says.
    With n unknown, of the seeds alone."""
    k = len(found)
    mean = sum(found) / k
    s = math.sqrt(sum((x - mean) ** 2 for x in found) / (k - 1)) if k > 1 else 0.0
    sampling = 0.0
    if n:
        p = min(max(mean, 0.5 / n), 1 - 0.5 / n)
        sampling = p * (1 - p) / n
    half = Z * math.sqrt(sampling + s * s * (1 + 1 / k))
    seeds = f"{k} seeds, ±{100 * s:.2f} % between them" if k > 1 else "one seed: their spread is not in it"
    how = f"{n:,} samples, {seeds}" if n else seeds
    return mean, max(0.0, mean - half), min(1.0, mean + half), how


@dataclass(frozen=True, kw_only=True)
class Difference(Claim):
    """By how much one case is above another, seed by seed. It is reproduced where ours is above 0 and the lecture's
    lies in the interval around our mean that the difference of a single other pair is expected in: ± 1.96·s·√(1 + 1/k),
    with the standard deviation s over k pairs. At least two seeds; with one it is not judged."""

    of: tuple[str, str]
    lecture: float
    references: ClassVar[tuple[str, ...]] = ("of",)

    def judge(self, results: Results) -> Judged:
        above, below = map(results.numbers, self.of)
        pairs = [a - b for a, b in zip(above, below, strict=True)]
        k, mean = len(pairs), sum(pairs) / len(pairs)
        if k < 2 or results.quick:
            how = LESS if results.quick else "needs more than one seed"
            return self._judged(self.lecture, mean, "not judged", how)
        s = math.sqrt(sum((pair - mean) ** 2 for pair in pairs) / (k - 1))
        half = Z * s * math.sqrt(1 + 1 / k)
        low, high = mean - half, mean + half
        holds = mean > 0 and low <= self.lecture <= high
        how = f"{k} pairs of the same seeds, ±{s:.2g} between them"
        return self._judged(self.lecture, mean, "reproduced" if holds else "not reproduced", how, low, high)


@dataclass(frozen=True, kw_only=True)
class Number(Claim):
    """A number that the lecture prints and chance moves: a loss, an epoch. It is reproduced where ours lies within
    `within` of it (a share of it where `share`), which is our choice and is stated. better: "lower" or "higher" where
    the other side of that is better than the lecture's, not a miss."""

    of: str
    lecture: float
    within: float
    share: bool = False
    better: Literal["lower", "higher"] | None = None
    references: ClassVar[tuple[str, ...]] = ("of",)

    def judge(self, results: Results) -> Judged:
        ours = results.mean(self.of)
        off = self.within * abs(self.lecture) if self.share else self.within
        low, high = self.lecture - off, self.lecture + off
        how = f"within {100 * self.within:g} %" if self.share else f"within {self.within:g}"
        if results.quick and not self.quick:
            return self._judged(self.lecture, ours, "not judged", LESS, low, high)
        beyond = "higher" if ours > high else "lower" if ours < low else None
        verdict: Verdict = "reproduced" if beyond is None else "better" if beyond == self.better else "not reproduced"
        return self._judged(self.lecture, ours, verdict, how, low, high)


@dataclass(frozen=True, kw_only=True)
class Printed(Claim):
    """Numbers that chance does not move: equal to the lecture's to its last printed digit. `of` is a reference to a
    number, or to nested lists of numbers of the lecture's shape; places: digits behind the point."""

    of: str
    lecture: Any
    places: int
    quick: bool = True
    references: ClassVar[tuple[str, ...]] = ("of",)

    def judge(self, results: Results) -> Judged:
        ours = results.value(self.of) if self.of.startswith(f"{VALUE}:") else results.mean(self.of)
        if results.quick and not self.quick:
            return self._judged(_words(self.lecture, self.places), _words(ours, self.places), "not judged",
                                LESS)  # fmt: skip
        # Half a unit of the last place, and what binary fractions add to it.
        holds = _close(ours, self.lecture, 0.5 * 10**-self.places * (1 + 1e-6))
        how = "to the last printed digit" if self.places else "exactly"
        return self._judged(
            _words(self.lecture, self.places), _words(ours, self.places),
            "reproduced" if holds else "not reproduced", how,
        )  # fmt: skip


def _close(ours: Any, theirs: Any, off: float) -> bool:
    if isinstance(theirs, list | tuple):
        return isinstance(ours, list | tuple) and len(ours) == len(theirs) and all(
            _close(a, b, off) for a, b in zip(ours, theirs, strict=True)
        )  # fmt: skip
    if isinstance(theirs, str | bool):
        return bool(ours == theirs)
    return isinstance(ours, int | float) and abs(ours - theirs) <= off


def _words(value: Any, places: int) -> float | str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = round(float(value), places + 2)
        return int(found) if not places and found.is_integer() else found
    if isinstance(value, list | tuple):
        return f"[{', '.join(_word(one, places) for one in value)}]"
    return str(value)


def _word(value: Any, places: int) -> str:
    """Of a list's part: 1 for 1.0."""
    found = _words(value, places)
    return found if isinstance(found, str) else f"{found:.10g}"


@dataclass(frozen=True, kw_only=True)
class Order(Claim):
    """What the lecture shows without a number: of several references each is above the next one, by more than `by`."""

    of: tuple[str, ...]
    lecture: str
    by: float = 0.0
    references: ClassVar[tuple[str, ...]] = ("of",)

    def judge(self, results: Results) -> Judged:
        ours = [results.mean(one) for one in self.of]
        words = " > ".join(f"{one:.4g}" for one in ours)
        if results.quick and not self.quick:
            return self._judged(self.lecture, words, "not judged", LESS)
        holds = all(a - b > self.by for a, b in pairwise(ours))
        how = "each above the next" + (f" by more than {self.by:g}" if self.by else "")
        return self._judged(self.lecture, words, "reproduced" if holds else "not reproduced", how)


@dataclass(frozen=True, kw_only=True)
class Within(Claim):
    """A number between two bounds, either of which may be left out; `lecture` says in words what that stands for."""

    of: str
    lecture: str
    low: float | None = None
    high: float | None = None
    references: ClassVar[tuple[str, ...]] = ("of",)

    def judge(self, results: Results) -> Judged:
        ours = results.mean(self.of)
        bounds = [f"at least {self.low:g}" if self.low is not None else "", f"at most {self.high:g}"
                  if self.high is not None else ""]  # fmt: skip
        how = " and ".join(filter(None, bounds))
        if results.quick and not self.quick:
            return self._judged(self.lecture, ours, "not judged", LESS, self.low, self.high)
        holds = (self.low is None or ours >= self.low) and (self.high is None or ours <= self.high)
        return self._judged(
            self.lecture, ours, "reproduced" if holds else "not reproduced", how, self.low, self.high
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Stays(Claim):
    """A column that stays within `share` of its first value for so many epochs: a flat curve."""

    of: str
    share: float
    epochs: float
    lecture: str
    references: ClassVar[tuple[str, ...]] = ("of",)

    def judge(self, results: Results) -> Judged:
        runs, column = results.split(self.of)
        flat = []
        for run in runs:
            x, y = run.curve(column)
            if not y:
                raise NothingThereError(f"{column}: nothing was measured")
            left = next((a for a, b in zip(x, y, strict=True) if abs(b - y[0]) > self.share * abs(y[0])), math.inf)
            flat.append(min(left, x[-1]))
        until = sum(flat) / len(flat)
        how = f"within {100 * self.share:g} % of its first value for {self.epochs:g} epochs"
        if results.quick and not self.quick:
            return self._judged(self.lecture, until, "not judged", LESS)
        return self._judged(self.lecture, until, "reproduced" if until >= self.epochs else "not reproduced", how)


@dataclass(frozen=True, kw_only=True)
class OneRun(Claim):
    """What came of the lecture's one run where chance has a large part in it, such as the epoch at which it stops.

    It is reproduced where it lies in the interval that one more of our runs is expected in, by Student's t:
    mean ± t·s·√(1 + 1/k). s: the standard deviation over the k seeds; with `pooled`, over the seeds of all these
    references, each around its own mean: a few seeds say little of one spread, and more of one that several share.
    """

    of: str
    lecture: float
    pooled: tuple[str, ...] = ()
    references: ClassVar[tuple[str, ...]] = ("of", "pooled")

    def judge(self, results: Results) -> Judged:
        found = results.numbers(self.of)
        mean, k = sum(found) / len(found), len(found)
        s, freedom = _spread([results.numbers(one) for one in self.pooled or (self.of,)])
        if not freedom or (results.quick and not self.quick):
            why = LESS if results.quick else "one seed: their spread is not known"
            return self._judged(self.lecture, mean, "not judged", why)
        from scipy.stats import t

        half = float(t.ppf(0.975, freedom)) * s * math.sqrt(1 + 1 / k)
        holds = mean - half <= self.lecture <= mean + half
        how = f"one more run, after {k} seeds: ±{s:.2g} between them"
        return self._judged(
            self.lecture, mean, "reproduced" if holds else "not reproduced", how, mean - half, mean + half
        )  # fmt: skip


def _spread(groups: Sequence[Sequence[float]]) -> tuple[float, int]:
    """(standard deviation around each group's own mean, its degrees of freedom)."""
    squares = sum(sum((x - sum(group) / len(group)) ** 2 for x in group) for group in groups)
    freedom = sum(len(group) - 1 for group in groups)
    return (math.sqrt(squares / freedom) if freedom else 0.0), freedom


def judge(claims: Iterable[Claim], results: Results) -> list[Judged]:
    """All of them; what the results do not hold (a run that diverged or failed) is not reproduced, and says so. What a
    quick run is too short for is not judged."""
    found = []
    for claim in claims:
        try:
            found.append(claim.judge(results))
        except NothingThereError as missing:
            lecture = getattr(claim, "lecture", None)
            shown = lecture if isinstance(lecture, float | int | str) else str(lecture)
            if results.quick and isinstance(missing, TooShortError):
                how = f"the quick run has only {missing.length}"
                found.append(Judged(claim.what, shown, None, None, None, "not judged", how))
            else:
                found.append(Judged(claim.what, shown, None, None, None, "not reproduced", str(missing), claim.why))
    return found


def verdict(judged: Sequence[Judged]) -> Verdict:
    """Of a recipe: not reproduced where one claim is not; better where all hold and one is better; not judged where
    none was."""
    found = {one.verdict for one in judged}
    if "not reproduced" in found:
        return "not reproduced"
    return "better" if "better" in found else "reproduced" if "reproduced" in found else "not judged"
